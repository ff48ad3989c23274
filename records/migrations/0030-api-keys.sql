-- Keys of the API. The secret is never stored: only the SHA-256 of its 256 random bits. Rows are never deleted, so that
-- whoever acted by a key can be named for ever.

create table api_keys (
  tenant text not null,
  key_id text not null check (key_id ~ '^[a-z0-9]{12}$'),
  name text not null,
  secret_hash text not null check (secret_hash ~ '^[0-9a-f]{64}$'),
  roles jsonb not null,
  operations jsonb,
  created_at timestamptz not null,
  created_by text not null,
  expires_at timestamptz not null,
  revoked_at timestamptz,
  revoked_by text,
  replaces text,
  last_used_at timestamptz,
  primary key (tenant, key_id),
  foreign key (tenant, replaces) references api_keys (tenant, key_id),
  check (expires_at >= created_at)
);
create index api_keys_listed on api_keys (tenant, created_at, key_id);
