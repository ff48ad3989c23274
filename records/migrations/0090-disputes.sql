-- Disputes of customers: the present state of each, and every event that led to it. Events are append-only.

create table disputes (
  tenant text not null,
  dispute_id text not null,
  customer_id text not null,
  state text not null check (state in ('open', 'upheld', 'rejected', 'withdrawn')),
  deadline timestamptz not null,
  opened_at timestamptz not null,
  closed_at timestamptz,
  revision integer not null check (revision >= 0),
  -- Whether a workflow follows it: set once one was started.
  followed boolean not null default false,
  -- Whether what an upheld one asks for was done: correction recorded, customer rated again.
  settled boolean not null default false,
  rating_id text,
  body jsonb not null,
  primary key (tenant, dispute_id)
);
create index disputes_of on disputes (tenant, customer_id, opened_at);
create index disputes_waiting on disputes (tenant) where not followed or (state = 'upheld' and not settled);

create table dispute_events (
  tenant text not null,
  dispute_id text not null,
  -- 0: it was opened.
  revision integer not null check (revision >= 0),
  kind text not null,
  event jsonb not null,
  at timestamptz not null,
  -- Whether the audit chain holds it. Events themselves never change.
  audited boolean not null default false,
  primary key (tenant, dispute_id, revision),
  foreign key (tenant, dispute_id) references disputes (tenant, dispute_id)
);
create index dispute_events_unaudited on dispute_events (tenant, at) where not audited;
