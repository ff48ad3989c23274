-- view: industry_evidence
-- grain: the facts behind signals of industries, one row each; party_id holds the industry's code
-- windows: the newest published month and that of 12 months before; scores of today and of 60 to 120 days before
-- tables: market_series, parties, scores
-- depends on: none
--
-- feature: topic
--   type: category
--   unit: name
--   en: The signal that the fact speaks for
--   zh-CN: 所支持的信号
--   null: never
-- feature: fact_table
--   type: category
--   unit: name
--   en: Table of the fact
--   zh-CN: 事实所在表
--   null: never
-- feature: fact_key
--   type: category
--   unit: key
--   en: Key of the fact
--   zh-CN: 事实主键
--   null: never
-- feature: fact_on
--   type: category
--   unit: date
--   en: Date of the fact
--   zh-CN: 事实日期
--   null: it has none
-- feature: amount
--   type: number
--   unit: amount
--   en: Amount of the fact
--   zh-CN: 金额
--   note: the value of the month, or expected defaults
--   null: it has none
WITH series AS (
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
newest AS (
  SELECT industry, as_of, period FROM series WHERE place = 1
),
member AS (
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
    arg_max(s.pd, s.happened_at) FILTER (s.happened_at > asked.as_of - INTERVAL 45 DAY) AS pd_now,
    min(s.happened_at) FILTER (s.happened_at >= asked.as_of - INTERVAL 120 DAY AND s.happened_at <= asked.as_of - INTERVAL 60 DAY) AS before_at,
    max(s.happened_at) AS now_at
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
    sum(pd_now::DECIMAL(18, 9)) AS now,
    sum(pd_before::DECIMAL(18, 9)) AS before,
    max(now_at)::DATE AS now_on,
    max(before_at)::DATE AS before_on
  FROM score
  WHERE pd_now IS NOT NULL AND pd_before IS NOT NULL
  GROUP BY industry, as_of
),
fact AS (
  SELECT s.industry, s.as_of, 'insolvency_rise_365d' AS topic, 'market_series' AS fact_table,
    'insolvency_rate ' || s.industry || ' *' AS fact_key, s.period::DATE AS fact_on, s.value::DOUBLE AS amount
  FROM series s
  JOIN newest n ON n.industry = s.industry AND n.as_of = s.as_of
  WHERE s.period = n.period OR s.period = n.period - INTERVAL 12 MONTH
  UNION ALL
  SELECT industry, as_of, 'industry_pd_rise_90d', 'scores', 'expected defaults', now_on, now::DOUBLE FROM expected
  UNION ALL
  SELECT industry, as_of, 'industry_pd_rise_90d', 'scores', 'expected defaults', before_on, before::DOUBLE FROM expected
)
SELECT industry AS party_id, as_of, topic, fact_table, fact_key, fact_on::VARCHAR AS fact_on, amount
FROM fact
