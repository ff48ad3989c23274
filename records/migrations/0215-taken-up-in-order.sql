-- What no workflow follows yet, in the order in which it is taken up: a backlog is read from its start, and not sorted whole at each look.
drop index referral_cases_unfollowed;
create index referral_cases_unfollowed on referral_cases (tenant, opened_at, case_id) where not followed and closed_at is null;
drop index early_warnings_unfollowed;
create index early_warnings_unfollowed on early_warnings (tenant, opened_at, warning_id) where not followed and closed_at is null;
drop index customer_reviews_unfollowed;
create index customer_reviews_unfollowed on customer_reviews (tenant, opened_at, review_id) where not followed and closed_at is null;
