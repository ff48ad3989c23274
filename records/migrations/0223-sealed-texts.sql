-- A name for each customer's data key that tells nothing of the customer: a text that was sealed under the key carries it, wherever the text lies.
alter table subject_keys add column key_id uuid not null default gen_random_uuid();
create unique index subject_keys_by_id on subject_keys (tenant, key_id);
