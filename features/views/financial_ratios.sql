-- view: financial_ratios
-- grain: one row per customer and observation date
-- windows: the latest annual statement and the one a year before; the latest tax record
-- tables: financial_statements, tax_records
-- depends on: none
--
-- feature: statement_age_days
--   type: number
--   unit: days
--   monotone: increasing
--   en: Days since the end of the latest annual accounts
--   zh-CN: 最近年报期末距今天数
--   null: no annual accounts are known
-- feature: statement_audited
--   type: flag
--   unit: yes or no
--   monotone: decreasing
--   en: The latest annual accounts are audited
--   zh-CN: 最近年报是否经审计
--   null: no annual accounts, or not stated
-- feature: current_ratio
--   type: number
--   unit: ratio
--   monotone: decreasing
--   en: Current assets over current liabilities
--   zh-CN: 流动比率
--   null: not stated, or no current liabilities
-- feature: quick_ratio
--   type: number
--   unit: ratio
--   monotone: decreasing
--   en: Current assets without inventory over current liabilities
--   zh-CN: 速动比率
--   null: not stated, or no current liabilities
-- feature: cash_ratio
--   type: number
--   unit: ratio
--   monotone: decreasing
--   en: Cash over current liabilities
--   zh-CN: 现金比率
--   null: not stated, or no current liabilities
-- feature: leverage
--   type: number
--   unit: share
--   monotone: increasing
--   en: Liabilities over assets
--   zh-CN: 资产负债率
--   null: not stated, or no assets
-- feature: equity_negative
--   type: flag
--   unit: yes or no
--   monotone: increasing
--   en: Equity is below zero
--   zh-CN: 是否资不抵债
--   null: equity is not stated
-- feature: interest_coverage
--   type: number
--   unit: ratio
--   monotone: decreasing
--   en: Operating profit over interest expense
--   zh-CN: 利息保障倍数
--   null: not stated, or no interest is paid
-- feature: return_on_assets
--   type: number
--   unit: share
--   monotone: decreasing
--   en: Net profit over assets
--   zh-CN: 总资产净利率
--   null: not stated, or no assets
-- feature: net_margin
--   type: number
--   unit: share
--   monotone: decreasing
--   en: Net profit over revenue
--   zh-CN: 销售净利率
--   null: not stated, or no revenue
-- feature: cash_flow_to_debt
--   type: number
--   unit: share
--   monotone: decreasing
--   en: Operating cash flow over liabilities
--   zh-CN: 经营现金流负债比
--   null: not stated, or no liabilities
-- feature: receivable_days
--   type: number
--   unit: days
--   monotone: increasing
--   en: Trade receivables in days of revenue
--   zh-CN: 应收账款周转天数
--   null: not stated, or no revenue
-- feature: revenue
--   type: number
--   unit: money
--   en: Revenue of the latest annual accounts
--   zh-CN: 营业收入
--   null: not stated
-- feature: revenue_growth
--   type: number
--   unit: growth
--   en: Growth of revenue against the year before
--   zh-CN: 营业收入增长率
--   null: one of the two years is not stated, or had no revenue
-- feature: tax_arrears
--   type: number
--   unit: money
--   monotone: increasing
--   en: Tax unpaid after its due date
--   zh-CN: 欠税金额
--   note: in the latest record
--   null: no tax record is known
-- feature: taxable_income
--   type: number
--   unit: money
--   en: Income declared in the latest tax record
--   zh-CN: 应税所得额
--   null: no tax record is known
WITH statement AS (
  SELECT
    asked.party_id,
    asked.as_of,
    f.period_end,
    f.audited,
    f.revenue,
    f.operating_profit,
    f.net_profit,
    f.interest_expense,
    f.cash,
    f.current_assets,
    f.inventory,
    f.receivables,
    f.total_assets,
    f.current_liabilities,
    f.total_liabilities,
    f.equity,
    f.operating_cash_flow,
    row_number() OVER (PARTITION BY asked.party_id, asked.as_of ORDER BY f.period_end DESC) AS recency
  FROM asked
  JOIN financial_statements f
    ON f.party_id = asked.party_id
   AND f.known_from <= asked.as_of
   AND asked.as_of < f.known_until
   AND f.happened_at <= asked.as_of
  WHERE f.kind = 'annual'
    AND (f.published_on IS NULL OR f.published_on <= asked.as_of::DATE)
),
latest AS (SELECT * FROM statement WHERE recency = 1),
-- The year before: the accounts whose period ended 350 to 380 days earlier.
earlier AS (
  SELECT l.party_id, l.as_of, max(s.revenue) AS revenue
  FROM latest l
  JOIN statement s
    ON s.party_id = l.party_id AND s.as_of = l.as_of AND l.period_end - s.period_end BETWEEN 350 AND 380
  GROUP BY l.party_id, l.as_of
),
tax AS (
  SELECT
    asked.party_id,
    asked.as_of,
    arg_max_null(t.tax_arrears, t.period_end) AS arrears,
    arg_max_null(t.taxable_income, t.period_end) AS income
  FROM asked
  JOIN tax_records t
    ON t.party_id = asked.party_id
   AND t.known_from <= asked.as_of
   AND asked.as_of < t.known_until
   AND t.happened_at <= asked.as_of
  WHERE t.published_on IS NULL OR t.published_on <= asked.as_of::DATE
  GROUP BY asked.party_id, asked.as_of
)
SELECT
  asked.party_id,
  asked.as_of,
  asked.as_of::DATE - l.period_end AS statement_age_days,
  l.audited AS statement_audited,
  CASE WHEN l.current_liabilities > 0 THEN l.current_assets::DOUBLE / l.current_liabilities::DOUBLE END AS current_ratio,
  CASE WHEN l.current_liabilities > 0 THEN
    (l.current_assets::DECIMAL(38, 2) - coalesce(l.inventory, 0))::DOUBLE / l.current_liabilities::DOUBLE
  END AS quick_ratio,
  CASE WHEN l.current_liabilities > 0 THEN l.cash::DOUBLE / l.current_liabilities::DOUBLE END AS cash_ratio,
  CASE WHEN l.total_assets > 0 THEN l.total_liabilities::DOUBLE / l.total_assets::DOUBLE END AS leverage,
  l.equity < 0 AS equity_negative,
  CASE WHEN l.interest_expense > 0 THEN l.operating_profit::DOUBLE / l.interest_expense::DOUBLE END AS interest_coverage,
  CASE WHEN l.total_assets > 0 THEN l.net_profit::DOUBLE / l.total_assets::DOUBLE END AS return_on_assets,
  CASE WHEN l.revenue > 0 THEN l.net_profit::DOUBLE / l.revenue::DOUBLE END AS net_margin,
  CASE WHEN l.total_liabilities > 0 THEN l.operating_cash_flow::DOUBLE / l.total_liabilities::DOUBLE END AS cash_flow_to_debt,
  CASE WHEN l.revenue > 0 THEN (l.receivables::DECIMAL(38, 2) * 365)::DOUBLE / l.revenue::DOUBLE END AS receivable_days,
  l.revenue,
  CASE WHEN e.revenue > 0 THEN l.revenue::DOUBLE / e.revenue::DOUBLE - 1 END AS revenue_growth,
  t.arrears AS tax_arrears,
  t.income AS taxable_income
FROM asked
LEFT JOIN latest l USING (party_id, as_of)
LEFT JOIN earlier e USING (party_id, as_of)
LEFT JOIN tax t USING (party_id, as_of)
