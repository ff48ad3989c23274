-- Reports on single customers, named by the hash of their content and never changed: sealed under the customer's key.

create table customer_reports (
  tenant text not null,
  report_id text not null,
  customer_id text not null,
  as_of timestamptz(3) not null,
  sealed text not null,
  primary key (tenant, report_id)
);
create index customer_reports_of on customer_reports (tenant, customer_id, as_of, report_id);
