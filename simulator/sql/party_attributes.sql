SELECT party_of(number) AS party_id, 'acquisition_channel' AS name, NULL::DOUBLE AS number_value,
  (['branch', 'online', 'partner', 'broker'])[1 + floor(4 * chance('channel', number, 0, 0))::INTEGER] AS text_value,
  moment_of(joined_day, 0.1) AS happened_at, moment_of(joined_day, 0.5) AS known_at
FROM customers
UNION ALL
SELECT party_of(number), 'loyalty_points', floor(2000 * chance('loyalty', number, 0, 0) * (1 + 0.2 * chance('loyal', number, 1, 0))), NULL,
  moment_of(joined_day, 0.1), learned(moment_of(joined_day, 0.1), chance('loyalty known', number, 0, 0), 10, 60)
FROM customers
WHERE chance('has loyalty', number, 0, 0) < 0.6
