-- Models, candidates, their validations and decisions, the champions of each slot, and published snapshots.
-- Every table carries the tenant. Rows of validations, decisions and champions are never rewritten, save for closing a champion's time.

create table models (
  tenant text not null,
  model_hash text not null check (model_hash ~ '^[0-9a-f]{64}$'),
  name text not null,
  artefact_ref text not null,
  training_set_hash text not null,
  feature_views jsonb not null,
  golden jsonb not null,
  created_at timestamptz not null default now(),
  primary key (tenant, model_hash)
);

create table candidates (
  tenant text not null,
  candidate_id uuid not null,
  run_id text not null,
  slot text not null,
  model_hash text not null,
  submitter text not null,
  state text not null default 'waiting'
    check (state in ('waiting', 'approved', 'rejected', 'expired', 'superseded', 'promoted')),
  gates_passed boolean,
  submitted_at timestamptz not null default now(),
  primary key (tenant, candidate_id),
  unique (tenant, run_id, slot),
  foreign key (tenant, model_hash) references models (tenant, model_hash)
);
create index candidates_waiting on candidates (tenant, slot) where state = 'waiting';

create table validations (
  tenant text not null,
  candidate_id uuid not null,
  report_hash text not null,
  report jsonb not null,
  gates_passed boolean not null,
  recorded_at timestamptz not null default now(),
  primary key (tenant, candidate_id, report_hash),
  foreign key (tenant, candidate_id) references candidates (tenant, candidate_id)
);

create table decisions (
  tenant text not null,
  decision_id uuid not null,
  candidate_id uuid not null,
  kind text not null check (kind in ('approve', 'reject', 'expire', 'supersede')),
  actor text not null,
  reason text,
  decided_at timestamptz not null default now(),
  primary key (tenant, decision_id),
  unique (tenant, candidate_id),
  foreign key (tenant, candidate_id) references candidates (tenant, candidate_id)
);

-- A champion serves from valid_from until valid_until (null: still).
create table champions (
  tenant text not null,
  slot text not null,
  model_hash text not null,
  valid_from timestamptz not null,
  valid_until timestamptz,
  how text not null check (how in ('promote', 'rollback')),
  candidate_id uuid,
  actor text not null,
  reason text,
  primary key (tenant, slot, valid_from),
  foreign key (tenant, model_hash) references models (tenant, model_hash),
  check (valid_until is null or valid_until > valid_from)
);
create unique index champions_standing on champions (tenant, slot) where valid_until is null;
create unique index champions_of_candidate on champions (tenant, slot, candidate_id) where how = 'promote';

create table snapshots (
  tenant text not null,
  snapshot_id text not null,
  snapshot_ref text not null,
  as_of timestamptz not null,
  facts_through bigint not null,
  feature_views jsonb not null,
  published_at timestamptz not null default clock_timestamp(),
  primary key (tenant, snapshot_id)
);
create index snapshots_newest on snapshots (tenant, published_at desc);
