-- Portfolio reports, named by the hash of their content and never changed. Customers stand beside them, so that their names can be erased.

create table portfolio_reports (
  tenant text not null,
  report_id text not null,
  as_of timestamptz not null,
  made_at timestamptz not null default now(),
  body jsonb not null,
  primary key (tenant, report_id)
);
create index portfolio_reports_made on portfolio_reports (tenant, made_at, report_id);

create table portfolio_report_names (
  tenant text not null,
  report_id text not null,
  list text not null check (list in ('exposures', 'losses')),
  place integer not null check (place >= 0),
  customer_id text not null,
  primary key (tenant, report_id, list, place),
  foreign key (tenant, report_id) references portfolio_reports (tenant, report_id)
);
create index portfolio_report_names_customer on portfolio_report_names (tenant, customer_id);
