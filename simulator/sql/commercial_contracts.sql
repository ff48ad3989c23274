SELECT numbered('K', number, month, 0) AS contract_id, party_of(number) AS party_id,
  day_of(first_day + 9) AS signed_on, day_of(first_day + 9 + 365) AS ends_on,
  cents(12 * bill_amount) AS amount, (due_day - issued_day)::BIGINT AS payment_days, 'pending' AS performance,
  moment_of(first_day + 9, 0.5) AS happened_at,
  learned(moment_of(first_day + 9, 0.5), chance('contract known', number, month, 0), 4, 30) AS known_at
FROM months
WHERE company = 1 AND (month::BIGINT + number::BIGINT) % 12 = 0
