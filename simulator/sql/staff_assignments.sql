SELECT party_of(number) AS party_id, role,
  'S' || lpad((1 + floor(40 * chance('staff', number, CASE role WHEN 'sales' THEN 0 ELSE 1 END, 0)))::BIGINT::VARCHAR, 3, '0') AS staff_id,
  moment_of(joined_day, 0.3) AS happened_at, moment_of(joined_day, 0.5) AS known_at
FROM customers, (VALUES ('sales'), ('credit')) AS roles(role)
WHERE company = 1 OR role = 'sales'
