-- Notices to customers about decisions: where each stands, and everything that was done about it. What they say, where they go and what was replied is sealed under the
-- customer's key. `next_at`: when an e-mail is to be tried next; null: nothing is waiting to be sent.

create table customer_notices (
  tenant text not null,
  notice_id text not null,
  customer_id text not null,
  rating_id text not null,
  channel text not null check (channel in ('email', 'postal', 'handed-over')),
  language text not null,
  jurisdiction text not null,
  outcome text not null,
  state text not null check (state in ('issued', 'sent', 'delivered', 'bounced', 'replied')),
  revision integer not null check (revision >= 0),
  attempts integer not null default 0 check (attempts >= 0),
  issued_at timestamptz(3) not null,
  due_on text check (due_on ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$'),
  next_at timestamptz(3),
  sealed text not null,
  primary key (tenant, notice_id)
);
-- The same notice goes out once, and again only where it came back.
create unique index customer_notices_once on customer_notices (tenant, rating_id, channel, language, jurisdiction) where state <> 'bounced';
create index customer_notices_customer on customer_notices (tenant, customer_id, issued_at);
create index customer_notices_waiting on customer_notices (tenant, next_at) where next_at is not null;

create table customer_notice_events (
  tenant text not null,
  notice_id text not null,
  revision integer not null check (revision >= 0),
  kind text not null check (kind in ('issued', 'sent', 'deferred', 'delivered', 'bounced', 'replied')),
  actor text not null,
  at timestamptz(3) not null,
  -- What a mail server answered: its code, no text.
  code text,
  sealed text,
  primary key (tenant, notice_id, revision),
  foreign key (tenant, notice_id) references customer_notices (tenant, notice_id)
);
