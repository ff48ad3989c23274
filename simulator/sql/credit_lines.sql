-- One line a customer; its state is booked every month.
SELECT numbered('L', number, 0, 0) AS credit_line_id, party_of(number) AS party_id,
  CASE WHEN company = 1 THEN 'trade' ELSE 'card' END AS kind,
  cents(credit_limit) AS limit_amount, cents(drawn) AS balance, cents(instalment) AS instalment, NULL::BIGINT AS term_months,
  day_of(joined_day) AS granted_on, NULL::DATE AS ends_on,
  moment_of(first_day + days - 1, 0.99) AS happened_at,
  moment_of(first_day + days, 0.05 + 0.3 * chance('line known', number, month, 0)) AS known_at
FROM months
