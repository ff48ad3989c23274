-- A verdict is judged over all that its customer waits for: the other cases are looked for by customer.
create index referral_cases_of_customer on referral_cases (tenant, customer_id) where customer_id is not null;
