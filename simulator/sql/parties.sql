SELECT
  party_of(number) AS party_id,
  CASE WHEN company = 1 THEN 'company' ELSE 'person' END AS kind,
  (['retail', 'affluent', 'micro', 'sme', 'corporate'])[segment::INTEGER + 1] AS segment,
  CASE WHEN company = 1
    THEN (['manufacturing', 'construction', 'trade', 'hospitality', 'logistics', 'services'])[industry::INTEGER + 1]
    ELSE (['employee', 'public_service', 'self_employed', 'pensioner'])[industry::INTEGER + 1] END AS industry,
  CASE WHEN chance('region', number, 0, 0) < 0.97
    THEN (['north', 'east', 'south', 'west', 'central'])[region::INTEGER + 1] END AS region,
  CASE WHEN chance('born', number, 0, 0) < 0.95 THEN day_of(getvariable('first_day') - age * 365.25) END AS born_on,
  CASE WHEN company = 0 AND chance('gender', number, 0, 0) < 0.92
    THEN CASE WHEN female = 1 THEN 'female' ELSE 'male' END END AS gender,
  CASE WHEN company = 1 AND chance('employees', number, 0, 0) < 0.88 THEN employees::BIGINT END AS employees,
  moment_of(joined_day, 0) AS happened_at,
  moment_of(joined_day, 0.5) AS known_at
FROM customers
