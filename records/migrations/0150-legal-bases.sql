-- Who ended a legal basis, and when: who granted it stays beside.
alter table legal_bases add column withdrawn_by text;
alter table legal_bases add column withdrawn_at timestamptz;
