-- view: contact_signals
-- grain: one row per customer and observation date
-- windows: 90 days; documents of any age
-- tables: behaviour_events, communications, contacts, documents
-- depends on: none
--
-- feature: contact_changes_90d
--   type: number
--   unit: changes
--   monotone: increasing
--   en: Changes of contact details that became known in the last 90 days
--   zh-CN: 近90天联系方式变更次数
--   note: another digest than the version before; as events or as contacts, the larger count of the two
--   null: neither a contact nor an event was ever known
-- feature: complaints_90d
--   type: number
--   unit: complaints
--   monotone: increasing
--   en: Complaints in the last 90 days
--   zh-CN: 近90天投诉次数
--   note: as events or as messages, the larger count of the two
--   null: neither an event nor a message was ever known
-- feature: documents_lapsed
--   type: number
--   unit: documents
--   monotone: increasing
--   en: Kinds of documents whose last has expired, until another of the kind replaces it
--   zh-CN: 已到期且未更新的证照文件种类数
--   null: no document was ever known
-- feature: documents_lapsed_90d
--   type: number
--   unit: documents
--   monotone: increasing
--   en: Those of them that expired in the last 90 days
--   zh-CN: 其中近90天内到期的证照文件种类数
--   null: no document was ever known
WITH version AS (
  SELECT
    asked.party_id,
    asked.as_of,
    c.known_from,
    c.digest,
    lag(c.digest) OVER (
      PARTITION BY asked.party_id, asked.as_of, c.contact_id ORDER BY c.known_from, c.happened_at, c.digest
    ) AS digest_before
  FROM asked
  JOIN contacts c
    ON c.party_id = asked.party_id
   AND c.known_from <= asked.as_of
   AND c.happened_at <= asked.as_of
),
changes AS (
  SELECT party_id, as_of, count_if(digest <> digest_before AND known_from > as_of - INTERVAL 90 DAY) AS changes_90
  FROM version
  GROUP BY party_id, as_of
),
event AS (
  SELECT
    asked.party_id,
    asked.as_of,
    count_if(e.kind = 'complaint' AND e.happened_at > asked.as_of - INTERVAL 90 DAY) AS complaints,
    count_if(e.kind = 'details_changed' AND e.happened_at > asked.as_of - INTERVAL 90 DAY) AS changed
  FROM asked
  JOIN behaviour_events e
    ON e.party_id = asked.party_id
   AND e.known_from <= asked.as_of
   AND asked.as_of < e.known_until
   AND e.happened_at <= asked.as_of
  GROUP BY asked.party_id, asked.as_of
),
message AS (
  SELECT
    asked.party_id,
    asked.as_of,
    count_if(c.direction = 'in' AND c.topic = 'complaint' AND c.happened_at > asked.as_of - INTERVAL 90 DAY) AS complaints
  FROM asked
  JOIN communications c
    ON c.party_id = asked.party_id
   AND c.known_from <= asked.as_of
   AND asked.as_of < c.known_until
   AND c.happened_at <= asked.as_of
  GROUP BY asked.party_id, asked.as_of
),
document AS (
  SELECT
    asked.party_id,
    asked.as_of,
    d.kind,
    max(coalesce(d.expires_on, DATE '9999-12-31')) AS valid_until
  FROM asked
  JOIN documents d
    ON d.party_id = asked.party_id
   AND d.known_from <= asked.as_of
   AND asked.as_of < d.known_until
   AND d.happened_at <= asked.as_of
  GROUP BY asked.party_id, asked.as_of, d.kind
),
expired AS (
  SELECT
    party_id,
    as_of,
    count_if(valid_until < as_of::DATE) AS documents,
    count_if(valid_until < as_of::DATE AND valid_until >= as_of::DATE - 90) AS documents_90
  FROM document
  GROUP BY party_id, as_of
)
SELECT
  asked.party_id,
  asked.as_of,
  CASE
    WHEN c.party_id IS NOT NULL OR e.party_id IS NOT NULL
    THEN greatest(coalesce(c.changes_90, 0), coalesce(e.changed, 0))
  END AS contact_changes_90d,
  CASE
    WHEN e.party_id IS NOT NULL OR m.party_id IS NOT NULL
    THEN greatest(coalesce(e.complaints, 0), coalesce(m.complaints, 0))
  END AS complaints_90d,
  x.documents AS documents_lapsed,
  x.documents_90 AS documents_lapsed_90d
FROM asked
LEFT JOIN changes c USING (party_id, as_of)
LEFT JOIN event e USING (party_id, as_of)
LEFT JOIN message m USING (party_id, as_of)
LEFT JOIN expired x USING (party_id, as_of)
