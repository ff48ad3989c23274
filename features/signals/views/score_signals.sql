-- view: score_signals
-- grain: one row per customer and observation date
-- windows: scores of the last 400 days, the newest of each calendar month
-- tables: scores
-- depends on: none
--
-- feature: score_drop
--   type: number
--   unit: points
--   monotone: increasing
--   en: Fall of the score since last month
--   zh-CN: 信用评分较上月降幅
--   note: negative where it rose; scores of the present champion only
--   null: no score of an earlier month
-- feature: score_drop_own
--   type: number
--   unit: ratio
--   monotone: increasing
--   en: Fall of the score against its own usual movement
--   zh-CN: 评分降幅与自身常态波动之比
--   note: usual movement: 1.4826 times the median absolute monthly change before, at least 5 points
--   null: fewer than three earlier monthly changes
-- feature: grade_rank
--   type: number
--   unit: rank
--   monotone: increasing
--   en: Grade, as its place in the master scale
--   zh-CN: 评级序位
--   note: 1 is the safest
--   null: never scored
-- feature: grade_migration_90d
--   type: number
--   unit: grades
--   monotone: increasing
--   en: Grades worse than about 90 days before
--   zh-CN: 较约90天前评级下调级数
--   note: against the newest score that is 60 to 120 days old
--   null: no score of 60 to 120 days before
WITH score AS (
  SELECT
    asked.party_id,
    asked.as_of,
    s.points,
    s.grade_rank,
    date_sub('day', s.happened_at, asked.as_of) AS age,
    row_number() OVER (
      PARTITION BY asked.party_id, asked.as_of, date_trunc('month', s.happened_at)
      ORDER BY s.happened_at DESC, s.known_from DESC
    ) AS of_month,
    row_number() OVER (PARTITION BY asked.party_id, asked.as_of ORDER BY s.happened_at DESC, s.known_from DESC) AS place,
    s.happened_at
  FROM asked
  JOIN scores s
    ON s.party_id = asked.party_id
   AND s.known_from <= asked.as_of
   AND asked.as_of < s.known_until
   AND s.happened_at <= asked.as_of
  WHERE s.happened_at > asked.as_of - INTERVAL 400 DAY
),
monthly AS (
  SELECT
    party_id,
    as_of,
    points - lead(points) OVER (PARTITION BY party_id, as_of ORDER BY happened_at DESC) AS change,
    row_number() OVER (PARTITION BY party_id, as_of ORDER BY happened_at DESC) AS place
  FROM score
  WHERE of_month = 1
),
moved AS (
  SELECT
    party_id,
    as_of,
    max(CASE WHEN place = 1 THEN -change END) AS fall,
    count(CASE WHEN place > 1 THEN change END) AS earlier,
    greatest(5, 1.4826 * median(CASE WHEN place > 1 THEN abs(change) END)::DOUBLE) AS usual
  FROM monthly
  GROUP BY party_id, as_of
),
graded AS (
  SELECT
    party_id,
    as_of,
    max(CASE WHEN place = 1 THEN grade_rank END) AS rank_now,
    arg_min(grade_rank, age) FILTER (age BETWEEN 60 AND 120) AS rank_before
  FROM score
  GROUP BY party_id, as_of
)
SELECT
  asked.party_id,
  asked.as_of,
  m.fall AS score_drop,
  CASE WHEN m.earlier >= 3 THEN m.fall::DOUBLE / m.usual END AS score_drop_own,
  g.rank_now AS grade_rank,
  g.rank_now - g.rank_before AS grade_migration_90d
FROM asked
LEFT JOIN moved m USING (party_id, as_of)
LEFT JOIN graded g USING (party_id, as_of)
