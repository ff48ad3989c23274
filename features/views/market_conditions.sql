-- view: market_conditions
-- grain: one row per customer and observation date
-- windows: the latest published period, and the one twelve months before
-- tables: market_series
-- depends on: profile
--
-- feature: market_gdp_growth
--   type: number
--   unit: as published
--   monotone: decreasing
--   en: Growth of output in the customer's industry and region
--   zh-CN: 所在行业和地区的产出增长率
--   note: as last published
--   null: nothing was published by then
-- feature: market_unemployment
--   type: number
--   unit: as published
--   monotone: increasing
--   en: Unemployment in the customer's industry and region
--   zh-CN: 所在行业和地区的失业率
--   note: as last published
--   null: nothing was published by then
-- feature: market_unemployment_change
--   type: number
--   unit: as published
--   monotone: increasing
--   en: Change of unemployment within twelve months
--   zh-CN: 失业率同比变化
--   note: as last published, in its own unit
--   null: one of the two periods is not published
-- feature: market_insolvency_rate
--   type: number
--   unit: as published
--   monotone: increasing
--   en: Insolvency rate in the customer's industry and region
--   zh-CN: 所在行业和地区的破产率
--   note: as last published
--   null: nothing was published by then
-- feature: market_interest_rate
--   type: number
--   unit: as published
--   monotone: increasing
--   en: Interest rate
--   zh-CN: 利率
--   note: as last published
--   null: nothing was published by then
-- feature: market_inflation
--   type: number
--   unit: growth
--   en: Inflation within twelve months
--   zh-CN: 物价指数同比涨幅
--   note: price index against that of twelve months before, less one
--   null: one of the two periods is not published
WITH market AS (
  SELECT DISTINCT as_of, coalesce(industry, '*') AS industry, coalesce(region, '*') AS region
  FROM profile
),
-- The closest series wins: own industry and region, own industry, own region, all.
fitting AS (
  SELECT
    m.as_of,
    m.industry,
    m.region,
    s.indicator,
    s.period,
    s.value,
    2 * (s.industry <> '*')::INTEGER + (s.region <> '*')::INTEGER AS closeness
  FROM market m
  JOIN market_series s
    ON s.known_from <= m.as_of
   AND m.as_of < s.known_until
   AND s.happened_at <= m.as_of
   AND s.industry IN (m.industry, '*')
   AND s.region IN (m.region, '*')
),
closest AS (
  SELECT *
  FROM fitting
  QUALIFY closeness = max(closeness) OVER (PARTITION BY as_of, industry, region, indicator)
),
recent AS (
  SELECT
    as_of,
    industry,
    region,
    indicator,
    period,
    value,
    max(period) OVER (PARTITION BY as_of, industry, region, indicator) AS newest
  FROM closest
),
valued AS (
  SELECT
    as_of,
    industry,
    region,
    max(CASE WHEN indicator = 'gdp_growth' AND period = newest THEN value END) AS gdp_growth,
    max(CASE WHEN indicator = 'unemployment' AND period = newest THEN value END) AS unemployment,
    max(CASE WHEN indicator = 'unemployment' AND period = newest - INTERVAL 1 YEAR THEN value END) AS unemployment_before,
    max(CASE WHEN indicator = 'insolvency_rate' AND period = newest THEN value END) AS insolvency_rate,
    max(CASE WHEN indicator = 'interest_rate' AND period = newest THEN value END) AS interest_rate,
    max(CASE WHEN indicator = 'price_index' AND period = newest THEN value END) AS price_index,
    max(CASE WHEN indicator = 'price_index' AND period = newest - INTERVAL 1 YEAR THEN value END) AS price_index_before
  FROM recent
  GROUP BY as_of, industry, region
)
SELECT
  asked.party_id,
  asked.as_of,
  v.gdp_growth AS market_gdp_growth,
  v.unemployment AS market_unemployment,
  v.unemployment - v.unemployment_before AS market_unemployment_change,
  v.insolvency_rate AS market_insolvency_rate,
  v.interest_rate AS market_interest_rate,
  CASE WHEN v.price_index_before > 0 THEN v.price_index / v.price_index_before - 1 END AS market_inflation
FROM asked
JOIN profile p USING (party_id, as_of)
LEFT JOIN valued v
  ON v.as_of = asked.as_of
 AND v.industry = coalesce(p.industry, '*')
 AND v.region = coalesce(p.region, '*')
