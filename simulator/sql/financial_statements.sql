-- Yearly accounts, published months later; one in twelve is restated once more after that.
WITH yearly AS (
  SELECT *, revenue * (0.9 + 0.2 * chance('assets', number, 0, 0)) AS assets, unnest([0, 1]) AS version,
    first_day + days + 75 + floor(110 * chance('published', number, month, 0)) AS published_day
  FROM months WHERE equity_ratio IS NOT NULL
)
SELECT party_of(number) AS party_id, day_of(first_day + days - 1) AS period_end, 'annual' AS kind,
  day_of(published_day) AS published_on, chance('audited', number, 0, 0) < 0.7 AS audited,
  cents(revenue) AS revenue, cents(revenue * margin) AS operating_profit,
  cents(revenue * (margin - interest_share) * 0.75) AS net_profit, cents(revenue * interest_share) AS interest_expense,
  CASE WHEN chance('cash missing', number, month, 0) < 0.9 THEN cents(assets * 0.12 * current_ratio / 1.4) END AS cash,
  cents(assets * 0.3 * current_ratio) AS current_assets, cents(assets * 0.12) AS inventory,
  cents(assets * 0.14) AS receivables, cents(assets) AS total_assets, cents(assets * 0.3) AS current_liabilities,
  cents(assets * (1 - equity_ratio)) AS total_liabilities,
  cents(assets * equity_ratio * CASE WHEN version = 1 THEN 0.96 ELSE 1 END) AS equity,
  cents(revenue * (margin - interest_share) * 0.8) AS operating_cash_flow,
  moment_of(first_day + days - 1, 0.99) AS happened_at,
  moment_of(published_day + CASE WHEN version = 1 THEN 120 ELSE 1 END, 0.5) AS known_at
FROM yearly
WHERE version = 0 OR chance('restated', number, month, 0) < 0.08
