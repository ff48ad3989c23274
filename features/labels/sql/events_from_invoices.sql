-- Default events by our own receivables, where no source tells days past due: an undisputed invoice not paid in full so many days after
-- its due date. Payments are those known at the cut-off.
WITH invoice AS (
  SELECT party_id, invoice_id, amount, due_on::TIMESTAMP + to_days($days::INTEGER) AS late_at
  FROM {invoices}
  WHERE known_from <= $cutoff::TIMESTAMP AND known_until > $cutoff::TIMESTAMP AND NOT coalesce(disputed, false)
), paid AS (
  SELECT i.invoice_id, sum(p.amount) AS amount
  FROM invoice AS i JOIN {payments} AS p ON p.invoice_id = i.invoice_id AND p.happened_at < i.late_at
  WHERE p.known_from <= $cutoff::TIMESTAMP AND p.known_until > $cutoff::TIMESTAMP
  GROUP BY i.invoice_id
)
SELECT i.party_id, i.invoice_id AS subject_id, 'dpd' AS kind, NULL::VARCHAR AS status, $days::BIGINT AS days_past_due,
  i.late_at AS happened_at, i.late_at AS known_from
FROM invoice AS i LEFT JOIN paid AS p USING (invoice_id)
WHERE i.late_at <= $cutoff::TIMESTAMP AND coalesce(p.amount, 0) < i.amount
