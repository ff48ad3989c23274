-- A deep challenger may be registered and compared; like a benchmark-only model it is never seated, by whatever way.
alter table models drop constraint models_use_check;
alter table models add constraint models_use_check check (use in ('decisions', 'benchmark-only', 'challenger-only'));

create or replace function refuse_benchmark_only() returns trigger language plpgsql as $$
declare
  allowed text;
begin
  select use into allowed from models where tenant = new.tenant and model_hash = new.model_hash;
  if allowed <> 'decisions' then
    raise exception 'a % model cannot be champion', allowed using errcode = 'check_violation';
  end if;
  return new;
end $$;
