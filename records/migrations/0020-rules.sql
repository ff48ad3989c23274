-- Rule sets, each one unit named by its content hash; proposals to put one in force; what was in force when.
-- Rule sets and events are never rewritten; a reign is changed only by being cancelled before it begins.

create table rule_sets (
  tenant text not null,
  rules_hash text not null check (rules_hash ~ '^[0-9a-f]{64}$'),
  name text not null,
  version integer not null,
  files jsonb not null,
  created_at timestamptz not null default now(),
  primary key (tenant, rules_hash)
);

create table rule_proposals (
  tenant text not null,
  proposal_id uuid not null,
  rules_hash text not null,
  state text not null check (state in ('draft', 'submitted', 'approved', 'rejected')),
  author text not null,
  note text,
  created_at timestamptz not null default now(),
  primary key (tenant, proposal_id),
  foreign key (tenant, rules_hash) references rule_sets (tenant, rules_hash)
);
create index rule_proposals_newest on rule_proposals (tenant, created_at desc);

create table rule_events (
  tenant text not null,
  proposal_id uuid not null,
  kind text not null check (kind in ('submit', 'approve', 'reject')),
  actor text not null,
  reason text,
  -- The simulated effect that the decider was shown, where there was one.
  effect jsonb,
  at timestamptz not null default clock_timestamp(),
  primary key (tenant, proposal_id, kind),
  foreign key (tenant, proposal_id) references rule_proposals (tenant, proposal_id)
);

-- The reign with the latest valid_from that is not after T, and not cancelled, is in force at T.
create table rule_reigns (
  tenant text not null,
  reign_id bigint generated always as identity,
  rules_hash text not null,
  valid_from timestamptz not null,
  how text not null check (how in ('approve', 'rollback')),
  proposal_id uuid,
  actor text not null,
  reason text,
  recorded_at timestamptz not null default clock_timestamp(),
  cancelled_at timestamptz,
  primary key (tenant, reign_id),
  foreign key (tenant, rules_hash) references rule_sets (tenant, rules_hash),
  check (cancelled_at is null or cancelled_at < valid_from)
);
create unique index rule_reigns_by_time on rule_reigns (tenant, valid_from desc) where cancelled_at is null;
create unique index rule_reigns_of_proposal on rule_reigns (tenant, proposal_id) where how = 'approve';
