SELECT b.party_id, b.period_end, b.published_on,
  CASE p.kind WHEN 6 THEN cents(30 * b.taxable_income) WHEN 7 THEN cents(75 * b.taxable_income) ELSE b.taxable_income END AS taxable_income,
  b.tax_due, b.tax_arrears, b.happened_at, b.known_at
FROM base b LEFT JOIN (SELECT *, party_of(number) AS party_id FROM planted) p ON p.party_id = b.party_id
