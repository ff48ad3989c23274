-- The first document of each customer, on joining, and a new version of it for each renewal: every three years, from 40 days before the old one expires to 19 after, while the
-- customer is one; who once does not renew never does again.
WITH first AS (
  SELECT number, joined_day, CASE WHEN company = 1 THEN 'licence' ELSE 'identity' END AS kind,
    joined_day + 365 + floor(2500 * chance('expires', number, 0, 0)) AS expires_day
  FROM customers
), renewal AS (
  SELECT number, kind, term, expires_day + 1095 * term AS expires_day,
    expires_day + 1095 * (term - 1) - 40 + floor(60 * chance('renewed on', number, term, 0)) AS day,
    bool_and(chance('renewed', number, term, 0) < getvariable('renewed')) OVER (PARTITION BY number ORDER BY term) AS is_renewed
  FROM first, range(1, 20) AS terms(term)
), life AS (
  SELECT number, max(first_day + days) AS end_day FROM months GROUP BY number
)
SELECT numbered('D', number, 0, 0) AS document_id, party_of(number) AS party_id, kind,
  day_of(joined_day - floor(900 * chance('issued', number, 0, 0))) AS issued_on,
  day_of(expires_day) AS expires_on,
  moment_of(joined_day, 0.1) AS happened_at, moment_of(joined_day, 0.5) AS known_at
FROM first
UNION ALL
SELECT numbered('D', number, 0, 0), party_of(number), kind, day_of(day), day_of(expires_day),
  moment_of(day, 0.3), learned(moment_of(day, 0.3), chance('renewal known', number, term, 0), 4, 60)
FROM renewal JOIN life USING (number)
WHERE is_renewed AND day < end_day
