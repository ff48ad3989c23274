-- Legal holds: what is kept of a customer whatever the retention rules say, until the hold is lifted.
create table legal_holds (
  tenant text not null,
  hold_id uuid not null,
  customer_id text not null,
  reason text not null,
  actor text not null,
  placed_at timestamptz not null default clock_timestamp(),
  lifted_at timestamptz,
  lifted_by text,
  primary key (tenant, hold_id)
);
create index legal_holds_standing on legal_holds (tenant, customer_id) where lifted_at is null;
