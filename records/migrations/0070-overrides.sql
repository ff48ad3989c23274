-- Overrides of decisions: where each step stands in the audit chain, which holds what was said. Append-only; an erasure of
-- the customer's bodies in the chain leaves nothing here but that there was an override.

create table rating_overrides (
  tenant text not null,
  rating_id text not null,
  revision integer not null check (revision >= 1),
  sequence bigint not null,
  state text not null check (state in ('second', 'stands', 'refused', 'revoked')),
  expires_at timestamptz(3) not null,
  at timestamptz(3) not null,
  primary key (tenant, rating_id, revision),
  unique (tenant, sequence)
);
create index rating_overrides_in_time on rating_overrides (tenant, at);

create trigger rating_overrides_append_only before update or delete on rating_overrides
  for each row execute function refuse_change();
create trigger rating_overrides_never_truncated before truncate on rating_overrides
  for each statement execute function refuse_change();
