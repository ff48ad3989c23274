SELECT numbered('D', number, 0, 0) AS document_id, party_of(number) AS party_id,
  CASE WHEN company = 1 THEN 'licence' ELSE 'identity' END AS kind,
  day_of(joined_day - floor(900 * chance('issued', number, 0, 0))) AS issued_on,
  day_of(joined_day + 365 + floor(2500 * chance('expires', number, 0, 0))) AS expires_on,
  moment_of(joined_day, 0.1) AS happened_at, moment_of(joined_day, 0.5) AS known_at
FROM customers
