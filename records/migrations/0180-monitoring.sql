-- Reports on models, named by the hash of their content and never changed; they name no customer.
create table monitoring_reports (
  tenant text not null,
  report_id text not null,
  slot text not null,
  model_hash text not null,
  as_of timestamptz not null,
  snapshot_id text not null,
  result text not null check (result in ('alarm', 'immaterial', 'quiet')),
  made_at timestamptz not null default clock_timestamp(),
  body jsonb not null,
  primary key (tenant, report_id)
);
create index monitoring_reports_made on monitoring_reports (tenant, made_at, report_id);
create index monitoring_reports_of_slot on monitoring_reports (tenant, slot, as_of);

-- The looks of a model's year, each day at most once: what the day did to the stakes of the yearly test, from which its state is built up again. The
-- first look of a year is its day 0.
create table monitoring_looks (
  tenant text not null,
  slot text not null,
  model_hash text not null,
  since date not null,
  day integer not null check (day between 0 and 364),
  as_of timestamptz not null,
  snapshot_id text not null,
  -- The place of the last customer who was compared with, from 0 to 1; -1: none was.
  compared_through double precision not null,
  pairs integer not null check (pairs >= 0),
  outcomes integer not null check (outcomes >= 0),
  growth jsonb not null,
  made_at timestamptz not null default clock_timestamp(),
  primary key (tenant, slot, model_hash, since, day)
);

create function refuse_monitoring_change() returns trigger language plpgsql as $$
begin
  raise exception '% is never changed', tg_table_name;
end $$;
create trigger monitoring_reports_stay before update or delete on monitoring_reports
  for each row execute function refuse_monitoring_change();
create trigger monitoring_looks_stay before update or delete on monitoring_looks
  for each row execute function refuse_monitoring_change();
