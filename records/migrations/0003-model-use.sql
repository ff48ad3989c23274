-- What a model may be used for. A benchmark-only model (it uses protected attributes, or was trained as a yardstick) is never seated,
-- by whatever way: promotion, rollback, or a statement of somebody's own.
alter table models add column use text not null default 'decisions' check (use in ('decisions', 'benchmark-only'));

create function refuse_benchmark_only() returns trigger language plpgsql as $$
begin
  if exists (select 1 from models where tenant = new.tenant and model_hash = new.model_hash and use = 'benchmark-only') then
    raise exception 'a benchmark-only model cannot be champion' using errcode = 'check_violation';
  end if;
  return new;
end $$;

create trigger champions_decide before insert or update of model_hash on champions
  for each row execute function refuse_benchmark_only();

create function keep_model_use() returns trigger language plpgsql as $$
begin
  raise exception 'what a model may be used for never changes' using errcode = 'check_violation';
end $$;

create trigger models_keep_use before update of use on models
  for each row when (old.use is distinct from new.use) execute function keep_model_use();
