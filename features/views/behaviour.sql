-- view: behaviour
-- grain: one row per customer and observation date
-- windows: 7, 30, 90 and 365 days up to the observation date
-- tables: behaviour_events, communications, contacts, orders
-- depends on: none
--
-- feature: logins_30d
--   type: number
--   unit: logins
--   monotone: decreasing
--   en: Logins in the last 30 days
--   zh-CN: 近30天登录次数
--   null: no login was ever known
-- feature: logins_365d
--   type: number
--   unit: logins
--   monotone: decreasing
--   en: Logins in the last 365 days
--   zh-CN: 近365天登录次数
--   null: no login was ever known
-- feature: days_since_login
--   type: number
--   unit: days
--   monotone: increasing
--   en: Days since the latest login
--   zh-CN: 距最近登录的天数
--   note: full days
--   null: no login was ever known
-- feature: event_burst_7d
--   type: number
--   unit: ratio
--   en: Events of the last 7 days against a usual week
--   zh-CN: 近7天事件数与近91天周均之比
--   note: usual: the weekly mean of the last 91 days
--   null: no event in the last 91 days
-- feature: complaints_365d
--   type: number
--   unit: complaints
--   monotone: increasing
--   en: Complaints in the last 365 days
--   zh-CN: 近365天投诉次数
--   note: as events or as messages
--   null: neither an event nor a message was ever known
-- feature: failed_payments_90d
--   type: number
--   unit: events
--   monotone: increasing
--   en: Failed payments in the last 90 days
--   zh-CN: 近90天扣款失败次数
--   null: no event was ever known
-- feature: failed_payments_365d
--   type: number
--   unit: events
--   monotone: increasing
--   en: Failed payments in the last 365 days
--   zh-CN: 近365天扣款失败次数
--   null: no event was ever known
-- feature: returns_365d
--   type: number
--   unit: events
--   monotone: increasing
--   en: Returns in the last 365 days
--   zh-CN: 近365天退货次数
--   null: neither an event nor an order was ever known
-- feature: details_changed_365d
--   type: number
--   unit: changes
--   monotone: increasing
--   en: Changes of contact details in the last 365 days
--   zh-CN: 近365天联系方式变更次数
--   note: by when they became known
--   null: neither an event nor a contact was ever known
-- feature: contacts_in_90d
--   type: number
--   unit: messages
--   en: Messages and calls from the customer in the last 90 days
--   zh-CN: 近90天客户主动联系次数
--   null: no message was ever known
-- feature: reminders_365d
--   type: number
--   unit: messages
--   monotone: increasing
--   en: Payment reminders sent in the last 365 days
--   zh-CN: 近365天催款次数
--   null: no message was ever known
-- feature: unanswered_share_365d
--   type: number
--   unit: share
--   monotone: increasing
--   en: Share of our messages that did not reach the customer
--   zh-CN: 近365天联系未达比例
--   note: of the last 365 days
--   null: no message with a known answer in the last 365 days
-- feature: orders_365d
--   type: number
--   unit: orders
--   monotone: decreasing
--   en: Orders in the last 365 days
--   zh-CN: 近365天订单数
--   null: no order was ever known
-- feature: order_amount_365d
--   type: number
--   unit: money
--   en: Value of the orders in the last 365 days
--   zh-CN: 近365天订单金额
--   null: no order was ever known
-- feature: orders_trend_180d
--   type: number
--   unit: growth
--   monotone: decreasing
--   en: Growth of order value, last 90 days against the 90 before
--   zh-CN: 近90天订单金额较前90天的增幅
--   null: no order value in the 90 days before
-- feature: orders_cancelled_share_365d
--   type: number
--   unit: share
--   monotone: increasing
--   en: Cancelled share of the orders of the last 365 days
--   zh-CN: 近365天取消订单比例
--   null: no order in the last 365 days
WITH event AS (
  SELECT asked.party_id, asked.as_of, e.kind, date_sub('day', e.happened_at, asked.as_of) AS age
  FROM asked
  JOIN behaviour_events e
    ON e.party_id = asked.party_id
   AND e.known_from <= asked.as_of
   AND asked.as_of < e.known_until
   AND e.happened_at <= asked.as_of
),
events AS (
  SELECT
    party_id,
    as_of,
    count_if(kind = 'login') AS logins,
    count_if(kind = 'login' AND age < 30) AS logins_30,
    count_if(kind = 'login' AND age < 365) AS logins_365,
    min(CASE WHEN kind = 'login' THEN age END) AS since_login,
    count_if(age < 7) AS events_7,
    count_if(age < 91) AS events_91,
    count_if(kind = 'complaint' AND age < 365) AS complaints_365,
    count_if(kind = 'failed_payment' AND age < 90) AS failed_90,
    count_if(kind = 'failed_payment' AND age < 365) AS failed_365,
    count_if(kind = 'return' AND age < 365) AS returns_365,
    count_if(kind = 'order_cancelled' AND age < 365) AS cancelled_365,
    count_if(kind = 'details_changed' AND age < 365) AS changed_365
  FROM event
  GROUP BY party_id, as_of
),
message AS (
  SELECT
    asked.party_id,
    asked.as_of,
    c.direction,
    c.topic,
    c.answered,
    date_sub('day', c.happened_at, asked.as_of) AS age
  FROM asked
  JOIN communications c
    ON c.party_id = asked.party_id
   AND c.known_from <= asked.as_of
   AND asked.as_of < c.known_until
   AND c.happened_at <= asked.as_of
),
messages AS (
  SELECT
    party_id,
    as_of,
    count_if(direction = 'in' AND age < 90) AS in_90,
    count_if(direction = 'in' AND topic = 'complaint' AND age < 365) AS complaints_365,
    -- Nothing but unknowns would count as unknown, not as none.
    count_if(direction = 'out' AND topic IS NOT NULL AND topic = 'reminder' AND age < 365) AS reminders_365,
    count_if(direction = 'out' AND answered IS NOT NULL AND age < 365) AS sent_365,
    count_if(direction = 'out' AND NOT answered AND age < 365) AS unanswered_365
  FROM message
  GROUP BY party_id, as_of
),
-- Each further version of a contact is a change of details, seen when it became known; superseded versions count, too.
contact AS (
  SELECT
    asked.party_id,
    asked.as_of,
    c.contact_id,
    count_if(c.known_from > asked.as_of - INTERVAL 365 DAY) AS versions_365,
    bool_or(c.known_from <= asked.as_of - INTERVAL 365 DAY) AS known_before
  FROM asked
  JOIN contacts c
    ON c.party_id = asked.party_id
   AND c.known_from <= asked.as_of
   AND c.happened_at <= asked.as_of
  GROUP BY asked.party_id, asked.as_of, c.contact_id
),
changes AS (
  SELECT
    party_id,
    as_of,
    sum(CASE WHEN known_before THEN versions_365 ELSE greatest(versions_365 - 1, 0) END) AS changes_365
  FROM contact
  GROUP BY party_id, as_of
),
ordered AS (
  SELECT asked.party_id, asked.as_of, o.amount, o.status, date_sub('day', o.happened_at, asked.as_of) AS age
  FROM asked
  JOIN orders o
    ON o.party_id = asked.party_id
   AND o.known_from <= asked.as_of
   AND asked.as_of < o.known_until
   AND o.happened_at <= asked.as_of
),
orders_summed AS (
  SELECT
    party_id,
    as_of,
    count_if(age < 365) AS orders_365,
    coalesce(sum(CASE WHEN age < 365 THEN amount END), 0) AS amount_365,
    coalesce(sum(CASE WHEN age < 90 THEN amount END), 0) AS amount_90,
    coalesce(sum(CASE WHEN age BETWEEN 90 AND 179 THEN amount END), 0) AS amount_before,
    count_if(status = 'cancelled' AND age < 365) AS cancelled_365,
    count_if(status = 'returned' AND age < 365) AS returned_365
  FROM ordered
  GROUP BY party_id, as_of
)
SELECT
  asked.party_id,
  asked.as_of,
  CASE WHEN e.logins > 0 THEN e.logins_30 END AS logins_30d,
  CASE WHEN e.logins > 0 THEN e.logins_365 END AS logins_365d,
  e.since_login AS days_since_login,
  (e.events_7 * 13)::DOUBLE / nullif(e.events_91, 0)::DOUBLE AS event_burst_7d,
  CASE
    WHEN e.party_id IS NOT NULL OR m.party_id IS NOT NULL
    THEN coalesce(e.complaints_365, 0) + coalesce(m.complaints_365, 0)
  END AS complaints_365d,
  e.failed_90 AS failed_payments_90d,
  e.failed_365 AS failed_payments_365d,
  -- The same return may be told both ways: the larger count of the two, not their sum.
  CASE
    WHEN e.party_id IS NOT NULL OR o.party_id IS NOT NULL
    THEN greatest(coalesce(e.returns_365, 0), coalesce(o.returned_365, 0))
  END AS returns_365d,
  CASE
    WHEN e.party_id IS NOT NULL OR c.party_id IS NOT NULL
    THEN greatest(coalesce(e.changed_365, 0), coalesce(c.changes_365, 0))
  END AS details_changed_365d,
  m.in_90 AS contacts_in_90d,
  m.reminders_365 AS reminders_365d,
  m.unanswered_365::DOUBLE / nullif(m.sent_365, 0)::DOUBLE AS unanswered_share_365d,
  o.orders_365 AS orders_365d,
  o.amount_365 AS order_amount_365d,
  o.amount_90::DOUBLE / nullif(o.amount_before, 0)::DOUBLE - 1 AS orders_trend_180d,
  least(greatest(o.cancelled_365, coalesce(e.cancelled_365, 0)), o.orders_365)::DOUBLE
    / nullif(o.orders_365, 0)::DOUBLE AS orders_cancelled_share_365d
FROM asked
LEFT JOIN events e USING (party_id, as_of)
LEFT JOIN messages m USING (party_id, as_of)
LEFT JOIN changes c USING (party_id, as_of)
LEFT JOIN orders_summed o USING (party_id, as_of)
