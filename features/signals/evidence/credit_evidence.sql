-- view: credit_evidence
-- grain: the facts behind signals of customers, one row each
-- windows: lines that run
-- tables: credit_lines
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
WITH line AS (
  SELECT asked.party_id, asked.as_of, c.credit_line_id, c.limit_amount, c.balance, c.happened_at
  FROM asked
  JOIN credit_lines c
    ON c.party_id = asked.party_id
   AND c.known_from <= asked.as_of
   AND asked.as_of < c.known_until
   AND c.happened_at <= asked.as_of
  WHERE (c.ends_on IS NULL OR c.ends_on >= asked.as_of::DATE)
    AND c.kind <> 'loan'
    AND c.limit_amount > 0
    AND c.balance IS NOT NULL
)
SELECT party_id, as_of, topic, 'credit_lines' AS fact_table, credit_line_id AS fact_key,
  happened_at::DATE::VARCHAR AS fact_on,
  CASE topic WHEN 'limit_excess' THEN balance - limit_amount ELSE balance END AS amount
FROM line, (VALUES ('utilisation_jump_30d'), ('limit_excess')) AS topics(topic)
WHERE topic <> 'limit_excess' OR balance > limit_amount
