SELECT party_of(number) AS party_id, day_of(first_day + days - 1) AS period_end,
  day_of(first_day + days + 60 + floor(90 * chance('filed', number, month, 0))) AS published_on,
  cents(greatest(0, revenue * margin)) AS taxable_income, cents(greatest(0, revenue * margin * 0.25)) AS tax_due,
  cents(CASE WHEN balance < 0 AND chance('arrears', number, month, 0) < 0.6 THEN revenue * 0.01 ELSE 0 END) AS tax_arrears,
  moment_of(first_day + days - 1, 0.99) AS happened_at,
  moment_of(first_day + days + 61 + floor(90 * chance('filed', number, month, 0)), 0.5) AS known_at
FROM months
WHERE equity_ratio IS NOT NULL AND chance('tax missing', number, 0, 0) < 0.8
