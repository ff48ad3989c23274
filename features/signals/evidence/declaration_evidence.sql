-- view: declaration_evidence
-- grain: the facts behind signals of customers, one row each
-- windows: declared and verified debts of any age; accounts and tax returns of the last 800 days
-- tables: financial_statements, liabilities, tax_records
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
WITH fact AS (
  SELECT asked.party_id, asked.as_of, 'debt_understated' AS topic, 'liabilities' AS fact_table,
    l.liability_id || ' ' || coalesce(l.evidence, '') AS fact_key, l.happened_at::DATE AS fact_on, l.balance AS amount
  FROM asked
  JOIN liabilities l
    ON l.party_id = asked.party_id
   AND l.known_from <= asked.as_of
   AND l.happened_at <= asked.as_of
  WHERE l.evidence IS NOT NULL AND coalesce(l.creditor, '') <> 'self'
  UNION ALL
  SELECT asked.party_id, asked.as_of, 'profit_overstated', 'financial_statements', f.period_end::VARCHAR, f.period_end, f.operating_profit
  FROM asked
  JOIN financial_statements f
    ON f.party_id = asked.party_id
   AND f.known_from <= asked.as_of
   AND asked.as_of < f.known_until
   AND f.happened_at <= asked.as_of
  WHERE f.kind = 'annual' AND f.happened_at > asked.as_of - INTERVAL 800 DAY
  UNION ALL
  SELECT asked.party_id, asked.as_of, 'profit_overstated', 'tax_records', t.period_end::VARCHAR, t.period_end, t.taxable_income
  FROM asked
  JOIN tax_records t
    ON t.party_id = asked.party_id
   AND t.known_from <= asked.as_of
   AND asked.as_of < t.known_until
   AND t.happened_at <= asked.as_of
  WHERE t.happened_at > asked.as_of - INTERVAL 800 DAY
)
SELECT party_id, as_of, topic, fact_table, fact_key, fact_on::VARCHAR AS fact_on, amount
FROM fact
