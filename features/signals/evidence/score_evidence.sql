-- view: score_evidence
-- grain: the facts behind signals of customers, one row each
-- windows: scores of the last 120 days; guarantees of today
-- tables: guarantees, scores
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
--   note: money, points, or a count, as the signal counts
--   null: it has none
WITH score AS (
  SELECT
    asked.party_id,
    asked.as_of,
    s.points,
    s.grade_rank,
    s.happened_at,
    date_sub('day', s.happened_at, asked.as_of) AS age,
    row_number() OVER (PARTITION BY asked.party_id, asked.as_of ORDER BY s.happened_at DESC) AS place
  FROM asked
  JOIN scores s
    ON s.party_id = asked.party_id
   AND s.known_from <= asked.as_of
   AND asked.as_of < s.known_until
   AND s.happened_at <= asked.as_of
  WHERE s.happened_at > asked.as_of - INTERVAL 121 DAY
),
fact AS (
  SELECT party_id, as_of, 'score_drop_own' AS topic, 'scores' AS fact_table, party_id AS fact_key, happened_at::DATE AS fact_on, points AS amount
  FROM score
  WHERE place = 1 OR age BETWEEN 1 AND 62
  UNION ALL
  SELECT party_id, as_of, 'grade_migration_90d', 'scores', party_id, happened_at::DATE, grade_rank
  FROM score
  WHERE place = 1 OR age BETWEEN 60 AND 120
  UNION ALL
  SELECT asked.party_id, asked.as_of, 'guarantor_migration_90d', 'guarantees', g.guarantee_id, g.happened_at::DATE, g.amount
  FROM asked
  JOIN guarantees g
    ON g.party_id = asked.party_id
   AND g.known_from <= asked.as_of
   AND asked.as_of < g.known_until
   AND g.happened_at <= asked.as_of
  WHERE g.guarantor_party_id IS NOT NULL AND (g.ends_on IS NULL OR g.ends_on >= asked.as_of::DATE)
)
SELECT party_id, as_of, topic, fact_table, fact_key, fact_on::VARCHAR AS fact_on, amount
FROM fact
