-- Events of disputes name their actor in a column, as those of cases, warnings and reviews do.

alter table dispute_events add column actor text;
update dispute_events set actor = event ->> 'actor';
