-- Records of who looked at whose data are append-only, as the chain is. An erasure puts the pseudonym in the subject's place and takes the purpose, which a person wrote; a retention
-- rule removes what is old. Both say so for their transaction (`probity.change`).
create function refuse_access_change() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' and current_setting('probity.change', true) = 'retention' then
    return old;
  end if;
  if tg_op = 'UPDATE' and current_setting('probity.change', true) = 'erasure'
    and (new.tenant, new.access_id, new.actor, new.what, new.at) is not distinct from (old.tenant, old.access_id, old.actor, old.what, old.at)
    and new.purpose = '(erased)' then
    return new;
  end if;
  raise exception 'records of looks at data are append-only';
end $$;
create trigger data_accesses_append_only before update or delete on data_accesses
  for each row execute function refuse_access_change();
create trigger data_accesses_never_truncated before truncate on data_accesses
  for each statement execute function refuse_access_change();

-- What a key is for: the purpose of the looks that its holder takes at data of customers, where a request says no other. Null: that of each operation.
alter table api_keys add column purpose text check (length(purpose) between 1 and 200);
