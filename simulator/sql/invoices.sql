SELECT numbered('I', number, month, 0) AS invoice_id, party_of(number) AS party_id,
  day_of(issued_day) AS issued_on, day_of(due_day) AS due_on, cents(bill_amount) AS amount,
  chance('disputed', number, month, 0) < 0.01 + 0.02 * (complaints > 0)::INTEGER AS disputed,
  moment_of(issued_day, 0.3) AS happened_at,
  learned(moment_of(issued_day, 0.3), chance('invoice known', number, month, 0), 1, 20) AS known_at
FROM months
