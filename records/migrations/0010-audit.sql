-- The audit chain: one append-only, hash-chained log per tenant (records/audit/chain.ts says what a hash covers).
-- A record commits to its body by a salted hash, so that a body can be erased and the chain still verifies.

create table chain_heads (
  tenant text not null primary key,
  sequence bigint not null,
  hash bytea not null,
  at timestamptz(3) not null
);

create table chain_records (
  tenant text not null,
  sequence bigint not null,
  previous_hash bytea not null,
  hash bytea not null,
  kind text not null,
  subject bytea,
  body_hash bytea not null,
  at timestamptz(3) not null,
  primary key (tenant, sequence)
);
create index chain_records_of_subject on chain_records (tenant, subject, sequence) where subject is not null;
create index chain_records_erasures on chain_records (tenant, sequence) where kind = 'erasure';

-- salt and body are null once erased; an erasure record of the same subject in the chain says so.
create table record_bodies (
  tenant text not null,
  sequence bigint not null,
  salt bytea,
  body bytea,
  primary key (tenant, sequence)
);

create table idempotency_keys (
  tenant text not null,
  idempotency_key text not null,
  fingerprint bytea not null,
  sequence bigint not null,
  primary key (tenant, idempotency_key)
);

create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'the audit chain is append-only';
end $$;
create trigger chain_records_append_only before update or delete on chain_records
  for each row execute function refuse_change();
create trigger chain_records_never_truncated before truncate on chain_records
  for each statement execute function refuse_change();
create trigger record_bodies_never_deleted before delete on record_bodies
  for each row execute function refuse_change();

create function refuse_rewrite() returns trigger language plpgsql as $$
begin
  if new.tenant is distinct from old.tenant or new.sequence is distinct from old.sequence
    or new.body is not null or new.salt is not null then
    raise exception 'the body of an audit record can be erased, not changed';
  end if;
  return new;
end $$;
create trigger record_bodies_erased_only before update on record_bodies
  for each row execute function refuse_rewrite();

-- What ratings were computed with, by content hash, beside the artefacts, which the storage holds.
create table parts (
  tenant text not null,
  hash text not null check (hash ~ '^[0-9a-f]{64}$'),
  role text not null,
  content text not null,
  kept_at timestamptz not null default now(),
  primary key (tenant, hash)
);

-- One key per tenant makes customers' pseudonyms; its check value keeps two processes from using different ones.
create table pseudonym_keys (
  tenant text not null primary key,
  check_value bytea not null
);
