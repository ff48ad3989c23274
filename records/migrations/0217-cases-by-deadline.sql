-- Cases that wait, of all queues, the nearest deadline first: people are told of deadlines every few seconds.
create index referral_cases_due on referral_cases (tenant, deadline, case_id) where closed_at is null;
