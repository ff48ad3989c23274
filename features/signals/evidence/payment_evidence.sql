-- view: payment_evidence
-- grain: the facts behind signals of customers, one row each
-- windows: invoices that fell due in the last 365 days; promises of the last 180 days
-- tables: communications, invoices, payments
-- depends on: none
--
-- feature: topic
--   type: category
--   unit: name
--   en: The signal that the fact speaks for
--   zh-CN: 所支持的信号
--   null: never
-- feature: fact_table
--   type: category
--   unit: name
--   en: Table of the fact
--   zh-CN: 事实所在表
--   null: never
-- feature: fact_key
--   type: category
--   unit: key
--   en: Key of the fact
--   zh-CN: 事实主键
--   null: never
-- feature: fact_on
--   type: category
--   unit: date
--   en: Date of the fact
--   zh-CN: 事实日期
--   null: it has none
-- feature: amount
--   type: number
--   unit: amount
--   en: Amount of the fact
--   zh-CN: 金额
--   note: money, points, or a count, as the signal counts
--   null: it has none
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
  SELECT asked.party_id, asked.as_of, i.invoice_id, i.amount, i.issued_on, i.due_on, asked.as_of::DATE - i.due_on AS due_ago
  FROM asked
  JOIN invoices i
    ON i.party_id = asked.party_id
   AND i.known_from <= asked.as_of
   AND asked.as_of < i.known_until
   AND i.happened_at <= asked.as_of
  WHERE NOT coalesce(i.disputed, false)
),
settled AS (
  SELECT
    i.party_id,
    i.as_of,
    i.invoice_id,
    i.amount,
    i.issued_on,
    i.due_on,
    i.due_ago,
    coalesce(sum(p.amount), 0) AS paid,
    coalesce(sum(CASE WHEN p.happened_at::DATE <= i.due_on THEN p.amount END), 0) AS paid_by_due,
    max(p.happened_at)::DATE AS last_on
  FROM invoice i
  LEFT JOIN payment p ON p.party_id = i.party_id AND p.as_of = i.as_of AND p.invoice_id = i.invoice_id
  GROUP BY i.party_id, i.as_of, i.invoice_id, i.amount, i.issued_on, i.due_on, i.due_ago
),
promise AS (
  SELECT asked.party_id, asked.as_of, c.communication_id, c.happened_at
  FROM asked
  JOIN communications c
    ON c.party_id = asked.party_id
   AND c.known_from <= asked.as_of
   AND asked.as_of < c.known_until
   AND c.happened_at <= asked.as_of
  WHERE c.topic = 'promise' AND c.happened_at > asked.as_of - INTERVAL 180 DAY AND c.happened_at < asked.as_of - INTERVAL 14 DAY
),
fact AS (
  SELECT party_id, as_of, 'late_turn_days' AS topic, 'invoices' AS fact_table, invoice_id AS fact_key, due_on AS fact_on, amount
  FROM settled
  WHERE due_ago BETWEEN 0 AND 89
    AND ((paid < amount AND due_ago > 0) OR (paid >= amount AND last_on > due_on))
  UNION ALL
  SELECT party_id, as_of, 'part_payments_180d', 'invoices', invoice_id, due_on, amount - paid_by_due
  FROM settled
  WHERE due_ago BETWEEN 1 AND 179 AND paid_by_due > 0 AND paid_by_due < amount
  UNION ALL
  SELECT party_id, as_of, 'first_payment_dpd', 'invoices', invoice_id, due_on, amount
  FROM settled
  WHERE due_ago BETWEEN 1 AND 364 AND paid = 0
  UNION ALL
  SELECT party_id, as_of, 'invoiced_surge_90d', 'invoices', invoice_id, issued_on, amount - least(paid, amount)
  FROM settled
  WHERE as_of::DATE - issued_on BETWEEN 0 AND 89
  UNION ALL
  SELECT p.party_id, p.as_of, 'broken_promises_180d', 'communications', p.communication_id, p.happened_at::DATE, NULL
  FROM promise p
  WHERE NOT EXISTS (
    SELECT 1
    FROM payment y
    WHERE y.party_id = p.party_id
      AND y.as_of = p.as_of
      AND y.happened_at >= p.happened_at
      AND y.happened_at < p.happened_at + INTERVAL 14 DAY
  )
)
SELECT party_id, as_of, topic, fact_table, fact_key, fact_on::VARCHAR AS fact_on, amount
FROM fact
