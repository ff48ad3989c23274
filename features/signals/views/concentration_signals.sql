-- view: concentration_signals
-- grain: one row per customer and observation date
-- windows: relations and exposures of the observation date
-- tables: exposures, party_relations
-- depends on: none
--
-- feature: group_exposure
--   type: number
--   unit: money
--   monotone: increasing
--   en: Exposure of the customer and its group
--   zh-CN: 客户及其集团风险敞口合计
--   note: parents, owners, and customers of the same parent or owner
--   null: no exposure is known
-- feature: concentration_share
--   type: number
--   unit: share
--   monotone: increasing
--   en: Share of the portfolio's exposure held by the customer and its group
--   zh-CN: 客户及其集团占组合风险敞口比例
--   null: no exposure is known
WITH head AS (
  SELECT asked.party_id, asked.as_of, asked.party_id AS head_id
  FROM asked
  UNION
  SELECT asked.party_id, asked.as_of, r.related_party_id
  FROM asked
  JOIN party_relations r
    ON r.party_id = asked.party_id
   AND r.known_from <= asked.as_of
   AND asked.as_of < r.known_until
   AND r.happened_at <= asked.as_of
  WHERE r.relation IN ('group', 'owner')
),
member AS (
  SELECT party_id, as_of, head_id AS member_id FROM head
  UNION
  SELECT asked.party_id, asked.as_of, r.party_id
  FROM head asked
  JOIN party_relations r
    ON r.related_party_id = asked.head_id
   AND r.known_from <= asked.as_of
   AND asked.as_of < r.known_until
   AND r.happened_at <= asked.as_of
  WHERE r.relation IN ('group', 'owner')
),
held AS (
  SELECT asked.party_id, asked.as_of, sum(e.amount) AS amount
  FROM member asked
  JOIN exposures e
    ON e.party_id = asked.member_id
   AND e.known_from <= asked.as_of
   AND asked.as_of < e.known_until
   AND e.happened_at <= asked.as_of
  GROUP BY asked.party_id, asked.as_of
),
-- The row '*' holds the exposure of the whole portfolio.
whole AS (
  SELECT asked.party_id, asked.as_of, sum(e.amount) AS amount
  FROM asked
  JOIN exposures e
    ON e.party_id = '*'
   AND e.known_from <= asked.as_of
   AND asked.as_of < e.known_until
   AND e.happened_at <= asked.as_of
  GROUP BY asked.party_id, asked.as_of
)
SELECT
  asked.party_id,
  asked.as_of,
  h.amount AS group_exposure,
  h.amount::DOUBLE / nullif(w.amount, 0)::DOUBLE AS concentration_share
FROM asked
LEFT JOIN held h USING (party_id, as_of)
LEFT JOIN whole w USING (party_id, as_of)
