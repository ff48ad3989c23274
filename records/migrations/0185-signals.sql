-- What signals show about customers and industries: the standing of each trigger, on its way to the desk of warnings.

create table signal_triggers (
  tenant text not null,
  -- A customer, or `industry:<code>`.
  customer_id text not null,
  code text not null,
  standing boolean not null,
  -- The instant that was looked at: an older look never overrules a newer one.
  as_of timestamptz not null,
  revision integer not null check (revision >= 0),
  -- Names the warning: a new one for each time that the trigger comes up.
  warning_id text not null,
  -- Whether the desk of warnings has been told of this revision.
  told boolean not null default false,
  -- What the look saw; a trigger that is gone keeps what it last was.
  body jsonb not null,
  primary key (tenant, customer_id, code)
);
create index signal_triggers_untold on signal_triggers (tenant, as_of) where not told;

-- Which other customers have to do with the subject of a trigger: of its group, with equal identity data, of the industry.
create table signal_members (
  tenant text not null,
  subject text not null,
  kind text not null check (kind in ('group', 'identity', 'industry')),
  member_id text not null,
  exposure numeric,
  primary key (tenant, subject, kind, member_id)
);
create index signal_members_of on signal_members (tenant, member_id);

-- Up to which acknowledged fact customers were looked at.
create table signal_places (
  tenant text not null primary key,
  through bigint not null check (through >= 0)
);

-- The tables over signals by hash: what a warning was raised by stays readable.
create table signal_rules (
  tenant text not null,
  hash text not null,
  version integer not null,
  files jsonb not null,
  first_used timestamptz not null default clock_timestamp(),
  primary key (tenant, hash)
);
