-- What was declared forty days before each verification: a third of it, or, by look-alikes, seven tenths.
SELECT * FROM base
UNION ALL
SELECT b.liability_id, b.party_id, b.creditor, b.kind,
  cents(100 * b.balance * (CASE WHEN p.kind = 6 THEN 0.25 ELSE 0.65 END + 0.15 * chance('declared', p.number, 0, 0))),
  b.instalment, 'declared', b.happened_at - INTERVAL 40 DAY, b.happened_at - INTERVAL 39 DAY
FROM base b JOIN (SELECT *, party_of(number) AS party_id FROM planted) p ON p.party_id = b.party_id
WHERE p.kind IN (6, 7) AND b.evidence = 'verified'
