-- view: payment_discipline
-- grain: one row per customer and observation date
-- windows: invoices that fell due in the last 90 and 365 days; open invoices of any age
-- tables: invoices, payments
-- depends on: none
--
-- feature: dpd_current
--   type: number
--   unit: days
--   monotone: increasing
--   en: Days past due of the oldest open invoice
--   zh-CN: 当前最长逾期天数
--   note: disputed invoices left out
--   null: never invoiced
-- feature: dpd_worst_90d
--   type: number
--   unit: days
--   monotone: increasing
--   en: Most days past due of an invoice due in the last 90 days
--   zh-CN: 近90天到期发票的最长逾期天数
--   null: no invoice fell due in the last 90 days
-- feature: dpd_worst_365d
--   type: number
--   unit: days
--   monotone: increasing
--   en: Most days past due of an invoice due in the last 365 days
--   zh-CN: 近365天到期发票的最长逾期天数
--   null: no invoice fell due in the last 365 days
-- feature: overdue_amount
--   type: number
--   unit: money
--   monotone: increasing
--   en: Amount past due
--   zh-CN: 当前逾期金额
--   note: disputed invoices left out
--   null: never invoiced
-- feature: overdue_share
--   type: number
--   unit: share
--   monotone: increasing
--   en: Share of the open amount that is past due
--   zh-CN: 逾期金额占未结金额比例
--   null: nothing is open
-- feature: on_time_share_365d
--   type: number
--   unit: share
--   monotone: decreasing
--   en: Share of the invoices due in 365 days that were paid on time
--   zh-CN: 近365天到期发票按时付清比例
--   note: in full by their due date
--   null: no invoice fell due in the last 365 days
-- feature: days_late_mean_365d
--   type: number
--   unit: days
--   monotone: increasing
--   en: Mean days late of the invoices due in the last 365 days
--   zh-CN: 近365天到期发票平均逾期天数
--   note: in time counts as 0
--   null: no invoice fell due in the last 365 days
-- feature: late_count_90d
--   type: number
--   unit: invoices
--   monotone: increasing
--   en: Late invoices of those due in the last 90 days
--   zh-CN: 近90天逾期发票数
--   note: were or are late
--   null: never invoiced
-- feature: late_count_365d
--   type: number
--   unit: invoices
--   monotone: increasing
--   en: Late invoices of those due in the last 365 days
--   zh-CN: 近365天逾期发票数
--   note: were or are late
--   null: never invoiced
-- feature: days_since_last_late
--   type: number
--   unit: days
--   monotone: decreasing
--   en: Days since the customer was last past due
--   zh-CN: 距最近一次逾期的天数
--   note: 0 while past due
--   null: never late
-- feature: part_paid_share_365d
--   type: number
--   unit: share
--   monotone: increasing
--   en: Share of the invoices due in 365 days that were paid in parts
--   zh-CN: 近365天到期发票部分或分次付款比例
--   note: in part, or in several payments
--   null: no invoice fell due in the last 365 days
-- feature: disputed_share_365d
--   type: number
--   unit: share
--   monotone: increasing
--   en: Disputed share of the invoices due in the last 365 days
--   zh-CN: 近365天到期发票争议比例
--   null: no invoice fell due in the last 365 days
-- feature: invoice_amount_365d
--   type: number
--   unit: money
--   en: Amount invoiced in the last 365 days
--   zh-CN: 近365天开票金额
--   null: never invoiced
-- feature: payment_days_mean_365d
--   type: number
--   unit: days
--   monotone: increasing
--   en: Mean days from invoice to full payment in the last 365 days
--   zh-CN: 近365天结清发票的平均付款天数
--   note: of the invoices settled in these days
--   null: no invoice was settled in the last 365 days
WITH paid AS (
  SELECT
    asked.party_id,
    asked.as_of,
    p.invoice_id,
    sum(p.amount) AS amount,
    count(*) AS payments,
    max(p.happened_at)::DATE AS last_on
  FROM asked
  JOIN payments p
    ON p.party_id = asked.party_id
   AND p.known_from <= asked.as_of
   AND asked.as_of < p.known_until
   AND p.happened_at <= asked.as_of
  WHERE p.invoice_id IS NOT NULL
  GROUP BY asked.party_id, asked.as_of, p.invoice_id
),
invoice AS (
  SELECT
    asked.party_id,
    asked.as_of,
    i.amount,
    greatest(i.amount - coalesce(p.amount, 0), 0) AS open_amount,
    coalesce(p.payments, 0) AS payments,
    coalesce(p.amount, 0) > 0 AND coalesce(p.amount, 0) < i.amount AS part_paid,
    coalesce(i.disputed, false) AS disputed,
    asked.as_of::DATE - i.issued_on AS issued_ago,
    asked.as_of::DATE - i.due_on AS due_ago,
    CASE WHEN coalesce(p.amount, 0) >= i.amount THEN coalesce(p.last_on, i.issued_on) END AS settled_on,
    i.issued_on,
    i.due_on
  FROM asked
  JOIN invoices i
    ON i.party_id = asked.party_id
   AND i.known_from <= asked.as_of
   AND asked.as_of < i.known_until
   AND i.happened_at <= asked.as_of
  LEFT JOIN paid p
    ON p.party_id = asked.party_id AND p.as_of = asked.as_of AND p.invoice_id = i.invoice_id
),
aged AS (
  SELECT
    *,
    due_ago BETWEEN 0 AND 89 AS due_90,
    due_ago BETWEEN 0 AND 364 AS due_365,
    as_of::DATE - settled_on AS settled_ago,
    -- Days past due: until it was paid, or until today; an open disputed invoice is not counted as late.
    CASE
      WHEN settled_on IS NOT NULL THEN greatest(settled_on - due_on, 0)
      WHEN disputed THEN 0
      ELSE greatest(due_ago, 0)
    END AS days_late
  FROM invoice
),
summed AS (
  SELECT
    party_id,
    as_of,
    coalesce(max(CASE WHEN settled_on IS NULL THEN days_late END), 0) AS dpd_current,
    max(CASE WHEN due_90 THEN days_late END) AS dpd_90,
    max(CASE WHEN due_365 THEN days_late END) AS dpd_365,
    coalesce(sum(CASE WHEN NOT disputed AND due_ago > 0 THEN open_amount END), 0) AS overdue,
    coalesce(sum(open_amount), 0) AS open_amount,
    count_if(due_365) AS due_count,
    -- Nothing but unknowns would count as unknown, not as none.
    count_if(due_365 AND settled_on IS NOT NULL AND settled_on <= due_on) AS on_time,
    sum(CASE WHEN due_365 THEN days_late END) AS days_late,
    count_if(due_90 AND days_late > 0) AS late_90,
    count_if(due_365 AND days_late > 0) AS late_365,
    min(CASE WHEN days_late > 0 THEN coalesce(settled_ago, 0) END) AS since_late,
    count_if(due_365 AND (part_paid OR payments > 1)) AS part_paid,
    count_if(due_365 AND disputed) AS disputed,
    coalesce(sum(CASE WHEN issued_ago < 365 THEN amount END), 0) AS invoiced_365,
    sum(CASE WHEN settled_ago < 365 THEN settled_on - issued_on END) AS days_to_pay,
    count_if(settled_ago < 365) AS settled_count
  FROM aged
  GROUP BY party_id, as_of
)
SELECT
  asked.party_id,
  asked.as_of,
  s.dpd_current,
  s.dpd_90 AS dpd_worst_90d,
  s.dpd_365 AS dpd_worst_365d,
  s.overdue AS overdue_amount,
  s.overdue::DOUBLE / nullif(s.open_amount, 0)::DOUBLE AS overdue_share,
  s.on_time::DOUBLE / nullif(s.due_count, 0)::DOUBLE AS on_time_share_365d,
  s.days_late::DOUBLE / nullif(s.due_count, 0)::DOUBLE AS days_late_mean_365d,
  s.late_90 AS late_count_90d,
  s.late_365 AS late_count_365d,
  s.since_late AS days_since_last_late,
  s.part_paid::DOUBLE / nullif(s.due_count, 0)::DOUBLE AS part_paid_share_365d,
  s.disputed::DOUBLE / nullif(s.due_count, 0)::DOUBLE AS disputed_share_365d,
  s.invoiced_365 AS invoice_amount_365d,
  s.days_to_pay::DOUBLE / nullif(s.settled_count, 0)::DOUBLE AS payment_days_mean_365d
FROM asked
LEFT JOIN summed s USING (party_id, as_of)
