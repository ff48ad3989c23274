-- Published six weeks after the month's end; the first figure of growth is revised a quarter later.
SELECT indicator, industry, region, day_of(first_day) AS period,
  round(CASE WHEN version = 0 AND indicator = 'gdp_growth' THEN value + 0.3 * (chance('first figure', month, 0, 0) - 0.5) ELSE value END, 3) AS value,
  moment_of(first_day, 0) AS happened_at,
  moment_of(first_day + days + CASE WHEN version = 0 THEN 40 ELSE 130 END, 0.3) AS known_at
FROM (
  SELECT *, unnest(['gdp_growth', 'unemployment', 'insolvency_rate', 'interest_rate']) AS indicator, '*' AS industry, '*' AS region,
    unnest([2 + 1.5 * index, 6 - 1.1 * index, 0.8 * exp(-0.3 * index), 3 + 0.5 * index]) AS value
  FROM cycle
  UNION ALL
  SELECT c.*, 'insolvency_rate', i.industry, '*', i.rate * exp(-0.3 * i.loading * index)
  FROM cycle AS c, (VALUES ('manufacturing', 0.8, 1.0), ('construction', 1.4, 1.5), ('trade', 0.9, 0.8), ('hospitality', 1.6, 1.4), ('logistics', 1.0, 1.1), ('services', 0.6, 0.6)) AS i(industry, rate, loading)
), range(2) AS versions(version)
WHERE version = 0 OR indicator = 'gdp_growth'
