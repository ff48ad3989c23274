-- Facts acknowledged by the API and not yet, or already, drained into the warehouse. Append-only.
-- `sequence` grows with commit order within a tenant: appends hold a lock per tenant, so a reader of "after N" misses nothing.

create table facts (
  tenant text not null,
  sequence bigint not null,
  table_name text not null,
  entity_id text,
  row_values jsonb not null,
  happened_at timestamptz not null,
  known_from timestamptz not null,
  source text not null,
  idempotency_key text,
  primary key (tenant, sequence)
);
create index facts_of_entity on facts (tenant, entity_id, sequence);
create unique index facts_once on facts (tenant, source, idempotency_key) where idempotency_key is not null;

create table fact_heads (
  tenant text not null primary key,
  sequence bigint not null
);
