-- view: exposure_signals
-- grain: one row per customer and observation date
-- windows: lines, invoices and payments of any age
-- tables: credit_lines, invoices, payments
-- depends on: none
--
-- feature: exposure_now
--   type: number
--   unit: money
--   monotone: increasing
--   en: Credit drawn and receivables open
--   zh-CN: 当前风险敞口
--   null: neither a line nor an invoice was ever known
-- feature: overdue_now
--   type: number
--   unit: money
--   monotone: increasing
--   en: Amount past due
--   zh-CN: 当前逾期金额
--   note: disputed invoices left out
--   null: never invoiced
WITH drawn AS (
  SELECT asked.party_id, asked.as_of, sum(greatest(coalesce(c.balance, 0), 0)) AS amount
  FROM asked
  JOIN credit_lines c
    ON c.party_id = asked.party_id
   AND c.known_from <= asked.as_of
   AND asked.as_of < c.known_until
   AND c.happened_at <= asked.as_of
  WHERE c.ends_on IS NULL OR c.ends_on >= asked.as_of::DATE
  GROUP BY asked.party_id, asked.as_of
),
paid AS (
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
receivable AS (
  SELECT
    asked.party_id,
    asked.as_of,
    sum(greatest(i.amount - coalesce(p.amount, 0), 0)) AS amount,
    coalesce(
      sum(
        CASE
          WHEN NOT coalesce(i.disputed, false) AND i.due_on < asked.as_of::DATE
          THEN greatest(i.amount - coalesce(p.amount, 0), 0)
        END
      ),
      0
    ) AS overdue
  FROM asked
  JOIN invoices i
    ON i.party_id = asked.party_id
   AND i.known_from <= asked.as_of
   AND asked.as_of < i.known_until
   AND i.happened_at <= asked.as_of
  LEFT JOIN paid p ON p.party_id = asked.party_id AND p.as_of = asked.as_of AND p.invoice_id = i.invoice_id
  GROUP BY asked.party_id, asked.as_of
)
SELECT
  asked.party_id,
  asked.as_of,
  CASE
    WHEN d.party_id IS NOT NULL OR r.party_id IS NOT NULL
    THEN coalesce(d.amount, 0) + coalesce(r.amount, 0)
  END AS exposure_now,
  r.overdue AS overdue_now
FROM asked
LEFT JOIN drawn d USING (party_id, as_of)
LEFT JOIN receivable r USING (party_id, as_of)
