-- view: order_evidence
-- grain: the facts behind signals of customers, one row each
-- windows: orders of the last 180 days, and the latest of the last 365
-- tables: orders
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
WITH ordered AS (
  SELECT
    asked.party_id,
    asked.as_of,
    o.order_id,
    o.amount,
    coalesce(o.status IN ('cancelled', 'returned'), false) AS taken_back,
    o.happened_at,
    date_sub('day', o.happened_at, asked.as_of) AS age,
    row_number() OVER (PARTITION BY asked.party_id, asked.as_of ORDER BY o.happened_at DESC, o.order_id) AS place
  FROM asked
  JOIN orders o
    ON o.party_id = asked.party_id
   AND o.known_from <= asked.as_of
   AND asked.as_of < o.known_until
   AND o.happened_at <= asked.as_of
  WHERE o.happened_at > asked.as_of - INTERVAL 365 DAY
),
fact AS (
  SELECT party_id, as_of, 'order_silence' AS topic, order_id, happened_at, amount FROM ordered WHERE place = 1
  UNION ALL
  SELECT party_id, as_of, 'order_fall_60d', order_id, happened_at, amount FROM ordered WHERE age < 60 AND NOT taken_back
  UNION ALL
  SELECT b.party_id, b.as_of, 'refund_loops_180d', b.order_id, b.happened_at, b.amount
  FROM ordered b
  WHERE b.taken_back
    AND b.age < 180
    AND EXISTS (
      SELECT 1
      FROM ordered n
      WHERE n.party_id = b.party_id
        AND n.as_of = b.as_of
        AND n.order_id <> b.order_id
        AND n.happened_at > b.happened_at
        AND n.happened_at <= b.happened_at + INTERVAL 21 DAY
        AND abs(n.amount - b.amount) * 20 <= b.amount
    )
)
SELECT party_id, as_of, topic, 'orders' AS fact_table, order_id AS fact_key, happened_at::DATE::VARCHAR AS fact_on, amount
FROM fact
