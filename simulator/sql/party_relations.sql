SELECT
  party_of(number) AS party_id,
  party_of(CASE WHEN number % 20 = 0 THEN number + 1 ELSE number - number % 20 END) AS related_party_id,
  CASE WHEN company = 1 THEN CASE WHEN number % 3 = 0 THEN 'owner' ELSE 'group' END ELSE 'household' END AS relation,
  CASE WHEN company = 1 AND number % 3 = 0 THEN round(0.2 + 0.8 * chance('share', number, 0, 0), 2) END AS share,
  moment_of(joined_day, 0.6) AS happened_at,
  learned(moment_of(joined_day, 0.6), chance('relation known', number, 0, 0), 3, 200) AS known_at
FROM customers
WHERE number % 20 IN (0, 1, 2) AND number + 1 < getvariable('customers')
