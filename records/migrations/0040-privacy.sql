-- Keys of data subjects, legal bases, accesses with their purpose, and erasures.
-- A subject's data key is wrapped by the master key, which is a file apart; without the row, all that the key sealed is unreadable for ever.

create table subject_keys (
  tenant text not null,
  subject text not null,
  wrapped text not null,
  created_at timestamptz not null default clock_timestamp(),
  primary key (tenant, subject)
);

-- What remains of an erased subject: that it was erased, when, by whom and why. No new key is made for it.
create table erasures (
  tenant text not null,
  subject text not null,
  erased_at timestamptz not null default clock_timestamp(),
  actor text not null,
  ground text not null check (ground in ('request', 'retention', 'consent-withdrawn', 'court')),
  primary key (tenant, subject)
);

-- On what legal basis data of a source may be used for a purpose, and when. Rows are never rewritten: a withdrawal closes the period by a new row.
create table legal_bases (
  tenant text not null,
  basis_id uuid not null,
  subject text,
  source text not null,
  purpose text not null,
  basis text not null check (basis in ('consent', 'contract', 'legal-obligation', 'legitimate-interest')),
  valid_from timestamptz not null,
  valid_until timestamptz,
  recorded_at timestamptz not null default clock_timestamp(),
  actor text not null,
  primary key (tenant, basis_id),
  check (valid_until is null or valid_until > valid_from)
);
create index legal_bases_of on legal_bases (tenant, subject, source, purpose);

-- Who looked at a subject's personal data, for what. Append-only.
create table data_accesses (
  tenant text not null,
  access_id uuid not null,
  subject text not null,
  actor text not null,
  purpose text not null,
  what text not null,
  at timestamptz not null default clock_timestamp(),
  primary key (tenant, access_id)
);
create index data_accesses_of on data_accesses (tenant, subject, at);
