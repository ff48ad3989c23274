-- Referred cases: the present state of each, and every event that led to it. Events are append-only.

create table referral_cases (
  tenant text not null,
  case_id text not null,
  rating_id text not null,
  customer_id text,
  state text not null check (state in ('open', 'documents', 'second', 'decided', 'withdrawn')),
  queue text not null,
  deadline timestamptz not null,
  opened_at timestamptz not null,
  closed_at timestamptz,
  revision integer not null check (revision >= 0),
  -- Whether a workflow follows it: set once one was started.
  followed boolean not null default false,
  body jsonb not null,
  primary key (tenant, case_id),
  unique (tenant, rating_id)
);
create index referral_cases_waiting on referral_cases (tenant, queue, deadline) where closed_at is null;
create index referral_cases_unfollowed on referral_cases (tenant) where not followed;

create table referral_case_events (
  tenant text not null,
  case_id text not null,
  revision integer not null check (revision >= 1),
  kind text not null,
  actor text,
  event jsonb not null,
  at timestamptz not null,
  primary key (tenant, case_id, revision),
  foreign key (tenant, case_id) references referral_cases (tenant, case_id)
);
