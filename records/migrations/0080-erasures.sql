-- The course of an erasure. `subject` is the customer's pseudonym where `hashed`; rows of before hold the customer's id until they are applied again.
-- `steps` says what each finished step removed; without `completed_at` the erasure is not finished.
alter table erasures add column hashed boolean not null default false;
alter table erasures add column reason text;
alter table erasures add column steps jsonb not null default '[]';
alter table erasures add column completed_at timestamptz;
create index erasures_unfinished on erasures (tenant, erased_at) where completed_at is null;
