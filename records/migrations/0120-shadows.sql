-- Challengers beside champions. A shadow scores the recorded ratings of a slot after the fact and decides nothing; a split lets a
-- second model that may decide rate a share of the slot's customers, for as long as the champion's reign lasts that it began in.

create table shadows (
  tenant text not null,
  shadow_id uuid not null,
  slot text not null,
  candidate_id uuid not null,
  model_hash text not null,
  share double precision not null check (share > 0 and share <= 1),
  actor text not null,
  started_at timestamptz(3) not null default clock_timestamp(),
  -- Ratings behind this record of the audit chain are scored, up to and with the other one (null: still going on).
  after_sequence bigint not null,
  until_sequence bigint,
  ended_at timestamptz(3),
  ended_by text,
  -- How far the chain has been read.
  read_through bigint not null,
  primary key (tenant, shadow_id),
  foreign key (tenant, model_hash) references models (tenant, model_hash),
  foreign key (tenant, candidate_id) references candidates (tenant, candidate_id),
  check ((ended_at is null) = (until_sequence is null) and (ended_at is null) = (ended_by is null))
);
create unique index shadows_standing on shadows (tenant, slot, model_hash) where ended_at is null;

-- What a shadow said of a rating, or why it said nothing. No features and no customer: those are in the rating's evidence.
create table shadow_scores (
  tenant text not null,
  shadow_id uuid not null,
  sequence bigint not null,
  rating_id text not null,
  as_of timestamptz(3) not null,
  decider_hash text not null,
  decider_pd double precision not null,
  pd double precision,
  log_odds double precision,
  inputs text check (inputs in ('evidence', 'recomputed')),
  skipped text,
  primary key (tenant, shadow_id, sequence),
  foreign key (tenant, shadow_id) references shadows (tenant, shadow_id),
  check ((pd is null) = (skipped is not null) and (pd is null) = (log_odds is null) and (pd is null) = (inputs is null))
);
create index shadow_scores_of_rating on shadow_scores (tenant, sequence);

-- Where the evidence of a rating is erased, what shadows said of it goes with it.
create function erase_shadow_scores() returns trigger language plpgsql as $$
begin
  delete from shadow_scores where tenant = new.tenant and sequence = new.sequence;
  return null;
end $$;
create trigger record_bodies_erase_shadows after update on record_bodies
  for each row when (new.body is null) execute function erase_shadow_scores();

create table traffic_splits (
  tenant text not null,
  split_id uuid not null,
  slot text not null,
  candidate_id uuid not null,
  model_hash text not null,
  -- The reign that it began in; with it, it ends.
  champion_from timestamptz not null,
  share double precision not null check (share > 0 and share < 1),
  actor text not null,
  reason text,
  valid_from timestamptz not null,
  valid_until timestamptz,
  ended_by text,
  end_reason text,
  primary key (tenant, split_id),
  foreign key (tenant, model_hash) references models (tenant, model_hash),
  foreign key (tenant, candidate_id) references candidates (tenant, candidate_id),
  foreign key (tenant, slot, champion_from) references champions (tenant, slot, valid_from),
  check (valid_until is null or valid_until >= valid_from)
);
create unique index traffic_splits_standing on traffic_splits (tenant, slot) where valid_until is null;
create trigger traffic_splits_decide before insert or update of model_hash on traffic_splits
  for each row execute function refuse_benchmark_only();
