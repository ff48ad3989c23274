-- A review that a person asked for and that is not opened yet: who, when, why, and by when it is due.
alter table review_calendar add column asked jsonb;
