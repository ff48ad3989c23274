-- What sources last said that they hold, table by table: totals, no rows and no keys. Each statement
-- replaces the one before it of the same table; statements of parts of a table are not kept.
create table source_statements (
  tenant text not null,
  source text not null,
  table_name text not null,
  -- Facts up to this sequence are what it speaks of.
  through bigint not null check (through >= 0),
  stated_at timestamptz(3) not null,
  row_count bigint not null check (row_count >= 0),
  sums jsonb not null,
  -- Null: the source has worked out none.
  hash text,
  -- It contradicted itself when it was made.
  contradicts boolean not null,
  primary key (tenant, source, table_name)
);

-- Daily reconciliations, never changed. They name facts by their sequence, no customer and no key.
create table reconciliations (
  tenant text not null,
  reconciliation_id text not null,
  at timestamptz(3) not null,
  -- Whether anything is left that a person has to look at.
  settled boolean not null,
  body jsonb not null,
  primary key (tenant, reconciliation_id)
);
create index reconciliations_at on reconciliations (tenant, at, reconciliation_id);

-- People are told of what a reconciliation could not repair.
alter table alerts drop constraint alerts_kind_check;
alter table alerts add constraint alerts_kind_check check (kind in ('warning', 'monitoring', 'report', 'reconciliation'));
