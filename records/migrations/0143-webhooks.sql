-- Webhooks: who is told of changes, where, and what became of each delivery. Secrets are sealed; deliveries hold no data, only which change they tell.

create table webhooks (
  tenant text not null,
  webhook_id uuid not null,
  name text not null,
  url text not null,
  types text[] not null,
  -- The secret, wrapped by a master key; the one before it signs too until then.
  secret text not null,
  previous_secret text,
  previous_until timestamptz,
  state text not null check (state in ('active', 'paused')),
  paused_because text,
  created_by text not null,
  created_at timestamptz not null default clock_timestamp(),
  -- Changes from there on are told.
  from_sequence bigint not null,
  primary key (tenant, webhook_id)
);

create table webhook_deliveries (
  tenant text not null,
  webhook_id uuid not null,
  delivery_id text not null,
  -- Record of the audit chain and the change's name; 0: a test that was asked for.
  sequence bigint not null,
  change_id text not null,
  type text not null,
  subject text,
  state text not null check (state in ('pending', 'delivered', 'dead')),
  attempts integer not null default 0,
  last_status integer,
  last_problem text,
  created_at timestamptz not null default clock_timestamp(),
  next_at timestamptz not null default clock_timestamp(),
  ended_at timestamptz,
  primary key (tenant, webhook_id, delivery_id),
  foreign key (tenant, webhook_id) references webhooks (tenant, webhook_id) on delete cascade
);
create index webhook_deliveries_pending on webhook_deliveries (tenant, webhook_id, sequence, delivery_id) where state = 'pending';
create index webhook_deliveries_listed on webhook_deliveries (tenant, webhook_id, created_at, delivery_id);

-- How far the change feed was read for webhooks.
create table webhook_places (
  tenant text not null primary key,
  sequence bigint not null check (sequence >= 0),
  taken integer not null check (taken >= 0)
);
