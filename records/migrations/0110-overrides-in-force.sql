-- Overrides are looked for by customer whenever one is rated: the steps and the erasures of the chain, without reading the ratings between them.

create index chain_records_overrides on chain_records (tenant, sequence) where kind in ('override', 'erasure');
create index rating_overrides_newest on rating_overrides (tenant, rating_id, revision desc);
