-- view: transaction_activity
-- grain: one row per customer and observation date
-- windows: 30, 90 and 365 days up to the observation date
-- tables: transactions
-- depends on: none
--
-- feature: tx_days_since_last
--   type: number
--   unit: days
--   monotone: increasing
--   en: Days since the latest transaction
--   zh-CN: 距最近一笔交易的天数
--   note: full days
--   null: no transaction was ever known
-- feature: tx_count_30d
--   type: number
--   unit: transactions
--   monotone: decreasing
--   en: Transactions in the last 30 days
--   zh-CN: 近30天交易笔数
--   null: no transaction was ever known
-- feature: tx_count_90d
--   type: number
--   unit: transactions
--   monotone: decreasing
--   en: Transactions in the last 90 days
--   zh-CN: 近90天交易笔数
--   null: no transaction was ever known
-- feature: tx_count_365d
--   type: number
--   unit: transactions
--   monotone: decreasing
--   en: Transactions in the last 365 days
--   zh-CN: 近365天交易笔数
--   null: no transaction was ever known
-- feature: tx_active_days_90d
--   type: number
--   unit: days
--   monotone: decreasing
--   en: Days with at least one transaction among the last 90
--   zh-CN: 近90天有交易的天数
--   null: no transaction was ever known
-- feature: tx_inflow_30d
--   type: number
--   unit: money
--   monotone: decreasing
--   en: Money received in the last 30 days
--   zh-CN: 近30天流入金额
--   null: no transaction was ever known
-- feature: tx_inflow_90d
--   type: number
--   unit: money
--   monotone: decreasing
--   en: Money received in the last 90 days
--   zh-CN: 近90天流入金额
--   null: no transaction was ever known
-- feature: tx_inflow_365d
--   type: number
--   unit: money
--   monotone: decreasing
--   en: Money received in the last 365 days
--   zh-CN: 近365天流入金额
--   null: no transaction was ever known
-- feature: tx_outflow_30d
--   type: number
--   unit: money
--   en: Money spent in the last 30 days
--   zh-CN: 近30天流出金额
--   null: no transaction was ever known
-- feature: tx_outflow_90d
--   type: number
--   unit: money
--   en: Money spent in the last 90 days
--   zh-CN: 近90天流出金额
--   null: no transaction was ever known
-- feature: tx_outflow_365d
--   type: number
--   unit: money
--   en: Money spent in the last 365 days
--   zh-CN: 近365天流出金额
--   null: no transaction was ever known
-- feature: tx_outflow_ratio_90d
--   type: number
--   unit: ratio
--   monotone: increasing
--   en: Money spent for each unit received in the last 90 days
--   zh-CN: 近90天流出与流入之比
--   null: nothing was received in the last 90 days
-- feature: tx_largest_out_90d
--   type: number
--   unit: money
--   en: Largest single outgoing transaction in the last 90 days
--   zh-CN: 近90天最大单笔流出
--   null: nothing was spent in the last 90 days
-- feature: tx_cash_share_90d
--   type: number
--   unit: share
--   monotone: increasing
--   en: Cash share of the spending of the last 90 days
--   zh-CN: 近90天流出中现金占比
--   null: nothing was spent in the last 90 days
-- feature: tx_penalty_count_365d
--   type: number
--   unit: transactions
--   monotone: increasing
--   en: Penalty charges in the last 365 days
--   zh-CN: 近365天罚息或违约金笔数
--   null: no transaction was ever known
-- feature: tx_days_since_penalty
--   type: number
--   unit: days
--   monotone: decreasing
--   en: Days since the latest penalty charge
--   zh-CN: 距最近一次罚息或违约金的天数
--   note: full days
--   null: no penalty was ever charged
WITH known AS (
  SELECT
    asked.party_id,
    asked.as_of,
    date_sub('day', t.happened_at, asked.as_of) AS age,
    t.amount,
    t.category,
    t.direction = 'in' AS inward
  FROM asked
  JOIN transactions t
    ON t.party_id = asked.party_id
   AND t.known_from <= asked.as_of
   AND asked.as_of < t.known_until
   AND t.happened_at <= asked.as_of
),
summed AS (
  SELECT
    party_id,
    as_of,
    min(age) AS days_since_last,
    count_if(age < 30) AS count_30,
    count_if(age < 90) AS count_90,
    count_if(age < 365) AS count_365,
    bit_or(CASE WHEN age < 90 THEN 1::HUGEINT << age::HUGEINT END) AS days_90,
    sum(amount) FILTER (WHERE inward AND age < 30) AS in_30,
    sum(amount) FILTER (WHERE inward AND age < 90) AS in_90,
    sum(amount) FILTER (WHERE inward AND age < 365) AS in_365,
    sum(amount) FILTER (WHERE NOT inward AND age < 30) AS out_30,
    sum(amount) FILTER (WHERE NOT inward AND age < 90) AS out_90,
    sum(amount) FILTER (WHERE NOT inward AND age < 365) AS out_365,
    max(amount) FILTER (WHERE NOT inward AND age < 90) AS largest_out_90,
    sum(amount) FILTER (WHERE NOT inward AND age < 90 AND category = 'cash') AS cash_90,
    -- Nothing but unknowns would count as unknown, not as none.
    count_if(age < 365 AND category IS NOT NULL AND category = 'penalty') AS penalties_365,
    min(CASE WHEN category = 'penalty' THEN age END) AS days_since_penalty
  FROM known
  GROUP BY party_id, as_of
)
SELECT
  asked.party_id,
  asked.as_of,
  s.days_since_last AS tx_days_since_last,
  s.count_30 AS tx_count_30d,
  s.count_90 AS tx_count_90d,
  s.count_365 AS tx_count_365d,
  CASE WHEN s.party_id IS NOT NULL THEN coalesce(bit_count(s.days_90), 0) END AS tx_active_days_90d,
  CASE WHEN s.party_id IS NOT NULL THEN coalesce(s.in_30, 0) END AS tx_inflow_30d,
  CASE WHEN s.party_id IS NOT NULL THEN coalesce(s.in_90, 0) END AS tx_inflow_90d,
  CASE WHEN s.party_id IS NOT NULL THEN coalesce(s.in_365, 0) END AS tx_inflow_365d,
  CASE WHEN s.party_id IS NOT NULL THEN coalesce(s.out_30, 0) END AS tx_outflow_30d,
  CASE WHEN s.party_id IS NOT NULL THEN coalesce(s.out_90, 0) END AS tx_outflow_90d,
  CASE WHEN s.party_id IS NOT NULL THEN coalesce(s.out_365, 0) END AS tx_outflow_365d,
  coalesce(s.out_90, 0)::DOUBLE / nullif(s.in_90, 0)::DOUBLE AS tx_outflow_ratio_90d,
  s.largest_out_90 AS tx_largest_out_90d,
  coalesce(s.cash_90, 0)::DOUBLE / nullif(s.out_90, 0)::DOUBLE AS tx_cash_share_90d,
  s.penalties_365 AS tx_penalty_count_365d,
  s.days_since_penalty AS tx_days_since_penalty
FROM asked
LEFT JOIN summed s USING (party_id, as_of)
