-- A deep challenger may be registered and compared; like a benchmark-only model it is never seated, by whatever way.
alter table models drop constraint models_use_check;
alter table models add constraint models_use_check check (use in ('decisions', 'benchmark-only', 'challenger-only'));

create or replace function refuse_benchmark_only() returns trigger language plpgsql as $$
begin
  if exists (select 1 from models where tenant = new.tenant and model_hash = new.model_hash and use <> 'decisions') then
    raise exception 'a model that may not decide cannot be champion' using errcode = 'check_violation';
  end if;
  return new;
end $$;
