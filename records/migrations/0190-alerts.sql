-- What people are told of warnings, alarms and reports: the inbox of a person or a role, who has read what, and the e-mails on their way. An alert holds no more of a
-- customer than the id.

create table alerts (
  tenant text not null,
  alert_id text not null,
  kind text not null check (kind in ('warning', 'monitoring', 'report')),
  cause text not null,
  -- Id of the warning, alarm or report.
  about text not null,
  level text not null check (level in ('watch', 'warning', 'critical')),
  customer_id text,
  to_kind text not null check (to_kind in ('person', 'role')),
  to_name text not null,
  -- Who is told where it cannot be delivered, in turn; and who could not be reached before.
  next jsonb not null,
  instead_of text not null,
  facts jsonb not null,
  at timestamptz(3) not null,
  primary key (tenant, alert_id)
);
create index alerts_inbox on alerts (tenant, to_kind, to_name, at, alert_id);
create index alerts_customer on alerts (tenant, customer_id) where customer_id is not null;

create table alert_reads (
  tenant text not null,
  alert_id text not null,
  actor text not null,
  at timestamptz(3) not null default clock_timestamp(),
  primary key (tenant, alert_id, actor),
  foreign key (tenant, alert_id) references alerts (tenant, alert_id) on delete cascade
);

create table alert_mails (
  tenant text not null,
  alert_id text not null,
  -- To whom of those whom data give an address.
  actor text not null,
  state text not null check (state in ('pending', 'delivered', 'dead')),
  attempts integer not null default 0 check (attempts >= 0),
  created_at timestamptz(3) not null default clock_timestamp(),
  -- When it is tried next; null: it waits no more.
  next_at timestamptz(3),
  last_code text,
  ended_at timestamptz(3),
  primary key (tenant, alert_id, actor),
  foreign key (tenant, alert_id) references alerts (tenant, alert_id) on delete cascade
);
create index alert_mails_waiting on alert_mails (tenant, next_at) where next_at is not null;

-- Up to which revision somebody was told of a warning; those of before are known.
alter table early_warnings add column told integer not null default -1;
update early_warnings set told = revision;
create index early_warnings_untold on early_warnings (tenant, opened_at) where told < revision;
