-- view: debt_service
-- grain: one row per customer and observation date
-- windows: as of the observation date; income as in balance_stability
-- tables: credit_lines, liabilities, payments
-- depends on: balance_stability
--
-- feature: debt_own
--   type: number
--   unit: money
--   en: Drawn on our own credit
--   zh-CN: 本机构负债余额
--   null: neither credit of ours nor a liability elsewhere is known
-- feature: debt_outside
--   type: number
--   unit: money
--   en: Owed to other creditors
--   zh-CN: 外部负债余额
--   note: our own credit seen in reports is not counted again
--   null: neither credit of ours nor a liability elsewhere is known
-- feature: creditors_outside
--   type: number
--   unit: creditors
--   monotone: increasing
--   en: Other creditors with debt
--   zh-CN: 外部债权人数
--   null: neither credit of ours nor a liability elsewhere is known
-- feature: instalments_monthly
--   type: number
--   unit: money
--   en: Instalments due a month, own and outside
--   zh-CN: 每月应还款总额
--   null: neither credit of ours nor a liability elsewhere is known
-- feature: debt_service_ratio
--   type: number
--   unit: share
--   monotone: increasing
--   en: Share of monthly income that goes into instalments
--   zh-CN: 偿债收入比
--   note: instalments, own and outside, over mean monthly income
--   null: no income or no debt is known
-- feature: debt_to_income
--   type: number
--   unit: months
--   monotone: increasing
--   en: Own and outside debt in months of mean income
--   zh-CN: 总负债相当于月收入的倍数
--   null: no income or no debt is known
-- feature: debt_declared_share
--   type: number
--   unit: share
--   monotone: increasing
--   en: Share of outside debt that is declared but not verified
--   zh-CN: 外部负债中仅申报未核实的比例
--   null: no outside debt
-- feature: loan_instalments_behind
--   type: number
--   unit: instalments
--   monotone: increasing
--   en: Loan instalments behind
--   zh-CN: 贷款欠缴期数
--   note: of running loans, fallen due and not covered by payments; the worst loan
--   null: no running loan on which payments are recorded
WITH line AS (
  SELECT
    asked.party_id,
    asked.as_of,
    c.credit_line_id,
    c.kind,
    c.balance,
    c.instalment,
    least(date_sub('month', c.granted_on::TIMESTAMP, asked.as_of), coalesce(c.term_months, 1200)) AS months_run
  FROM asked
  JOIN credit_lines c
    ON c.party_id = asked.party_id
   AND c.known_from <= asked.as_of
   AND asked.as_of < c.known_until
   AND c.happened_at <= asked.as_of
  WHERE c.ends_on IS NULL OR c.ends_on >= asked.as_of::DATE
),
paid AS (
  SELECT asked.party_id, asked.as_of, p.credit_line_id, sum(p.amount) AS amount
  FROM asked
  JOIN payments p
    ON p.party_id = asked.party_id
   AND p.known_from <= asked.as_of
   AND asked.as_of < p.known_until
   AND p.happened_at <= asked.as_of
  WHERE p.credit_line_id IS NOT NULL
  GROUP BY asked.party_id, asked.as_of, p.credit_line_id
),
own AS (
  SELECT
    l.party_id,
    l.as_of,
    coalesce(sum(greatest(l.balance, 0)), 0) AS balance,
    coalesce(sum(l.instalment), 0) AS instalments,
    max(
      CASE WHEN l.kind = 'loan' AND l.instalment > 0 AND l.months_run >= 0 AND p.amount IS NOT NULL THEN
        greatest((l.instalment * l.months_run - p.amount)::DOUBLE / l.instalment::DOUBLE, 0)
      END
    ) AS behind
  FROM line l
  LEFT JOIN paid p ON p.party_id = l.party_id AND p.as_of = l.as_of AND p.credit_line_id = l.credit_line_id
  GROUP BY l.party_id, l.as_of
),
outside AS (
  SELECT
    asked.party_id,
    asked.as_of,
    coalesce(sum(b.balance), 0) AS balance,
    coalesce(sum(b.instalment), 0) AS instalments,
    count(DISTINCT CASE WHEN coalesce(b.balance, 0) > 0 THEN coalesce(b.creditor, b.liability_id) END) AS creditors,
    coalesce(sum(CASE WHEN b.evidence IS DISTINCT FROM 'verified' THEN b.balance END), 0) AS declared
  FROM asked
  JOIN liabilities b
    ON b.party_id = asked.party_id
   AND b.known_from <= asked.as_of
   AND asked.as_of < b.known_until
   AND b.happened_at <= asked.as_of
  WHERE b.creditor IS DISTINCT FROM 'self'
  GROUP BY asked.party_id, asked.as_of
),
debt AS (
  SELECT
    asked.party_id,
    asked.as_of,
    w.party_id IS NOT NULL OR o.party_id IS NOT NULL AS known,
    coalesce(w.balance, 0) AS own,
    coalesce(o.balance, 0) AS outside,
    coalesce(w.instalments, 0) + coalesce(o.instalments, 0) AS instalments,
    coalesce(o.creditors, 0) AS creditors,
    o.declared,
    w.behind
  FROM asked
  LEFT JOIN own w USING (party_id, as_of)
  LEFT JOIN outside o USING (party_id, as_of)
)
SELECT
  asked.party_id,
  asked.as_of,
  CASE WHEN d.known THEN d.own END AS debt_own,
  CASE WHEN d.known THEN d.outside END AS debt_outside,
  CASE WHEN d.known THEN d.creditors END AS creditors_outside,
  CASE WHEN d.known THEN d.instalments END AS instalments_monthly,
  CASE WHEN d.known THEN d.instalments::DOUBLE / nullif(i.income_monthly_mean, 0) END AS debt_service_ratio,
  CASE WHEN d.known THEN (d.own + d.outside)::DOUBLE / nullif(i.income_monthly_mean, 0) END AS debt_to_income,
  d.declared::DOUBLE / nullif(d.outside, 0)::DOUBLE AS debt_declared_share,
  d.behind AS loan_instalments_behind
FROM asked
LEFT JOIN debt d USING (party_id, as_of)
LEFT JOIN balance_stability i USING (party_id, as_of)
