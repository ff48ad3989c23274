-- Bust-outs pay nothing once it began; first payments that never came; look-alikes pay, some late.
SELECT b.payment_id, b.party_id, b.invoice_id, b.credit_line_id, b.amount,
  CASE WHEN p.kind = 9 THEN b.happened_at + INTERVAL 17 DAY ELSE b.happened_at END AS happened_at,
  CASE WHEN p.kind = 9 THEN b.known_at + INTERVAL 17 DAY ELSE b.known_at END AS known_at
FROM base b LEFT JOIN (SELECT *, party_of(number) AS party_id FROM planted) p ON p.party_id = b.party_id
WHERE p.kind IS NULL OR NOT (p.kind = 8 OR (p.kind = 9 AND b.happened_at < day_of(p.from_day - 40)::TIMESTAMP) OR (p.kind = 4 AND b.happened_at >= day_of(p.from_day - 10)::TIMESTAMP))
UNION ALL
SELECT numbered('YX', m.number, m.month, i), party_of(m.number), numbered('IX', m.number, m.month, i), NULL,
  cents(m.bill_amount * (1.5 + chance('surge', m.number, m.month, i))),
  moment_of(m.first_day + 5 * i + 8 + floor(8 * chance('season paid', m.number, m.month, i)), 0.5),
  moment_of(m.first_day + 5 * i + 9 + floor(8 * chance('season paid', m.number, m.month, i)), 0.7)
FROM months m JOIN planted p USING (number), range(5) AS rush(i)
WHERE p.kind = 5 AND m.first_day >= p.from_day - 31 AND m.first_day + 5 * i >= p.from_day - 10
