-- view: credit_signals
-- grain: one row per customer and observation date
-- windows: lines that run; 30 days before for the jump
-- tables: credit_lines
-- depends on: none
--
-- feature: utilisation_now
--   type: number
--   unit: share
--   monotone: increasing
--   en: Drawn share of the limits that run
--   zh-CN: 当前授信使用率
--   null: no line with limit and balance
-- feature: utilisation_jump_30d
--   type: number
--   unit: share
--   monotone: increasing
--   en: Rise of the drawn share within 30 days
--   zh-CN: 近30天授信使用率升幅
--   null: no line with limit and balance, now or 30 days before
-- feature: limit_excess
--   type: number
--   unit: money
--   monotone: increasing
--   en: Amount drawn above the limit
--   zh-CN: 超授信额度金额
--   note: summed over lines; or the exposure above the limit that the newest rating grants, where that is more
--   null: no line with limit and balance
WITH line AS (
  SELECT asked.party_id, asked.as_of, c.limit_amount, c.balance
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
),
before AS (
  SELECT asked.party_id, asked.as_of, sum(c.balance) AS used, sum(c.limit_amount) AS usable
  FROM asked
  JOIN credit_lines c
    ON c.party_id = asked.party_id
   AND c.known_from <= asked.as_of - INTERVAL 30 DAY
   AND asked.as_of - INTERVAL 30 DAY < c.known_until
   AND c.happened_at <= asked.as_of - INTERVAL 30 DAY
  WHERE (c.ends_on IS NULL OR c.ends_on >= (asked.as_of - INTERVAL 30 DAY)::DATE)
    AND c.kind <> 'loan'
    AND c.limit_amount > 0
    AND c.balance IS NOT NULL
  GROUP BY asked.party_id, asked.as_of
),
lines AS (
  SELECT
    party_id,
    as_of,
    sum(balance) AS used,
    sum(limit_amount) AS usable,
    sum(greatest(balance - limit_amount, 0)) AS excess
  FROM line
  GROUP BY party_id, as_of
)
SELECT
  asked.party_id,
  asked.as_of,
  l.used::DOUBLE / l.usable::DOUBLE AS utilisation_now,
  l.used::DOUBLE / l.usable::DOUBLE - b.used::DOUBLE / b.usable::DOUBLE AS utilisation_jump_30d,
  l.excess AS limit_excess
FROM asked
LEFT JOIN lines l USING (party_id, as_of)
LEFT JOIN before b USING (party_id, as_of)
