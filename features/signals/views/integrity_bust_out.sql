-- view: integrity_bust_out
-- grain: one row per customer and observation date
-- windows: invoices of the last 90 days against the 300 days before
-- tables: invoices, payments
-- depends on: none
--
-- feature: invoiced_surge_90d
--   type: number
--   unit: ratio
--   monotone: increasing
--   en: Amount invoiced in the last 90 days against the usual 90 days before
--   zh-CN: 近90天开票金额与此前常态之比
--   note: usual: three tenths of the 300 days before
--   null: fewer than three invoices in the 300 days before
-- feature: recent_paid_share
--   type: number
--   unit: share
--   monotone: decreasing
--   en: Paid share of the invoices of the last 90 days that are due
--   zh-CN: 近90天已到期发票的付款比例
--   null: none of them is due
-- feature: earlier_paid_share
--   type: number
--   unit: share
--   monotone: decreasing
--   en: Paid share of the invoices issued 90 to 390 days before
--   zh-CN: 此前300天开票的付款比例
--   null: nothing was invoiced then
WITH paid AS (
  SELECT asked.party_id, asked.as_of, p.invoice_id, sum(p.amount) AS amount
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
    least(coalesce(p.amount, 0), i.amount) AS paid,
    asked.as_of::DATE - i.issued_on AS issued_ago,
    asked.as_of::DATE - i.due_on AS due_ago
  FROM asked
  JOIN invoices i
    ON i.party_id = asked.party_id
   AND i.known_from <= asked.as_of
   AND asked.as_of < i.known_until
   AND i.happened_at <= asked.as_of
  LEFT JOIN paid p ON p.party_id = asked.party_id AND p.as_of = asked.as_of AND p.invoice_id = i.invoice_id
  WHERE i.happened_at > asked.as_of - INTERVAL 420 DAY
),
summed AS (
  SELECT
    party_id,
    as_of,
    coalesce(sum(CASE WHEN issued_ago BETWEEN 0 AND 89 THEN amount END), 0)::DOUBLE AS now_90,
    coalesce(sum(CASE WHEN issued_ago BETWEEN 90 AND 389 THEN amount END), 0)::DOUBLE AS before_300,
    count_if(issued_ago BETWEEN 90 AND 389) AS invoices_before,
    sum(CASE WHEN issued_ago BETWEEN 0 AND 89 AND due_ago > 0 THEN amount END)::DOUBLE AS due_90,
    coalesce(sum(CASE WHEN issued_ago BETWEEN 0 AND 89 AND due_ago > 0 THEN paid END), 0)::DOUBLE AS paid_90,
    coalesce(sum(CASE WHEN issued_ago BETWEEN 90 AND 389 THEN paid END), 0)::DOUBLE AS paid_before
  FROM invoice
  GROUP BY party_id, as_of
)
SELECT
  asked.party_id,
  asked.as_of,
  CASE WHEN s.invoices_before >= 3 THEN s.now_90 / nullif(s.before_300 * 0.3, 0) END AS invoiced_surge_90d,
  s.paid_90 / nullif(s.due_90, 0) AS recent_paid_share,
  s.paid_before / nullif(s.before_300, 0) AS earlier_paid_share
FROM asked
LEFT JOIN summed s USING (party_id, as_of)
