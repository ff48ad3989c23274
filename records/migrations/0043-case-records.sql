-- What was done to a case goes into the audit chain too; `audited` says that it is there. Events themselves never change.
alter table referral_case_events add column audited boolean not null default false;
create index referral_case_events_unaudited on referral_case_events (tenant, at) where not audited;
create index referral_cases_opened on referral_cases (tenant, opened_at, case_id);

-- Up to which record of the audit chain every referred rating has a case.
create table case_sweeps (
  tenant text not null primary key,
  through bigint not null check (through >= 0)
);
