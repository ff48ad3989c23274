-- Who stops paying defaults 90 days after the first bill that is left open.
SELECT * FROM base
UNION ALL
SELECT party_of(number), party_of(number), 'dpd', 'default', 90::BIGINT, cents(4 * bill_amount), moment_of(unpaid_day + 90, 0), moment_of(unpaid_day + 97, 0.5)
FROM (
  SELECT m.number, min(m.due_day) AS unpaid_day, median(m.bill_amount) AS bill_amount
  FROM months m JOIN planted p USING (number)
  WHERE (p.kind = 8 AND m.issued_day >= p.from_day - 60) OR (p.kind = 4 AND m.due_day >= p.from_day)
  GROUP BY m.number
)
