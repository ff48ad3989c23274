-- What followed reports on models: planned once for a report, and settled once.
create table monitoring_actions (
  tenant text not null,
  report_id text not null,
  action text not null check (action in ('notify', 'retrain', 'shadow', 'fall-back')),
  slot text not null,
  state text not null check (state in ('planned', 'limited', 'done', 'refused')),
  planned_at timestamptz(3) not null,
  settled_at timestamptz(3),
  -- What was done, or why not: a candidate, a workflow, a model.
  detail text,
  primary key (tenant, report_id, action),
  foreign key (tenant, report_id) references monitoring_reports (tenant, report_id),
  check ((settled_at is null) = (state = 'planned'))
);
create index monitoring_actions_of_slot on monitoring_actions (tenant, slot, planned_at);
