-- Of those whose first payment matters, what was before they came is left out.
SELECT b.* FROM base b LEFT JOIN (SELECT *, party_of(number) AS party_id FROM planted WHERE kind IN (8, 9)) n ON n.party_id = b.party_id
WHERE n.kind IS NULL OR b.happened_at >= day_of(n.from_day - 60)::TIMESTAMP
UNION ALL
SELECT numbered('IX', m.number, m.month, i), party_of(m.number),
  day_of(m.first_day + 5 * i), day_of(m.first_day + 5 * i + 14), cents(m.bill_amount * (1.5 + chance('surge', m.number, m.month, i))), false,
  moment_of(m.first_day + 5 * i, 0.6), moment_of(m.first_day + 5 * i + 1, 0.5)
FROM months m JOIN planted p USING (number), range(5) AS rush(i)
WHERE p.kind IN (4, 5) AND m.first_day >= p.from_day - 31 AND m.first_day + 5 * i >= p.from_day - 10
