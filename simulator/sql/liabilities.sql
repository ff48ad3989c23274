-- Debt elsewhere: declared on joining, verified twice a year where a bureau knows the customer.
SELECT numbered('B', number, i, 0) AS liability_id, party_of(number) AS party_id,
  (['bank_a', 'bank_b'])[i + 1] AS creditor,
  (['mortgage', 'consumer'])[i + 1] AS kind,
  cents(outside_debt * CASE WHEN i = 0 THEN 0.7 ELSE 0.3 END) AS balance,
  cents(outside_debt * CASE WHEN i = 0 THEN 0.007 ELSE 0.012 END) AS instalment,
  CASE WHEN has_bureau = 1 THEN 'verified' ELSE 'declared' END AS evidence,
  moment_of(first_day + 20, 0.5) AS happened_at,
  learned(moment_of(first_day + 20, 0.5), chance('liability known', number, month, i), 8, 60) AS known_at
FROM months, range(2) AS debts(i)
WHERE (is_first = 1 OR (has_bureau = 1 AND (month::BIGINT + number::BIGINT) % 6 = 0)) AND (i = 0 OR number % 3 > 0)
