-- view: integrity_identity
-- grain: one row per customer and observation date
-- windows: contact details that stand on the observation date
-- tables: contacts, party_relations
-- depends on: none
--
-- feature: identity_shared_customers
--   type: number
--   unit: customers
--   monotone: increasing
--   en: Other customers with the same contact details
--   zh-CN: 共用联系方式的其他客户数
--   note: equal keyed digests; customers of the same group or household, owners and guarantors left out
--   null: no contact detail is known
-- feature: identity_shared_kinds
--   type: number
--   unit: kinds
--   monotone: increasing
--   en: Kinds of contact details shared with one other customer
--   zh-CN: 与同一客户共用的联系方式种类数
--   note: most of any other customer
--   null: no contact detail is known
WITH own AS (
  SELECT DISTINCT asked.party_id, asked.as_of, c.kind, c.digest
  FROM asked
  JOIN contacts c
    ON c.party_id = asked.party_id
   AND c.known_from <= asked.as_of
   AND asked.as_of < c.known_until
   AND c.happened_at <= asked.as_of
  WHERE c.digest IS NOT NULL
),
related AS (
  SELECT asked.party_id, asked.as_of, r.related_party_id AS other_id
  FROM asked
  JOIN party_relations r
    ON r.party_id = asked.party_id
   AND r.known_from <= asked.as_of
   AND asked.as_of < r.known_until
   AND r.happened_at <= asked.as_of
  UNION
  SELECT asked.party_id, asked.as_of, r.party_id
  FROM asked
  JOIN party_relations r
    ON r.related_party_id = asked.party_id
   AND r.known_from <= asked.as_of
   AND asked.as_of < r.known_until
   AND r.happened_at <= asked.as_of
),
shared AS (
  SELECT asked.party_id, asked.as_of, c.party_id AS other_id, count(DISTINCT c.kind) AS kinds
  FROM own asked
  JOIN contacts c
    ON c.digest = asked.digest
   AND c.kind = asked.kind
   AND c.party_id <> asked.party_id
   AND c.known_from <= asked.as_of
   AND asked.as_of < c.known_until
   AND c.happened_at <= asked.as_of
  GROUP BY asked.party_id, asked.as_of, c.party_id
),
strangers AS (
  SELECT s.party_id, s.as_of, count(*) AS customers, max(s.kinds) AS kinds
  FROM shared s
  LEFT JOIN related r ON r.party_id = s.party_id AND r.as_of = s.as_of AND r.other_id = s.other_id
  WHERE r.other_id IS NULL
  GROUP BY s.party_id, s.as_of
),
has AS (
  SELECT party_id, as_of, count(*) AS details FROM own GROUP BY party_id, as_of
)
SELECT
  asked.party_id,
  asked.as_of,
  CASE WHEN h.details > 0 THEN coalesce(s.customers, 0) END AS identity_shared_customers,
  CASE WHEN h.details > 0 THEN coalesce(s.kinds, 0) END AS identity_shared_kinds
FROM asked
LEFT JOIN has h USING (party_id, as_of)
LEFT JOIN strangers s USING (party_id, as_of)
