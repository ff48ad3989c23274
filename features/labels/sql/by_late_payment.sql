-- bad: an undisputed invoice that is not paid in full $days days after it was due, where that day's end falls into the performance window.
-- good: such a day fell into the window and every invoice had been paid. indeterminate: no invoice could become late in the window.
-- Lateness before the observation is behaviour, and excludes nobody. Invoices and payments are those known at the cut-off.
WITH asked AS (
  SELECT DISTINCT party_id::VARCHAR AS party_id, as_of::TIMESTAMP AS as_of, as_of::TIMESTAMP + to_months($months::INTEGER) AS window_end FROM {asked}
), invoice AS (
  SELECT party_id, invoice_id, amount, due_on::TIMESTAMP + to_days($days::INTEGER + 1) AS late_at
  FROM {invoices}
  WHERE known_from <= $cutoff::TIMESTAMP AND known_until > $cutoff::TIMESTAMP AND NOT coalesce(disputed, false)
), paid AS (
  SELECT i.invoice_id, sum(p.amount) AS amount
  FROM invoice AS i JOIN {payments} AS p ON p.invoice_id = i.invoice_id AND p.happened_at < i.late_at
  WHERE p.known_from <= $cutoff::TIMESTAMP AND p.known_until > $cutoff::TIMESTAMP
  GROUP BY i.invoice_id
), due AS (
  SELECT i.party_id, i.late_at, coalesce(p.amount, 0) < i.amount AS is_late FROM invoice AS i LEFT JOIN paid AS p USING (invoice_id)
), within AS (
  SELECT a.party_id, a.as_of, min(d.late_at) FILTER (d.is_late) AS outcome_at, count(*) AS invoices
  FROM asked AS a JOIN due AS d ON d.party_id = a.party_id AND d.late_at > a.as_of AND d.late_at <= a.window_end
  GROUP BY a.party_id, a.as_of
)
SELECT a.party_id, a.as_of, a.window_end, w.outcome_at,
  CASE WHEN a.window_end + to_days($reporting::INTEGER) > $cutoff::TIMESTAMP THEN 'immature'
    WHEN w.outcome_at IS NOT NULL THEN 'bad'
    WHEN coalesce(w.invoices, 0) > 0 THEN 'good' ELSE 'indeterminate' END AS label
FROM asked AS a LEFT JOIN within AS w USING (party_id, as_of)
