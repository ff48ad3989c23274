-- A month's inflow and outflow, cut into movements whose running balance ends near the month's balance.
WITH movement AS (
  SELECT number, month, first_day, days, company, salary_day, balance_before, opening, 'in' AS direction, inflow AS total,
    unnest(range(CASE WHEN company = 1 THEN 3 ELSE 1 END)) AS i
  FROM months WHERE has_account = 1 AND inflow > 0
  UNION ALL
  SELECT number, month, first_day, days, company, salary_day, balance_before, opening, 'out', inflow + balance_before - balance,
    unnest(range(100, 100 + outgoings::BIGINT))
  FROM months WHERE has_account = 1 AND inflow + balance_before - balance > 0
), weighed AS (
  SELECT *, CASE WHEN i = 100 AND balance_before < 0 THEN 'penalty' WHEN i = 101 THEN 'loan' WHEN direction = 'in' THEN CASE WHEN company = 1 THEN 'transfer' ELSE 'salary' END
      ELSE (['household', 'cash', 'transfer', 'household', 'other'])[1 + floor(5 * chance('category', number, month, i))::INTEGER] END AS category,
    0.3 + chance('weight', number, month, i) AS weight,
    moment_of(first_day + CASE WHEN direction = 'in' AND company = 0 THEN salary_day - 1 ELSE floor(days * chance('day', number, month, i)) END,
      chance('hour', number, month, i)) AS happened_at
  FROM movement
), sized AS (
  SELECT *, greatest(1, round(total * weight * CASE WHEN category = 'penalty' THEN 0.02 ELSE 1 END
    / sum(weight * CASE WHEN category = 'penalty' THEN 0.02 ELSE 1 END) OVER (PARTITION BY number, month, direction)))::BIGINT AS amount
  FROM weighed
)
SELECT numbered('T', number, month, i) AS transaction_id, party_of(number) AS party_id, numbered('A', number, 0, 0) AS account_id,
  direction, cents(amount) AS amount,
  cents(opening + sum(CASE WHEN direction = 'in' THEN amount ELSE -amount END)
    OVER (PARTITION BY number ORDER BY happened_at, i ROWS UNBOUNDED PRECEDING)) AS balance,
  category, happened_at,
  learned(happened_at, chance('transaction known', number, month, i), 1.5, 25) AS known_at
FROM sized
