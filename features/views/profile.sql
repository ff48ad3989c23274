-- view: profile
-- grain: one row per customer and observation date
-- windows: as of the observation date
-- tables: parties, party_relations, accounts, documents, staff_assignments
-- depends on: none
--
-- feature: party_kind
--   type: category
--   unit: code
--   en: Person or company
--   zh-CN: 客户类型(个人或企业)
--   null: the customer is not known by then
-- feature: segment
--   type: category
--   unit: code
--   en: Portfolio segment
--   zh-CN: 客群
--   null: no segment is given
-- feature: industry
--   type: category
--   unit: code
--   en: Industry (company) or occupation group (person)
--   zh-CN: 行业或职业类别
--   null: not given
-- feature: region
--   type: category
--   unit: code
--   en: Region
--   zh-CN: 地区
--   null: not given
-- feature: company_years
--   type: number
--   unit: years
--   en: Years since foundation of a company
--   zh-CN: 企业成立年限
--   null: a person (age is a protected attribute), or no founding date is known
-- feature: employees
--   type: number
--   unit: persons
--   en: Employees of a company
--   zh-CN: 员工人数
--   null: a person, or not given
-- feature: tenure_days
--   type: number
--   unit: days
--   monotone: decreasing
--   en: Days since the relation with us began
--   zh-CN: 合作天数
--   null: the customer is not known by then
-- feature: accounts_open
--   type: number
--   unit: accounts
--   en: Accounts that are open
--   zh-CN: 在用账户数
--   null: never had an account
-- feature: account_age_days
--   type: number
--   unit: days
--   monotone: decreasing
--   en: Days since the first account was opened
--   zh-CN: 首个账户开立天数
--   null: never had an account with an opening date
-- feature: related_parties
--   type: number
--   unit: parties
--   en: Parties in the same group or household
--   zh-CN: 同集团或同家庭关联方数
--   null: no relation is known
-- feature: owners
--   type: number
--   unit: parties
--   en: Owners on record
--   zh-CN: 登记股东数
--   null: no relation is known
-- feature: guarantors
--   type: number
--   unit: parties
--   en: Guarantors on record
--   zh-CN: 保证人数
--   null: no relation is known
-- feature: documents_expired
--   type: number
--   unit: documents
--   monotone: increasing
--   en: Documents whose validity has ended
--   zh-CN: 过期证照数
--   null: no document is on file
-- feature: in_collection
--   type: flag
--   unit: yes or no
--   monotone: increasing
--   en: Collection staff is assigned
--   zh-CN: 是否已派催收人员
--   null: no staff assignment is known
WITH party AS (
  SELECT
    asked.party_id,
    asked.as_of,
    p.kind,
    p.segment,
    p.industry,
    p.region,
    CASE WHEN p.kind = 'company' AND p.born_on <= asked.as_of::DATE
      THEN date_sub('year', p.born_on::TIMESTAMP, asked.as_of) END AS company_years,
    p.employees,
    date_sub('day', p.happened_at, asked.as_of) AS tenure_days
  FROM asked
  JOIN parties p
    ON p.party_id = asked.party_id
   AND p.known_from <= asked.as_of
   AND asked.as_of < p.known_until
   AND p.happened_at <= asked.as_of
),
relation AS (
  SELECT
    asked.party_id,
    asked.as_of,
    count_if(r.relation IN ('group', 'household')) AS related,
    count_if(r.relation = 'owner') AS owners,
    count_if(r.relation = 'guarantor') AS guarantors
  FROM asked
  JOIN party_relations r
    ON r.party_id = asked.party_id
   AND r.known_from <= asked.as_of
   AND asked.as_of < r.known_until
   AND r.happened_at <= asked.as_of
  GROUP BY asked.party_id, asked.as_of
),
account AS (
  SELECT
    asked.party_id,
    asked.as_of,
    count_if(a.closed_on IS NULL OR a.closed_on > asked.as_of::DATE) AS open_accounts,
    max(CASE WHEN a.opened_on <= asked.as_of::DATE THEN asked.as_of::DATE - a.opened_on END) AS oldest
  FROM asked
  JOIN accounts a
    ON a.party_id = asked.party_id
   AND a.known_from <= asked.as_of
   AND asked.as_of < a.known_until
   AND a.happened_at <= asked.as_of
  GROUP BY asked.party_id, asked.as_of
),
document AS (
  SELECT asked.party_id, asked.as_of, count_if(d.expires_on IS NOT NULL AND d.expires_on < asked.as_of::DATE) AS expired
  FROM asked
  JOIN documents d
    ON d.party_id = asked.party_id
   AND d.known_from <= asked.as_of
   AND asked.as_of < d.known_until
   AND d.happened_at <= asked.as_of
  GROUP BY asked.party_id, asked.as_of
),
staff AS (
  SELECT asked.party_id, asked.as_of, bool_or(s.role = 'collection') AS collection
  FROM asked
  JOIN staff_assignments s
    ON s.party_id = asked.party_id
   AND s.known_from <= asked.as_of
   AND asked.as_of < s.known_until
   AND s.happened_at <= asked.as_of
  GROUP BY asked.party_id, asked.as_of
)
SELECT
  asked.party_id,
  asked.as_of,
  p.kind AS party_kind,
  p.segment,
  p.industry,
  p.region,
  p.company_years,
  p.employees,
  p.tenure_days,
  a.open_accounts AS accounts_open,
  a.oldest AS account_age_days,
  r.related AS related_parties,
  r.owners,
  r.guarantors,
  d.expired AS documents_expired,
  s.collection AS in_collection
FROM asked
LEFT JOIN party p USING (party_id, as_of)
LEFT JOIN relation r USING (party_id, as_of)
LEFT JOIN account a USING (party_id, as_of)
LEFT JOIN document d USING (party_id, as_of)
LEFT JOIN staff s USING (party_id, as_of)
