-- A bill is paid in one part, or a first part and the rest.
SELECT numbered('Y', number, month, part) AS payment_id, party_of(number) AS party_id, numbered('I', number, month, 0) AS invoice_id,
  NULL::VARCHAR AS credit_line_id,
  CASE WHEN part = 0 THEN cents(floor(0.4 * bill_amount)) WHEN part_day IS NULL THEN cents(bill_amount)
    ELSE cents(bill_amount) - cents(floor(0.4 * bill_amount)) END AS amount,
  moment_of(CASE WHEN part = 0 THEN part_day ELSE greatest(paid_day, coalesce(part_day, paid_day)) END, chance('paid', number, month, part)) AS happened_at,
  learned(moment_of(CASE WHEN part = 0 THEN part_day ELSE greatest(paid_day, coalesce(part_day, paid_day)) END, chance('paid', number, month, part)),
    chance('payment known', number, month, part), 2, 40) AS known_at
FROM (SELECT *, unnest([0, 1]) AS part FROM months)
WHERE (part = 0 AND part_day IS NOT NULL) OR (part = 1 AND paid_day IS NOT NULL)
