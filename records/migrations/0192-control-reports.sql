-- Control reports by team, named by the hash of their content and never changed. They name teams, no customers and no people.

create table control_reports (
  tenant text not null,
  report_id text not null,
  from_at timestamptz not null,
  until_at timestamptz not null,
  made_at timestamptz(3) not null default clock_timestamp(),
  body jsonb not null,
  primary key (tenant, report_id)
);
create index control_reports_made on control_reports (tenant, made_at, report_id);
