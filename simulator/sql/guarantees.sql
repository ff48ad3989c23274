SELECT numbered('G', number, 0, 0) AS guarantee_id, party_of(number) AS party_id,
  CASE WHEN number % 4 = 0 AND number > 0 THEN party_of(number - 1) END AS guarantor_party_id,
  (['guarantee', 'mortgage', 'deposit', 'pledge'])[1 + (number::BIGINT % 4)] AS kind,
  cents(100 * income * (1 + 3 * chance('guarantee', number, 0, 0))) AS amount,
  day_of(joined_day + 3650) AS ends_on,
  moment_of(joined_day, 0.7) AS happened_at,
  learned(moment_of(joined_day, 0.7), chance('guarantee known', number, 0, 0), 5, 60) AS known_at
FROM customers
WHERE chance('has guarantee', number, 0, 0) < 0.15
