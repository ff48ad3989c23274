-- Reconciliation reads the facts of one source and table in their order.
create index facts_of_source on facts (tenant, source, table_name, sequence);
