-- Loops: six orders sent back and placed again; look-alikes send back and do not order again for that amount. Bust-outs order five times a month for twice the
-- usual; look-alikes have a season, and pay for it.
-- Of those whose first payment matters, what was before they came is left out.
SELECT b.* FROM base b LEFT JOIN (SELECT *, party_of(number) AS party_id FROM planted WHERE kind IN (8, 9)) n ON n.party_id = b.party_id
WHERE n.kind IS NULL OR b.happened_at >= day_of(n.from_day - 60)::TIMESTAMP
UNION ALL
SELECT numbered('OX', p.number, i, 2 * p.kind::BIGINT + again), party_of(p.number),
  cents(m.bill_amount * (0.8 + 0.4 * chance('loop', p.number, i, 0)) * CASE WHEN again = 1 AND p.kind = 3 THEN 0.4 ELSE 1 END),
  CASE WHEN again = 0 THEN 'returned' ELSE 'delivered' END,
  moment_of(p.from_day - 120 + 24 * i + 9 * again, chance('loop hour', p.number, i, again)),
  moment_of(p.from_day - 120 + 24 * i + 9 * again + 1, 0.9)
FROM planted p JOIN (SELECT number, median(bill_amount) AS bill_amount FROM months GROUP BY number) m USING (number),
  range(7) AS turns(i), range(2) AS twice(again)
WHERE p.kind IN (2, 3)
UNION ALL
SELECT numbered('OX', m.number, m.month, 100 + i), party_of(m.number), cents(m.bill_amount * (1.5 + chance('surge', m.number, m.month, i))), 'delivered',
  moment_of(m.first_day + 5 * i, 0.4), moment_of(m.first_day + 5 * i + 1, 0.5)
FROM months m JOIN planted p USING (number), range(5) AS rush(i)
WHERE p.kind IN (4, 5) AND m.first_day >= p.from_day - 31 AND m.first_day + 5 * i >= p.from_day - 10
