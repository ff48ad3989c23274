-- view: exposure
-- grain: one row per customer and observation date
-- windows: as of the observation date, and 90 days before as it was known then
-- tables: credit_lines, guarantees, invoices, payments, commercial_contracts
-- depends on: none
--
-- feature: credit_lines_open
--   type: number
--   unit: lines
--   en: Credit lines and loans that run
--   zh-CN: 存续授信笔数
--   null: never had credit with us
-- feature: credit_limit
--   type: number
--   unit: money
--   en: Limits and loan principals granted, in all
--   zh-CN: 授信总额
--   null: no credit line runs
-- feature: credit_drawn
--   type: number
--   unit: money
--   en: Balance drawn, in all
--   zh-CN: 已用授信
--   null: no credit line runs, or no balance is known
-- feature: utilisation
--   type: number
--   unit: share
--   monotone: increasing
--   en: Drawn share of the credit limits
--   zh-CN: 授信使用率
--   note: of the limits whose balance is known
--   null: no running line has both limit and balance
-- feature: utilisation_change_90d
--   type: number
--   unit: share
--   monotone: increasing
--   en: Change of the drawn share of the limits in 90 days
--   zh-CN: 授信使用率近90天变化
--   note: against that of 90 days ago, as known then
--   null: unknown now or then
-- feature: lines_used_up
--   type: number
--   unit: lines
--   monotone: increasing
--   en: Credit lines that are used up
--   zh-CN: 用尽的授信笔数
--   note: running lines drawn to at least 95 % of the limit, loans left out
--   null: no credit line runs
-- feature: days_since_credit_granted
--   type: number
--   unit: days
--   en: Days since credit was last granted
--   zh-CN: 距最近一次授信的天数
--   null: no date of a grant is known
-- feature: loan_amount
--   type: number
--   unit: money
--   en: Principal of the running loans
--   zh-CN: 存续贷款本金
--   null: no loan runs
-- feature: loan_term_months
--   type: number
--   unit: months
--   en: Longest term of the running loans
--   zh-CN: 存续贷款最长期限(月)
--   null: no running loan with a term
-- feature: receivables_open
--   type: number
--   unit: money
--   en: Invoiced and not yet paid
--   zh-CN: 应收未收金额
--   null: never invoiced
-- feature: collateral_coverage
--   type: number
--   unit: ratio
--   monotone: decreasing
--   en: Collateral for each unit of credit drawn and receivables open
--   zh-CN: 担保覆盖率
--   note: valid guarantees and collateral
--   null: nothing is drawn or open
-- feature: contracts_open_amount
--   type: number
--   unit: money
--   en: Value of commercial contracts that run
--   zh-CN: 在执行合同金额
--   null: never had a contract
-- feature: contracts_breached_share
--   type: number
--   unit: share
--   monotone: increasing
--   en: Share of contracts kept late or breached
--   zh-CN: 逾期履行或违约合同占比
--   null: never had a contract
WITH line AS (
  SELECT
    asked.party_id,
    asked.as_of,
    c.kind,
    c.limit_amount,
    c.balance,
    c.term_months,
    asked.as_of::DATE - c.granted_on AS granted_ago,
    c.ends_on IS NULL OR c.ends_on >= asked.as_of::DATE AS running
  FROM asked
  JOIN credit_lines c
    ON c.party_id = asked.party_id
   AND c.known_from <= asked.as_of
   AND asked.as_of < c.known_until
   AND c.happened_at <= asked.as_of
),
lines AS (
  SELECT
    party_id,
    as_of,
    count_if(running) AS open_lines,
    sum(CASE WHEN running THEN limit_amount END) AS limits,
    sum(CASE WHEN running THEN balance END) AS drawn,
    sum(CASE WHEN running AND limit_amount > 0 AND balance IS NOT NULL THEN balance END) AS used,
    sum(CASE WHEN running AND limit_amount > 0 AND balance IS NOT NULL THEN limit_amount END) AS usable,
    -- Nothing but unknowns would count as unknown, not as none.
    count_if(running AND kind <> 'loan' AND limit_amount IS NOT NULL AND balance IS NOT NULL AND limit_amount > 0 AND balance::DECIMAL(38, 2) * 20 >= limit_amount::DECIMAL(38, 2) * 19) AS used_up,
    min(CASE WHEN granted_ago >= 0 THEN granted_ago END) AS granted_ago,
    sum(CASE WHEN running AND kind = 'loan' THEN limit_amount END) AS loan_amount,
    max(CASE WHEN running AND kind = 'loan' THEN term_months END) AS loan_term
  FROM line
  GROUP BY party_id, as_of
),
before AS (
  SELECT
    asked.party_id,
    asked.as_of,
    sum(c.balance) AS used,
    sum(c.limit_amount) AS usable
  FROM asked
  JOIN credit_lines c
    ON c.party_id = asked.party_id
   AND c.known_from <= asked.as_of - INTERVAL 90 DAY
   AND asked.as_of - INTERVAL 90 DAY < c.known_until
   AND c.happened_at <= asked.as_of - INTERVAL 90 DAY
  WHERE (c.ends_on IS NULL OR c.ends_on >= (asked.as_of - INTERVAL 90 DAY)::DATE)
    AND c.limit_amount > 0
    AND c.balance IS NOT NULL
  GROUP BY asked.party_id, asked.as_of
),
invoiced AS (
  SELECT asked.party_id, asked.as_of, i.invoice_id, i.amount
  FROM asked
  JOIN invoices i
    ON i.party_id = asked.party_id
   AND i.known_from <= asked.as_of
   AND asked.as_of < i.known_until
   AND i.happened_at <= asked.as_of
),
paid AS (
  SELECT asked.party_id, asked.as_of, p.invoice_id, sum(p.amount) AS amount
  FROM asked
  JOIN payments p
    ON p.party_id = asked.party_id
   AND p.known_from <= asked.as_of
   AND asked.as_of < p.known_until
   AND p.happened_at <= asked.as_of
  WHERE p.invoice_id IS NOT NULL
  GROUP BY asked.party_id, asked.as_of, p.invoice_id
),
receivables AS (
  SELECT i.party_id, i.as_of, sum(greatest(i.amount - coalesce(p.amount, 0), 0)) AS open_amount
  FROM invoiced i
  LEFT JOIN paid p ON p.party_id = i.party_id AND p.as_of = i.as_of AND p.invoice_id = i.invoice_id
  GROUP BY i.party_id, i.as_of
),
covered AS (
  SELECT asked.party_id, asked.as_of, sum(g.amount) AS amount
  FROM asked
  JOIN guarantees g
    ON g.party_id = asked.party_id
   AND g.known_from <= asked.as_of
   AND asked.as_of < g.known_until
   AND g.happened_at <= asked.as_of
  WHERE g.ends_on IS NULL OR g.ends_on >= asked.as_of::DATE
  GROUP BY asked.party_id, asked.as_of
),
contracts AS (
  SELECT
    asked.party_id,
    asked.as_of,
    coalesce(
      sum(
        CASE
          WHEN (c.ends_on IS NULL OR c.ends_on >= asked.as_of::DATE) AND coalesce(c.performance, 'pending') = 'pending'
          THEN c.amount
        END
      ),
      0
    ) AS open_amount,
    count_if(c.performance IS NOT NULL AND c.performance IN ('late', 'breached')) AS breached,
    count(*) AS contracts
  FROM asked
  JOIN commercial_contracts c
    ON c.party_id = asked.party_id
   AND c.known_from <= asked.as_of
   AND asked.as_of < c.known_until
   AND c.happened_at <= asked.as_of
  GROUP BY asked.party_id, asked.as_of
)
SELECT
  asked.party_id,
  asked.as_of,
  l.open_lines AS credit_lines_open,
  l.limits AS credit_limit,
  l.drawn AS credit_drawn,
  l.used::DOUBLE / nullif(l.usable, 0)::DOUBLE AS utilisation,
  l.used::DOUBLE / nullif(l.usable, 0)::DOUBLE - b.used::DOUBLE / nullif(b.usable, 0)::DOUBLE AS utilisation_change_90d,
  CASE WHEN l.open_lines > 0 THEN l.used_up END AS lines_used_up,
  l.granted_ago AS days_since_credit_granted,
  l.loan_amount,
  l.loan_term AS loan_term_months,
  r.open_amount AS receivables_open,
  coalesce(g.amount, 0)::DOUBLE
    / nullif(greatest(coalesce(l.drawn, 0), 0) + coalesce(r.open_amount, 0), 0)::DOUBLE AS collateral_coverage,
  c.open_amount AS contracts_open_amount,
  c.breached::DOUBLE / nullif(c.contracts, 0)::DOUBLE AS contracts_breached_share
FROM asked
LEFT JOIN lines l USING (party_id, as_of)
LEFT JOIN before b USING (party_id, as_of)
LEFT JOIN receivables r USING (party_id, as_of)
LEFT JOIN covered g USING (party_id, as_of)
LEFT JOIN contracts c USING (party_id, as_of)
