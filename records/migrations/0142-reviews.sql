-- Reviews of customers: the present state of each, every event that led to it, and what is known between two reviews.

create table customer_reviews (
  tenant text not null,
  review_id text not null,
  customer_id text not null,
  state text not null check (state in ('open', 'documents', 'second', 'signed-off', 'cancelled')),
  queue text not null,
  due_at timestamptz not null,
  opened_at timestamptz not null,
  closed_at timestamptz,
  revision integer not null check (revision >= 0),
  followed boolean not null default false,
  -- The state of which the credit file holds an entry; null: none yet.
  filed text,
  body jsonb not null,
  primary key (tenant, review_id)
);
create unique index customer_reviews_standing on customer_reviews (tenant, customer_id) where closed_at is null;
create index customer_reviews_unfollowed on customer_reviews (tenant) where not followed;
create index customer_reviews_opened on customer_reviews (tenant, opened_at, review_id);

create table customer_review_events (
  tenant text not null,
  review_id text not null,
  revision integer not null check (revision >= 1),
  kind text not null,
  actor text,
  event jsonb not null,
  at timestamptz not null,
  audited boolean not null default false,
  primary key (tenant, review_id, revision),
  foreign key (tenant, review_id) references customer_reviews (tenant, review_id)
);
create index customer_review_events_unaudited on customer_review_events (tenant, at) where not audited;

-- One row a customer who was rated: the newest rating, that of the last review, and when to look next.
create table review_calendar (
  tenant text not null,
  customer_id text not null,
  now jsonb not null,
  before jsonb,
  last_review_at timestamptz,
  guarantor_worse boolean not null default false,
  look_at timestamptz not null,
  valid_until timestamptz not null,
  -- Whether the end of the newest rating's validity is in the audit chain.
  expiry_told boolean not null default false,
  primary key (tenant, customer_id)
);
create index review_calendar_look on review_calendar (tenant, look_at);
create index review_calendar_validity on review_calendar (tenant, valid_until) where not expiry_told;

-- How far the change feed was read for reviews.
create table review_places (
  tenant text not null primary key,
  sequence bigint not null check (sequence >= 0),
  taken integer not null check (taken >= 0)
);
