-- view: balance_stability
-- grain: one row per customer and observation date
-- windows: 90, 180 and 365 days; income by periods of 30 days, twelve of them at most
-- tables: transactions
-- depends on: none
--
-- feature: balance_last
--   type: number
--   unit: money
--   monotone: decreasing
--   en: Balance over all accounts
--   zh-CN: 各账户最新余额合计
--   note: after the latest booking on each
--   null: no balance was ever known
-- feature: balance_lowest_90d
--   type: number
--   unit: money
--   monotone: decreasing
--   en: Lowest balance of any account in the last 90 days
--   zh-CN: 近90天账户最低余额
--   null: no balance was booked in the last 90 days
-- feature: balance_lowest_365d
--   type: number
--   unit: money
--   monotone: decreasing
--   en: Lowest balance of any account in the last 365 days
--   zh-CN: 近365天账户最低余额
--   null: no balance was booked in the last 365 days
-- feature: balance_mean_90d
--   type: number
--   unit: money
--   monotone: decreasing
--   en: Mean balance in the last 90 days
--   zh-CN: 近90天平均余额
--   note: of the balances after each booking
--   null: no balance was booked in the last 90 days
-- feature: balance_trend_180d
--   type: number
--   unit: money
--   monotone: decreasing
--   en: Change of the mean balance, last 90 days against the 90 before
--   zh-CN: 近90天平均余额较前90天的变化
--   null: one of the two periods has no booking
-- feature: overdrawn_days_90d
--   type: number
--   unit: account-days
--   monotone: increasing
--   en: Days overdrawn in the last 90 days
--   zh-CN: 近90天透支天数
--   note: on which an account stood below zero, added over accounts
--   null: no balance was ever known
-- feature: overdrawn_days_365d
--   type: number
--   unit: account-days
--   monotone: increasing
--   en: Days overdrawn in the last 365 days
--   zh-CN: 近365天透支天数
--   note: on which an account stood below zero, added over accounts
--   null: no balance was ever known
-- feature: income_monthly_mean
--   type: number
--   unit: money
--   monotone: decreasing
--   en: Mean monthly income
--   zh-CN: 月均流入
--   note: money received by period of 30 days, over up to twelve periods of history
--   null: less than 30 days of history
-- feature: income_variation
--   type: number
--   unit: ratio
--   monotone: increasing
--   en: Variation of monthly income
--   zh-CN: 月流入变异系数
--   note: coefficient of variation of money received by period of 30 days
--   null: less than 60 days of history, or no income
-- feature: income_trend
--   type: number
--   unit: growth
--   monotone: decreasing
--   en: Growth of money received, last 90 days against the 90 before
--   zh-CN: 近90天流入较前90天的增幅
--   null: nothing was received in the 90 days before
-- feature: income_empty_periods
--   type: number
--   unit: periods
--   monotone: increasing
--   en: Months without any money received, of the last twelve
--   zh-CN: 近12个月中无流入的月数
--   note: periods of 30 days, of up to twelve
--   null: less than 30 days of history
-- feature: salary_share_365d
--   type: number
--   unit: share
--   en: Salary share of the money received in the last 365 days
--   zh-CN: 近365天流入中工资占比
--   null: nothing was received in the last 365 days
WITH known AS (
  SELECT
    asked.party_id,
    asked.as_of,
    t.account_id,
    t.transaction_id,
    t.happened_at,
    date_sub('day', t.happened_at, asked.as_of) AS age,
    CASE WHEN t.direction = 'in' THEN t.amount END AS income,
    t.category,
    t.balance
  FROM asked
  JOIN transactions t
    ON t.party_id = asked.party_id
   AND t.known_from <= asked.as_of
   AND asked.as_of < t.known_until
   AND t.happened_at <= asked.as_of
),
-- One pass: everything that adds up, by account; the customer's figures follow from these.
by_account AS (
  SELECT
    party_id,
    as_of,
    account_id,
    max(age) AS history,
    arg_max(balance, (happened_at, length(transaction_id), transaction_id)) AS last_balance,
    min(balance) AS lowest_ever,
    min(CASE WHEN age < 90 THEN balance END) AS lowest_90,
    min(CASE WHEN age < 365 THEN balance END) AS lowest_365,
    sum(CASE WHEN age < 90 THEN balance END) AS balances_90,
    count(CASE WHEN age < 90 THEN balance END) AS bookings_90,
    sum(CASE WHEN age BETWEEN 90 AND 179 THEN balance END) AS balances_180,
    count(CASE WHEN age BETWEEN 90 AND 179 THEN balance END) AS bookings_180,
    sum(CASE WHEN age < 365 THEN income END) AS income_365,
    sum(CASE WHEN age < 365 AND category = 'salary' THEN income END) AS salary_365,
    sum(CASE WHEN age < 30 THEN income END) AS m0,
    sum(CASE WHEN age BETWEEN 30 AND 59 THEN income END) AS m1,
    sum(CASE WHEN age BETWEEN 60 AND 89 THEN income END) AS m2,
    sum(CASE WHEN age BETWEEN 90 AND 119 THEN income END) AS m3,
    sum(CASE WHEN age BETWEEN 120 AND 149 THEN income END) AS m4,
    sum(CASE WHEN age BETWEEN 150 AND 179 THEN income END) AS m5,
    sum(CASE WHEN age BETWEEN 180 AND 209 THEN income END) AS m6,
    sum(CASE WHEN age BETWEEN 210 AND 239 THEN income END) AS m7,
    sum(CASE WHEN age BETWEEN 240 AND 269 THEN income END) AS m8,
    sum(CASE WHEN age BETWEEN 270 AND 299 THEN income END) AS m9,
    sum(CASE WHEN age BETWEEN 300 AND 329 THEN income END) AS m10,
    sum(CASE WHEN age BETWEEN 330 AND 359 THEN income END) AS m11
  FROM known
  GROUP BY party_id, as_of, account_id
),
summed AS (
  SELECT
    party_id,
    as_of,
    least(max(history) // 30, 12) AS periods,
    sum(last_balance) AS last_balance,
    min(lowest_90) AS lowest_90,
    min(lowest_365) AS lowest_365,
    sum(balances_90) AS balances_90,
    sum(bookings_90) AS bookings_90,
    sum(balances_180) AS balances_180,
    sum(bookings_180) AS bookings_180,
    sum(income_365) AS income_365,
    sum(salary_365) AS salary_365,
    coalesce(sum(m0), 0) + coalesce(sum(m1), 0) + coalesce(sum(m2), 0) AS income_90,
    coalesce(sum(m3), 0) + coalesce(sum(m4), 0) + coalesce(sum(m5), 0) AS income_before,
    [
      coalesce(sum(m0), 0)::DOUBLE, coalesce(sum(m1), 0)::DOUBLE, coalesce(sum(m2), 0)::DOUBLE,
      coalesce(sum(m3), 0)::DOUBLE, coalesce(sum(m4), 0)::DOUBLE, coalesce(sum(m5), 0)::DOUBLE,
      coalesce(sum(m6), 0)::DOUBLE, coalesce(sum(m7), 0)::DOUBLE, coalesce(sum(m8), 0)::DOUBLE,
      coalesce(sum(m9), 0)::DOUBLE, coalesce(sum(m10), 0)::DOUBLE, coalesce(sum(m11), 0)::DOUBLE
    ] AS income_by_period,
    max(last_balance IS NOT NULL) AS has_balance
  FROM by_account
  GROUP BY party_id, as_of
),
-- A balance stands until the next booking; only accounts that were ever below zero need their bookings put in order.
spells AS (
  SELECT
    k.party_id,
    k.as_of,
    k.balance,
    epoch_us(k.as_of) - epoch_us(k.happened_at) AS began,
    epoch_us(k.as_of) - epoch_us(coalesce(
      lead(k.happened_at) OVER (
        PARTITION BY k.party_id, k.as_of, k.account_id
        ORDER BY k.happened_at, length(k.transaction_id), k.transaction_id
      ),
      k.as_of
    )) AS ended
  FROM known k
  JOIN by_account b
    ON b.party_id = k.party_id
   AND b.as_of = k.as_of
   AND b.account_id IS NOT DISTINCT FROM k.account_id
   AND b.lowest_ever < 0
  WHERE k.balance IS NOT NULL
),
overdrawn AS (
  SELECT
    party_id,
    as_of,
    sum(least(began, 90 * 86400000000) - least(ended, 90 * 86400000000)) // 86400000000 AS days_90,
    sum(least(began, 365 * 86400000000) - least(ended, 365 * 86400000000)) // 86400000000 AS days_365
  FROM spells
  WHERE balance < 0
  GROUP BY party_id, as_of
),
income AS (
  SELECT
    party_id,
    as_of,
    periods,
    list_slice(income_by_period, 1, periods) AS received,
    list_reduce(list_slice(income_by_period, 1, greatest(periods, 1)), lambda a, b: a + b) / nullif(periods, 0) AS mean
  FROM summed
)
SELECT
  asked.party_id,
  asked.as_of,
  s.last_balance AS balance_last,
  s.lowest_90 AS balance_lowest_90d,
  s.lowest_365 AS balance_lowest_365d,
  s.balances_90::DOUBLE / nullif(s.bookings_90, 0)::DOUBLE AS balance_mean_90d,
  s.balances_90::DOUBLE / nullif(s.bookings_90, 0)::DOUBLE
    - s.balances_180::DOUBLE / nullif(s.bookings_180, 0)::DOUBLE AS balance_trend_180d,
  CASE WHEN s.has_balance THEN coalesce(o.days_90, 0) END AS overdrawn_days_90d,
  CASE WHEN s.has_balance THEN coalesce(o.days_365, 0) END AS overdrawn_days_365d,
  i.mean AS income_monthly_mean,
  CASE WHEN i.periods >= 2 AND i.mean > 0 THEN
    sqrt(
      list_reduce(list_transform(i.received, lambda x: (x - i.mean) * (x - i.mean)), lambda a, b: a + b) / i.periods
    ) / i.mean
  END AS income_variation,
  s.income_90::DOUBLE / nullif(s.income_before, 0)::DOUBLE - 1 AS income_trend,
  CASE WHEN i.periods >= 1 THEN len(list_filter(i.received, lambda x: x = 0)) END AS income_empty_periods,
  coalesce(s.salary_365, 0)::DOUBLE / nullif(s.income_365, 0)::DOUBLE AS salary_share_365d
FROM asked
LEFT JOIN summed s USING (party_id, as_of)
LEFT JOIN overdrawn o USING (party_id, as_of)
LEFT JOIN income i USING (party_id, as_of)
