-- The credit file: every version of every entry, by two clocks (when it was so, when we learned it). Versions are closed, never rewritten.
-- `open` holds what is no personal data; `sealed` the rest, under the subject's key.

create table credit_file_entries (
  tenant text not null,
  customer_id text not null,
  kind text not null check (kind in ('identity', 'contact', 'document', 'guarantee', 'review', 'note')),
  entry_id text not null,
  version integer not null check (version >= 1),
  happened_at timestamptz not null,
  known_from timestamptz not null,
  known_until timestamptz,
  removed boolean not null default false,
  open jsonb not null,
  sealed text,
  actor text not null,
  primary key (tenant, customer_id, kind, entry_id, version),
  check (known_until is null or known_until > known_from)
);
create unique index credit_file_standing on credit_file_entries (tenant, customer_id, kind, entry_id) where known_until is null;
create index credit_file_reviews_due on credit_file_entries (tenant, (open ->> 'dueOn')) where kind = 'review' and known_until is null and not removed;

-- Links by which a credit report is shared: signed, expiring, revocable; each opening is logged.
create table report_links (
  tenant text not null,
  link_id uuid not null,
  customer_id text not null,
  audience text not null,
  language text not null,
  expires_at timestamptz not null,
  created_by text not null,
  created_at timestamptz not null default clock_timestamp(),
  revoked_at timestamptz,
  revoked_by text,
  primary key (tenant, link_id)
);
create table report_link_openings (
  tenant text not null,
  link_id uuid not null,
  opening integer not null,
  opened_at timestamptz not null default clock_timestamp(),
  outcome text not null check (outcome in ('shown', 'expired', 'revoked', 'erased')),
  primary key (tenant, link_id, opening),
  foreign key (tenant, link_id) references report_links (tenant, link_id)
);
