-- view: guarantor_signals
-- grain: one row per customer and observation date
-- windows: the guarantors of today; their scores of the last 120 days
-- tables: guarantees, party_relations, scores
-- depends on: none
--
-- feature: guarantor_migration_90d
--   type: number
--   unit: grades
--   monotone: increasing
--   en: Grades that a guarantor is worse than about 90 days before
--   zh-CN: 保证人评级较约90天前下调级数
--   note: of the guarantor who fell furthest
--   null: no guarantor with a score of today and one of 60 to 120 days before
-- feature: guarantor_rank
--   type: number
--   unit: rank
--   monotone: increasing
--   en: Grade of the weakest guarantor, as its place in the master scale
--   zh-CN: 最弱保证人评级序位
--   null: no guarantor with a score
WITH guarantor AS (
  SELECT asked.party_id, asked.as_of, g.guarantor_party_id AS guarantor_id
  FROM asked
  JOIN guarantees g
    ON g.party_id = asked.party_id
   AND g.known_from <= asked.as_of
   AND asked.as_of < g.known_until
   AND g.happened_at <= asked.as_of
  WHERE g.guarantor_party_id IS NOT NULL AND (g.ends_on IS NULL OR g.ends_on >= asked.as_of::DATE)
  UNION
  SELECT asked.party_id, asked.as_of, r.related_party_id
  FROM asked
  JOIN party_relations r
    ON r.party_id = asked.party_id
   AND r.known_from <= asked.as_of
   AND asked.as_of < r.known_until
   AND r.happened_at <= asked.as_of
  WHERE r.relation = 'guarantor'
),
score AS (
  SELECT
    asked.party_id,
    asked.as_of,
    asked.guarantor_id,
    s.grade_rank,
    date_sub('day', s.happened_at, asked.as_of) AS age
  FROM guarantor asked
  JOIN scores s
    ON s.party_id = asked.guarantor_id
   AND s.known_from <= asked.as_of
   AND asked.as_of < s.known_until
   AND s.happened_at <= asked.as_of
),
graded AS (
  SELECT
    party_id,
    as_of,
    guarantor_id,
    arg_min(grade_rank, age) FILTER (age < 60) AS rank_now,
    arg_min(grade_rank, age) FILTER (age BETWEEN 60 AND 120) AS rank_before
  FROM score
  GROUP BY party_id, as_of, guarantor_id
),
worst AS (
  SELECT party_id, as_of, max(rank_now - rank_before) AS migration, max(rank_now) AS rank_now
  FROM graded
  GROUP BY party_id, as_of
)
SELECT asked.party_id, asked.as_of, w.migration AS guarantor_migration_90d, w.rank_now AS guarantor_rank
FROM asked
LEFT JOIN worst w USING (party_id, as_of)
