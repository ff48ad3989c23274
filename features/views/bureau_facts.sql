-- view: bureau_facts
-- grain: one row per customer and observation date
-- windows: the latest report; one older than its validity counts as missing, with the code -1
-- tables: bureau_reports
-- depends on: none
--
-- feature: bureau_score
--   type: number
--   unit: share
--   monotone: decreasing
--   codes: -1
--   en: Bureau score, from 0% (worst) to 100% (best)
--   zh-CN: 征信评分(0%最差,100%最好)
--   note: of the latest report, as a share of its scale; -1 where the report has expired
--   null: no report with a score and its scale is known
-- feature: bureau_enquiries
--   type: number
--   unit: enquiries
--   monotone: increasing
--   codes: -1
--   en: Enquiries on the latest bureau report
--   zh-CN: 最新征信报告查询次数
--   note: -1 where the report has expired
--   null: no report that states them is known
-- feature: bureau_defaults
--   type: number
--   unit: defaults
--   monotone: increasing
--   codes: -1
--   en: Defaults on the latest bureau report
--   zh-CN: 最新征信报告违约记录数
--   note: -1 where the report has expired
--   null: no report that states them is known
-- feature: bureau_report_age_days
--   type: number
--   unit: days
--   en: Days since the latest bureau report was pulled
--   zh-CN: 最新征信报告距今天数
--   null: no report is known
-- feature: bureau_reports_365d
--   type: number
--   unit: reports
--   en: Bureau reports pulled in the last 365 days
--   zh-CN: 近365天征信报告份数
--   null: no report is known
WITH report AS (
  SELECT
    asked.party_id,
    asked.as_of,
    b.score,
    b.score_min,
    b.score_max,
    b.enquiries,
    b.defaults,
    b.valid_days,
    date_sub('day', b.pulled_at, asked.as_of) AS age,
    row_number() OVER (
      PARTITION BY asked.party_id, asked.as_of ORDER BY b.pulled_at DESC, b.provider, b.report_id
    ) AS recency
  FROM asked
  JOIN bureau_reports b
    ON b.party_id = asked.party_id
   AND b.known_from <= asked.as_of
   AND asked.as_of < b.known_until
   AND b.happened_at <= asked.as_of
  WHERE b.pulled_at <= asked.as_of
),
counted AS (
  SELECT party_id, as_of, count_if(age < 365) AS reports
  FROM report
  GROUP BY party_id, as_of
),
latest AS (
  SELECT *, valid_days IS NOT NULL AND age > valid_days AS expired
  FROM report
  WHERE recency = 1
)
SELECT
  asked.party_id,
  asked.as_of,
  CASE
    WHEN l.expired THEN -1
    WHEN l.score_max > l.score_min THEN least(greatest((l.score - l.score_min) / (l.score_max - l.score_min), 0), 1)
  END AS bureau_score,
  CASE WHEN l.expired THEN -1 ELSE l.enquiries END AS bureau_enquiries,
  CASE WHEN l.expired THEN -1 ELSE l.defaults END AS bureau_defaults,
  l.age AS bureau_report_age_days,
  c.reports AS bureau_reports_365d
FROM asked
LEFT JOIN latest l USING (party_id, as_of)
LEFT JOIN counted c USING (party_id, as_of)
