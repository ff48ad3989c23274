-- view: industry_signals
-- grain: one row per industry and observation date; party_id holds the industry's code
-- windows: scores of today against those of 60 to 120 days before; insolvencies of a year
-- tables: exposures, market_series, parties, scores
-- depends on: none
--
-- feature: industry_customers
--   type: number
--   unit: customers
--   en: Customers of the industry with a score of today
--   zh-CN: 行业内有当前评分的客户数
--   null: none
-- feature: industry_exposure
--   type: number
--   unit: money
--   en: Exposure to the industry
--   zh-CN: 行业风险敞口
--   null: no exposure is known
-- feature: industry_pd_rise_90d
--   type: number
--   unit: ratio
--   monotone: increasing
--   en: Expected defaults of today against those of about 90 days before
--   zh-CN: 行业预期违约较约90天前之比
--   note: of the customers scored at both; the newest score of the last 45 days against the oldest of 60 to 120 days before
--   null: fewer than 20 customers scored at both
-- feature: insolvency_rise_365d
--   type: number
--   unit: ratio
--   monotone: increasing
--   en: Insolvency rate of the industry against a year before
--   zh-CN: 行业破产率与一年前之比
--   note: the newest published month against that of 12 months before
--   null: not both are known
WITH member AS (
  SELECT asked.party_id AS industry, asked.as_of, p.party_id
  FROM asked
  JOIN parties p
    ON p.industry = asked.party_id
   AND p.known_from <= asked.as_of
   AND asked.as_of < p.known_until
   AND p.happened_at <= asked.as_of
),
score AS (
  SELECT
    asked.industry,
    asked.as_of,
    asked.party_id,
    arg_min(s.pd, s.happened_at) FILTER (s.happened_at >= asked.as_of - INTERVAL 120 DAY AND s.happened_at <= asked.as_of - INTERVAL 60 DAY) AS pd_before,
    arg_max(s.pd, s.happened_at) FILTER (s.happened_at > asked.as_of - INTERVAL 45 DAY) AS pd_now
  FROM member asked
  JOIN scores s
    ON s.party_id = asked.party_id
   AND s.known_from <= asked.as_of
   AND asked.as_of < s.known_until
   AND s.happened_at <= asked.as_of
  GROUP BY asked.industry, asked.as_of, asked.party_id
),
expected AS (
  SELECT
    industry,
    as_of,
    count_if(pd_now IS NOT NULL) AS customers,
    count_if(pd_now IS NOT NULL AND pd_before IS NOT NULL) AS both_times,
    sum(CASE WHEN pd_before IS NOT NULL THEN pd_now::DECIMAL(18, 9) END) AS now,
    sum(CASE WHEN pd_now IS NOT NULL THEN pd_before::DECIMAL(18, 9) END) AS before
  FROM score
  GROUP BY industry, as_of
),
held AS (
  SELECT asked.industry, asked.as_of, sum(e.amount) AS amount
  FROM member asked
  JOIN exposures e
    ON e.party_id = asked.party_id
   AND e.known_from <= asked.as_of
   AND asked.as_of < e.known_until
   AND e.happened_at <= asked.as_of
  GROUP BY asked.industry, asked.as_of
),
series AS (
  SELECT asked.party_id AS industry, asked.as_of, m.period, m.value,
    row_number() OVER (PARTITION BY asked.party_id, asked.as_of ORDER BY m.period DESC) AS place
  FROM asked
  JOIN market_series m
    ON m.industry = asked.party_id
   AND m.known_from <= asked.as_of
   AND asked.as_of < m.known_until
   AND m.happened_at <= asked.as_of
  WHERE m.indicator = 'insolvency_rate' AND m.region = '*'
),
insolvency AS (
  SELECT n.industry, n.as_of, n.value / nullif(b.value, 0) AS rise
  FROM series n
  JOIN series b ON b.industry = n.industry AND b.as_of = n.as_of AND b.period = n.period - INTERVAL 12 MONTH
  WHERE n.place = 1
)
SELECT
  asked.party_id,
  asked.as_of,
  nullif(e.customers, 0) AS industry_customers,
  h.amount AS industry_exposure,
  CASE WHEN e.both_times >= 20 THEN e.now::DOUBLE / nullif(e.before, 0)::DOUBLE END AS industry_pd_rise_90d,
  i.rise AS insolvency_rise_365d
FROM asked
LEFT JOIN expected e ON e.industry = asked.party_id AND e.as_of = asked.as_of
LEFT JOIN held h ON h.industry = asked.party_id AND h.as_of = asked.as_of
LEFT JOIN insolvency i ON i.industry = asked.party_id AND i.as_of = asked.as_of
