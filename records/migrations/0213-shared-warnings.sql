-- The triggers that share a warning, of the customers of a group or a ring, are found by it.
create index signal_triggers_warning on signal_triggers (tenant, warning_id);
