-- Improvement agreements: the present state of each, and every state that it was in. States are append-only.

create table improvement_agreements (
  tenant text not null,
  agreement_id text not null,
  customer_id text not null,
  rating_id text not null,
  state text not null check (state in ('open', 'kept', 'missed', 'cancelled')),
  due date not null,
  revision integer not null check (revision >= 0),
  body jsonb not null,
  primary key (tenant, agreement_id)
);
create index improvement_agreements_customer on improvement_agreements (tenant, customer_id);
create index improvement_agreements_open on improvement_agreements (tenant, due) where state = 'open';

create table improvement_agreement_states (
  tenant text not null,
  agreement_id text not null,
  revision integer not null check (revision >= 0),
  state text not null,
  actor text not null,
  at timestamptz not null,
  primary key (tenant, agreement_id, revision),
  foreign key (tenant, agreement_id) references improvement_agreements (tenant, agreement_id)
);
