-- view: integrity_declarations
-- grain: one row per customer and observation date
-- windows: declared and verified debts of any age; accounts and tax returns of the last 800 days
-- tables: financial_statements, liabilities, tax_records
-- depends on: none
--
-- feature: debt_understated
--   type: number
--   unit: ratio
--   monotone: increasing
--   en: Verified debt against what the customer declared for the same debt
--   zh-CN: 核实负债与客户申报负债之比
--   note: the latest declaration against the first verification after it within 270 days; superseded versions count, too
--   null: no debt was both declared and verified after it within 270 days
-- feature: profit_overstated
--   type: number
--   unit: ratio
--   monotone: increasing
--   en: Profit of the accounts against the income declared to the tax office
--   zh-CN: 财报利润与纳税申报所得之比
--   note: for the same period, the newest; profit before interest and tax, the income at least 1 percent of revenue
--   null: no period with both, or no profit
WITH declared AS (
  SELECT asked.party_id, asked.as_of, l.liability_id, arg_max(l.balance, l.happened_at) AS balance, max(l.happened_at) AS said_at
  FROM asked
  JOIN liabilities l
    ON l.party_id = asked.party_id
   AND l.known_from <= asked.as_of
   AND l.happened_at <= asked.as_of
  WHERE l.evidence = 'declared' AND coalesce(l.creditor, '') <> 'self' AND l.balance IS NOT NULL
  GROUP BY asked.party_id, asked.as_of, l.liability_id
),
verified AS (
  SELECT d.party_id, d.as_of, d.liability_id, d.balance AS declared, l.balance,
    row_number() OVER (
      PARTITION BY d.party_id, d.as_of, d.liability_id ORDER BY l.happened_at, l.known_from, l.balance
    ) AS place
  FROM declared d
  JOIN liabilities l
    ON l.party_id = d.party_id
   AND l.liability_id = d.liability_id
   AND l.known_from <= d.as_of
   AND l.happened_at <= d.as_of
  WHERE l.evidence = 'verified'
    AND l.balance IS NOT NULL
    AND l.happened_at >= d.said_at
    AND l.happened_at < d.said_at + INTERVAL 270 DAY
),
debt AS (
  SELECT party_id, as_of, sum(declared) AS declared, sum(balance) AS verified
  FROM verified
  WHERE place = 1
  GROUP BY party_id, as_of
),
accounts AS (
  SELECT
    asked.party_id,
    asked.as_of,
    f.operating_profit,
    f.revenue,
    t.taxable_income,
    row_number() OVER (
      PARTITION BY asked.party_id, asked.as_of ORDER BY f.period_end DESC, f.known_from DESC, f.operating_profit
    ) AS place
  FROM asked
  JOIN financial_statements f
    ON f.party_id = asked.party_id
   AND f.known_from <= asked.as_of
   AND asked.as_of < f.known_until
   AND f.happened_at <= asked.as_of
  JOIN tax_records t
    ON t.party_id = asked.party_id
   AND t.period_end = f.period_end
   AND t.known_from <= asked.as_of
   AND asked.as_of < t.known_until
   AND t.happened_at <= asked.as_of
  WHERE f.kind = 'annual'
    AND f.happened_at > asked.as_of - INTERVAL 800 DAY
    AND f.operating_profit > 0
    AND f.revenue > 0
    AND t.taxable_income IS NOT NULL
)
SELECT
  asked.party_id,
  asked.as_of,
  d.verified::DOUBLE / nullif(d.declared, 0)::DOUBLE AS debt_understated,
  a.operating_profit::DOUBLE / greatest(a.taxable_income::DOUBLE, a.revenue::DOUBLE / 100) AS profit_overstated
FROM asked
LEFT JOIN debt d USING (party_id, as_of)
LEFT JOIN accounts a ON a.party_id = asked.party_id AND a.as_of = asked.as_of AND a.place = 1
