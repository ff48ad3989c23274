-- view: order_signals
-- grain: one row per customer and observation date
-- windows: orders of the last 365 days
-- tables: orders
-- depends on: none
--
-- feature: order_silence
--   type: number
--   unit: ratio
--   monotone: increasing
--   en: Days since the latest order against the longest gap between orders
--   zh-CN: 距最近订单天数与年内最长下单间隔之比
--   note: the longest gap between days with orders in the last 365 days
--   null: fewer than eleven days with orders in the last 365 days
-- feature: order_fall_60d
--   type: number
--   unit: share
--   monotone: increasing
--   en: Fall of order value, last 60 days against the usual 60 days before
--   zh-CN: 近60天订单金额较此前常态的降幅
--   note: usual: a fifth of the 300 days before; cancelled and returned orders left out
--   null: no order value in the 300 days before
-- feature: orders_before_300d
--   type: number
--   unit: orders
--   en: Orders of the 300 days before the last 60
--   zh-CN: 近60天之前300天的订单数
--   note: cancelled and returned orders left out; what a fall of order value rests on
--   null: no order in the last 365 days
-- feature: order_surge_60d
--   type: number
--   unit: ratio
--   monotone: increasing
--   en: Order value of the last 60 days against the usual 60 days before
--   zh-CN: 近60天订单金额与此前常态之比
--   note: usual: a fifth of the 300 days before; cancelled and returned orders left out
--   null: no order value in the 300 days before
-- feature: refund_loops_180d
--   type: number
--   unit: orders
--   monotone: increasing
--   en: Orders of the last 180 days taken back and placed again for about the same amount
--   zh-CN: 近180天退货或取消后等额再下单次数
--   note: cancelled or returned, and another order within 21 days and 5 percent of its value
--   null: no order in the last 180 days
-- feature: refunded_share_180d
--   type: number
--   unit: share
--   monotone: increasing
--   en: Share of order value of the last 180 days that was cancelled or returned
--   zh-CN: 近180天退货及取消订单金额占比
--   null: no order value in the last 180 days
WITH ordered AS (
  SELECT
    asked.party_id,
    asked.as_of,
    o.order_id,
    o.amount,
    coalesce(o.status IN ('cancelled', 'returned'), false) AS taken_back,
    o.happened_at,
    date_sub('day', o.happened_at, asked.as_of) AS age
  FROM asked
  JOIN orders o
    ON o.party_id = asked.party_id
   AND o.known_from <= asked.as_of
   AND asked.as_of < o.known_until
   AND o.happened_at <= asked.as_of
  WHERE o.happened_at > asked.as_of - INTERVAL 365 DAY
),
day AS (
  SELECT DISTINCT party_id, as_of, happened_at::DATE AS ordered_on FROM ordered
),
gap AS (
  SELECT
    party_id,
    as_of,
    ordered_on,
    ordered_on - lag(ordered_on) OVER (PARTITION BY party_id, as_of ORDER BY ordered_on) AS days
  FROM day
),
rhythm AS (
  SELECT party_id, as_of, count(*) AS days, max(days)::DOUBLE AS longest, max(ordered_on) AS latest
  FROM gap
  GROUP BY party_id, as_of
),
valued AS (
  SELECT
    party_id,
    as_of,
    coalesce(sum(CASE WHEN NOT taken_back AND age < 60 THEN amount END), 0)::DOUBLE AS now_60,
    coalesce(sum(CASE WHEN NOT taken_back AND age BETWEEN 60 AND 359 THEN amount END), 0)::DOUBLE AS before_300,
    count_if(NOT taken_back AND age BETWEEN 60 AND 359) AS orders_300,
    count_if(age < 180) AS orders_180,
    coalesce(sum(CASE WHEN age < 180 THEN amount END), 0)::DOUBLE AS amount_180,
    coalesce(sum(CASE WHEN taken_back AND age < 180 THEN amount END), 0)::DOUBLE AS back_180
  FROM ordered
  GROUP BY party_id, as_of
),
loop AS (
  SELECT b.party_id, b.as_of, count(DISTINCT b.order_id) AS loops
  FROM ordered b
  JOIN ordered n
    ON n.party_id = b.party_id
   AND n.as_of = b.as_of
   AND n.order_id <> b.order_id
   AND n.happened_at > b.happened_at
   AND n.happened_at <= b.happened_at + INTERVAL 21 DAY
   AND abs(n.amount - b.amount) * 20 <= b.amount
  WHERE b.taken_back AND b.age < 180
  GROUP BY b.party_id, b.as_of
)
SELECT
  asked.party_id,
  asked.as_of,
  CASE WHEN r.days >= 11 THEN (asked.as_of::DATE - r.latest)::DOUBLE / greatest(r.longest, 1) END AS order_silence,
  1 - v.now_60 * 5 / nullif(v.before_300, 0) AS order_fall_60d,
  v.orders_300 AS orders_before_300d,
  v.now_60 * 5 / nullif(v.before_300, 0) AS order_surge_60d,
  CASE WHEN v.orders_180 > 0 THEN coalesce(l.loops, 0) END AS refund_loops_180d,
  v.back_180 / nullif(v.amount_180, 0) AS refunded_share_180d
FROM asked
LEFT JOIN rhythm r USING (party_id, as_of)
LEFT JOIN valued v USING (party_id, as_of)
LEFT JOIN loop l USING (party_id, as_of)
