SELECT b.credit_line_id, b.party_id, b.kind, b.limit_amount,
  CASE WHEN p.kind = 4 AND b.happened_at >= day_of(p.from_day)::TIMESTAMP THEN cents(98 * b.limit_amount) ELSE b.balance END AS balance,
  b.instalment, b.term_months, b.granted_on, b.ends_on, b.happened_at, b.known_at
FROM base b LEFT JOIN (SELECT *, party_of(number) AS party_id FROM planted) p ON p.party_id = b.party_id
