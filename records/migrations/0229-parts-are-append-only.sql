-- What ratings were computed with, and rule sets, are named by the hash of their content: evidence and reigns name that hash for good, so neither is ever changed or removed. They name no
-- customer: no erasure and no retention rule touches them.
create function refuse_part_change() returns trigger language plpgsql as $$
begin
  raise exception 'what is named by its content in % is never changed or removed', tg_table_name;
end $$;
create trigger parts_append_only before update or delete on parts
  for each row execute function refuse_part_change();
create trigger parts_never_truncated before truncate on parts
  for each statement execute function refuse_part_change();
create trigger rule_sets_append_only before update or delete on rule_sets
  for each row execute function refuse_part_change();
create trigger rule_sets_never_truncated before truncate on rule_sets
  for each statement execute function refuse_part_change();
