-- view: contact_evidence
-- grain: the facts behind signals of customers, one row each
-- windows: changes and complaints of the last 90 days; documents and shared details of today
-- tables: behaviour_events, communications, contacts, documents
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
WITH own AS (
  SELECT
    asked.party_id,
    asked.as_of,
    c.contact_id,
    c.kind,
    c.digest,
    c.known_from,
    c.known_until,
    lag(c.digest) OVER (
      PARTITION BY asked.party_id, asked.as_of, c.contact_id ORDER BY c.known_from, c.happened_at, c.digest
    ) AS digest_before
  FROM asked
  JOIN contacts c
    ON c.party_id = asked.party_id
   AND c.known_from <= asked.as_of
   AND c.happened_at <= asked.as_of
),
shared AS (
  SELECT asked.party_id, asked.as_of, asked.contact_id, asked.known_from, count(DISTINCT c.party_id) AS others
  FROM own asked
  JOIN contacts c
    ON c.digest = asked.digest
   AND c.kind = asked.kind
   AND c.party_id <> asked.party_id
   AND c.known_from <= asked.as_of
   AND asked.as_of < c.known_until
   AND c.happened_at <= asked.as_of
  WHERE asked.as_of < asked.known_until
  GROUP BY asked.party_id, asked.as_of, asked.contact_id, asked.known_from
),
document AS (
  SELECT
    asked.party_id,
    asked.as_of,
    d.document_id,
    d.expires_on,
    max(coalesce(d.expires_on, DATE '9999-12-31')) OVER (PARTITION BY asked.party_id, asked.as_of, d.kind) AS valid_until
  FROM asked
  JOIN documents d
    ON d.party_id = asked.party_id
   AND d.known_from <= asked.as_of
   AND asked.as_of < d.known_until
   AND d.happened_at <= asked.as_of
),
fact AS (
  SELECT party_id, as_of, 'contact_changes_90d' AS topic, 'contacts' AS fact_table, contact_id AS fact_key, known_from::DATE AS fact_on, NULL AS amount
  FROM own
  WHERE digest <> digest_before AND known_from > as_of - INTERVAL 90 DAY
  UNION ALL
  SELECT party_id, as_of, topic, 'contacts', contact_id, known_from::DATE, others
  FROM shared, (VALUES ('identity_shared_customers'), ('identity_shared_kinds')) AS topics(topic)
  UNION ALL
  SELECT party_id, as_of, 'documents_lapsed', 'documents', document_id, expires_on, NULL
  FROM document
  WHERE expires_on = valid_until AND valid_until < as_of::DATE
  UNION ALL
  SELECT asked.party_id, asked.as_of, CASE e.kind WHEN 'complaint' THEN 'complaints_90d' ELSE 'contact_changes_90d' END,
    'behaviour_events', e.event_id, e.happened_at::DATE, NULL
  FROM asked
  JOIN behaviour_events e
    ON e.party_id = asked.party_id
   AND e.known_from <= asked.as_of
   AND asked.as_of < e.known_until
   AND e.happened_at <= asked.as_of
  WHERE e.kind IN ('complaint', 'details_changed') AND e.happened_at > asked.as_of - INTERVAL 90 DAY
  UNION ALL
  SELECT asked.party_id, asked.as_of, 'complaints_90d', 'communications', c.communication_id, c.happened_at::DATE, NULL
  FROM asked
  JOIN communications c
    ON c.party_id = asked.party_id
   AND c.known_from <= asked.as_of
   AND asked.as_of < c.known_until
   AND c.happened_at <= asked.as_of
  WHERE c.direction = 'in' AND c.topic = 'complaint' AND c.happened_at > asked.as_of - INTERVAL 90 DAY
)
SELECT party_id, as_of, topic, fact_table, fact_key, fact_on::VARCHAR AS fact_on, amount
FROM fact
