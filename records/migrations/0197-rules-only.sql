-- Slots that rate by rules alone, since their model's inputs broke.
create table rules_only (
  tenant text not null,
  slot text not null,
  valid_from timestamptz(3) not null,
  -- The reign that it began in; with it, it ends.
  champion_from timestamptz not null,
  actor text not null,
  reason text not null,
  -- The report of monitoring that called for it; null: a person did.
  report_id text,
  valid_until timestamptz(3),
  ended_by text,
  end_reason text,
  primary key (tenant, slot, valid_from),
  foreign key (tenant, slot, champion_from) references champions (tenant, slot, valid_from),
  foreign key (tenant, report_id) references monitoring_reports (tenant, report_id),
  check (valid_until is null or valid_until >= valid_from),
  check ((valid_until is null) = (ended_by is null))
);
create unique index rules_only_standing on rules_only (tenant, slot) where valid_until is null;

alter table monitoring_actions drop constraint monitoring_actions_action_check;
alter table monitoring_actions add constraint monitoring_actions_action_check
  check (action in ('notify', 'retrain', 'shadow', 'fall-back', 'rules-only'));
