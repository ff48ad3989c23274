SELECT numbered('A', number, 0, 0) AS account_id, party_of(number) AS party_id, 'current' AS kind,
  day_of(joined_day) AS opened_on, NULL::DATE AS closed_on,
  moment_of(joined_day, 0.2) AS happened_at, moment_of(joined_day, 0.5) AS known_at
FROM customers
WHERE has_account = 1
