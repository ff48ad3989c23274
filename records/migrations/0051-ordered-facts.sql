-- Facts that came as events with a clock of their own: one that is older than the version that stands when it arrives is kept and replaces nothing.
alter table facts add column ordered boolean not null default false;
