-- view: payment_signals
-- grain: one row per customer and observation date
-- windows: invoices that fell due in the last 90 days against the 275 before; 180 days for part-payments and promises
-- tables: communications, invoices, payments
-- depends on: none
--
-- feature: late_turn_days
--   type: number
--   unit: days
--   monotone: increasing
--   en: Days later than usual that invoices are paid
--   zh-CN: 近90天付款较此前推迟天数(中位数)
--   note: median days late of the last 90 days less that of the 275 days before; in time counts as 0
--   null: fewer than three invoices due in the last 90 days, or fewer than six before
-- feature: dpd_oldest_open
--   type: number
--   unit: days
--   monotone: increasing
--   en: Days past due of the oldest open invoice
--   zh-CN: 最早未结清账款的逾期天数
--   note: 0 while none is past due; disputed invoices left out
--   null: never invoiced
-- feature: part_payments_180d
--   type: number
--   unit: invoices
--   monotone: increasing
--   en: Invoices of the last 180 days paid in part only by their due date
--   zh-CN: 近180天到期时仅部分付款的发票数
--   null: no invoice fell due in the last 180 days
-- feature: broken_promises_180d
--   type: number
--   unit: promises
--   monotone: increasing
--   en: Promises of payment in the last 180 days without a payment within 14 days
--   zh-CN: 近180天未兑现的付款承诺
--   note: promises whose 14 days are over
--   null: no promise in the last 180 days
-- feature: first_payment_dpd
--   type: number
--   unit: days
--   monotone: increasing
--   en: Days past due of the first invoice, while nothing was ever paid
--   zh-CN: 首笔账款逾期天数
--   note: 0 while it is not due; the first invoice must have fallen due within the last 365 days; disputed invoices left out
--   null: something was paid, or never invoiced, or longer ago
WITH payment AS (
  SELECT asked.party_id, asked.as_of, p.invoice_id, p.amount, p.happened_at
  FROM asked
  JOIN payments p
    ON p.party_id = asked.party_id
   AND p.known_from <= asked.as_of
   AND asked.as_of < p.known_until
   AND p.happened_at <= asked.as_of
),
invoice AS (
  SELECT
    asked.party_id,
    asked.as_of,
    i.invoice_id,
    i.amount,
    i.due_on,
    coalesce(i.disputed, false) AS disputed,
    asked.as_of::DATE - i.due_on AS due_ago
  FROM asked
  JOIN invoices i
    ON i.party_id = asked.party_id
   AND i.known_from <= asked.as_of
   AND asked.as_of < i.known_until
   AND i.happened_at <= asked.as_of
),
settled AS (
  SELECT
    i.party_id,
    i.as_of,
    i.invoice_id,
    i.due_ago,
    i.due_on,
    i.disputed,
    coalesce(sum(p.amount), 0) AS paid,
    coalesce(sum(CASE WHEN p.happened_at::DATE <= i.due_on THEN p.amount END), 0) AS paid_by_due,
    max(i.amount) AS amount,
    max(p.happened_at)::DATE AS last_on
  FROM invoice i
  LEFT JOIN payment p ON p.party_id = i.party_id AND p.as_of = i.as_of AND p.invoice_id = i.invoice_id
  GROUP BY i.party_id, i.as_of, i.invoice_id, i.due_ago, i.due_on, i.disputed
),
aged AS (
  SELECT
    *,
    CASE
      WHEN paid >= amount THEN greatest(coalesce(last_on, due_on) - due_on, 0)
      WHEN disputed THEN 0
      ELSE greatest(due_ago, 0)
    END AS days_late,
    paid_by_due > 0 AND paid_by_due < amount AND due_ago > 0 AS in_part
  FROM settled
),
turned AS (
  SELECT
    party_id,
    as_of,
    median(CASE WHEN due_ago BETWEEN 0 AND 89 THEN days_late END)::DOUBLE AS late_now,
    count_if(due_ago BETWEEN 0 AND 89) AS due_now,
    median(CASE WHEN due_ago BETWEEN 90 AND 364 THEN days_late END)::DOUBLE AS late_before,
    count_if(due_ago BETWEEN 90 AND 364) AS due_before,
    count_if(in_part AND due_ago BETWEEN 0 AND 179) AS in_part,
    count_if(due_ago BETWEEN 0 AND 179) AS due_180,
    max(CASE WHEN NOT disputed AND paid < amount THEN due_ago END) AS oldest_open,
    max(CASE WHEN NOT disputed THEN due_ago END) AS first_due_ago
  FROM aged
  GROUP BY party_id, as_of
),
anything AS (
  SELECT party_id, as_of, count(*) AS payments FROM payment GROUP BY party_id, as_of
),
promise AS (
  SELECT asked.party_id, asked.as_of, c.communication_id, c.happened_at
  FROM asked
  JOIN communications c
    ON c.party_id = asked.party_id
   AND c.known_from <= asked.as_of
   AND asked.as_of < c.known_until
   AND c.happened_at <= asked.as_of
  WHERE c.topic = 'promise' AND c.happened_at > asked.as_of - INTERVAL 180 DAY
),
kept AS (
  SELECT
    p.party_id,
    p.as_of,
    p.communication_id,
    p.happened_at,
    count_if(y.happened_at >= p.happened_at AND y.happened_at < p.happened_at + INTERVAL 14 DAY) AS payments
  FROM promise p
  LEFT JOIN payment y ON y.party_id = p.party_id AND y.as_of = p.as_of
  GROUP BY p.party_id, p.as_of, p.communication_id, p.happened_at
),
promises AS (
  SELECT party_id, as_of, count_if(payments = 0 AND happened_at < as_of - INTERVAL 14 DAY) AS broken
  FROM kept
  GROUP BY party_id, as_of
)
SELECT
  asked.party_id,
  asked.as_of,
  CASE WHEN t.due_now >= 3 AND t.due_before >= 6 THEN t.late_now - t.late_before END AS late_turn_days,
  CASE WHEN t.party_id IS NOT NULL THEN greatest(coalesce(t.oldest_open, 0), 0) END AS dpd_oldest_open,
  CASE WHEN t.due_180 > 0 THEN t.in_part END AS part_payments_180d,
  r.broken AS broken_promises_180d,
  CASE WHEN a.payments IS NULL AND t.first_due_ago < 365 THEN greatest(t.first_due_ago, 0) END AS first_payment_dpd
FROM asked
LEFT JOIN turned t USING (party_id, as_of)
LEFT JOIN anything a USING (party_id, as_of)
LEFT JOIN promises r USING (party_id, as_of)
