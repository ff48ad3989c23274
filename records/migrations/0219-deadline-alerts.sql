-- People are told of deadlines of disputes, cases and reviews that are near or have passed, until those are settled.

alter table alerts drop constraint alerts_kind_check;
alter table alerts add constraint alerts_kind_check
  check (kind in ('warning', 'monitoring', 'report', 'reconciliation', 'webhook', 'dispute', 'case', 'review'));
-- When what it tells was settled, or became somebody else's turn; null: it is so, or it is nothing that ends.
alter table alerts add column ended_at timestamptz(3);
create index alerts_due on alerts (tenant, kind, about) where kind in ('dispute', 'case', 'review') and ended_at is null;
