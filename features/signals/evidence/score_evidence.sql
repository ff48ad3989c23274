-- view: score_evidence
-- grain: the facts behind signals of customers, one row each
-- windows: scores of the last 120 days; guarantees, relations and exposures of today
-- tables: exposures, guarantees, party_relations, scores
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
guarantor AS (
  SELECT asked.party_id, asked.as_of, g.guarantor_party_id AS guarantor_id, 'guarantees' AS fact_table,
    g.guarantee_id AS fact_key, g.happened_at::DATE AS fact_on, g.amount
  FROM asked
  JOIN guarantees g
    ON g.party_id = asked.party_id
   AND g.known_from <= asked.as_of
   AND asked.as_of < g.known_until
   AND g.happened_at <= asked.as_of
  WHERE g.guarantor_party_id IS NOT NULL AND (g.ends_on IS NULL OR g.ends_on >= asked.as_of::DATE)
  UNION ALL
  SELECT asked.party_id, asked.as_of, r.related_party_id, 'party_relations', r.relation, r.happened_at::DATE, NULL
  FROM asked
  JOIN party_relations r
    ON r.party_id = asked.party_id
   AND r.known_from <= asked.as_of
   AND asked.as_of < r.known_until
   AND r.happened_at <= asked.as_of
  WHERE r.relation = 'guarantor'
),
-- Whose grade it is, the guarantee (or the relation) says: a key of another person would outlive that person's erasure.
guarantor_grade AS (
  SELECT asked.party_id, asked.as_of, asked.fact_key, s.happened_at::DATE AS fact_on, s.grade_rank,
    row_number() OVER (
      PARTITION BY asked.party_id, asked.as_of, asked.fact_key, asked.guarantor_id,
        CASE WHEN date_sub('day', s.happened_at, asked.as_of) < 60 THEN 'now' ELSE 'before' END
      ORDER BY s.happened_at DESC
    ) AS place
  FROM guarantor asked
  JOIN scores s
    ON s.party_id = asked.guarantor_id
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
  SELECT party_id, as_of, 'guarantor_migration_90d', fact_table, fact_key, fact_on, amount FROM guarantor
  UNION ALL
  SELECT party_id, as_of, 'guarantor_migration_90d', 'scores', fact_key, fact_on, grade_rank
  FROM guarantor_grade
  WHERE place = 1
  UNION ALL
  SELECT asked.party_id, asked.as_of, 'concentration_share', 'exposures', e.party_id, e.happened_at::DATE, e.amount
  FROM asked
  JOIN exposures e
    ON e.party_id IN (asked.party_id, '*')
   AND e.known_from <= asked.as_of
   AND asked.as_of < e.known_until
   AND e.happened_at <= asked.as_of
)
SELECT party_id, as_of, topic, fact_table, fact_key, fact_on::VARCHAR AS fact_on, amount
FROM fact
