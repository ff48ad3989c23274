-- Early warnings: the present state of each, and every event that led to it. Events are append-only.

create table early_warnings (
  tenant text not null,
  warning_id text not null,
  customer_id text not null,
  code text not null,
  level text not null check (level in ('watch', 'warning', 'critical')),
  state text not null check (state in ('open', 'acknowledged', 'snoozed', 'closed')),
  owner text,
  close_by timestamptz not null,
  opened_at timestamptz not null,
  closed_at timestamptz,
  revision integer not null check (revision >= 0),
  -- Whether a workflow follows it: set once one was started.
  followed boolean not null default false,
  body jsonb not null,
  primary key (tenant, warning_id)
);
-- A trigger of a customer is one warning until it is closed.
create unique index early_warnings_standing on early_warnings (tenant, customer_id, code) where closed_at is null;
create index early_warnings_unfollowed on early_warnings (tenant) where not followed;
create index early_warnings_opened on early_warnings (tenant, opened_at, warning_id);

create table early_warning_events (
  tenant text not null,
  warning_id text not null,
  revision integer not null check (revision >= 1),
  kind text not null,
  actor text,
  event jsonb not null,
  at timestamptz not null,
  -- Whether the audit chain holds it. Events themselves never change.
  audited boolean not null default false,
  primary key (tenant, warning_id, revision),
  foreign key (tenant, warning_id) references early_warnings (tenant, warning_id)
);
create index early_warning_events_unaudited on early_warning_events (tenant, at) where not audited;

-- How far the change feed was read for triggers.
create table warning_places (
  tenant text not null primary key,
  sequence bigint not null check (sequence >= 0),
  taken integer not null check (taken >= 0)
);
