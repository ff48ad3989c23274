-- Since when a webhook is paused, so that people are told of each time, once.
alter table webhooks add column paused_at timestamptz(3);
update webhooks set paused_at = clock_timestamp() where state = 'paused';

alter table alerts drop constraint alerts_kind_check;
alter table alerts add constraint alerts_kind_check
  check (kind in ('warning', 'monitoring', 'report', 'reconciliation', 'webhook'));
