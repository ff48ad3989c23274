-- view: segment_comparison
-- grain: one row per customer and observation date
-- windows: the newest peer statistics published by the observation date: those of the last but one month end, or where a snapshot has got older, of its last one
-- tables: none
-- depends on: profile, transaction_activity, balance_stability, payment_discipline, exposure, segment_statistics
--
-- feature: inflow_vs_segment
--   type: number
--   unit: ratio
--   monotone: decreasing
--   en: Money received in 90 days against the median peer
--   zh-CN: 近90天流入与同客群中位数之比
--   note: for each unit that the median peer receives
--   null: no statistics of at least 20 peers, a median of 0, or no transaction known
-- feature: outflow_ratio_vs_segment
--   type: number
--   unit: ratio points
--   monotone: increasing
--   en: Spending for each unit received, less the median peer's
--   zh-CN: 流出流入比与同客群中位数之差
--   null: no statistics of at least 20 peers, or nothing received
-- feature: balance_vs_segment
--   type: number
--   unit: quartile ranges
--   monotone: decreasing
--   en: Mean balance less the median peer's, in quartile ranges
--   zh-CN: 平均余额与同客群中位数之差(四分位距)
--   note: in ranges between the quartiles
--   null: no statistics of at least 20 peers, no spread, or no balance known
-- feature: dpd_vs_segment
--   type: number
--   unit: days
--   monotone: increasing
--   en: Worst days past due in 365 days, less the median peer's
--   zh-CN: 近365天最长逾期与同客群中位数之差
--   null: no statistics of at least 20 peers, or no invoice due
-- feature: days_late_vs_segment
--   type: number
--   unit: days
--   monotone: increasing
--   en: Mean days late in 365 days, less the median peer's
--   zh-CN: 平均逾期天数与同客群中位数之差
--   null: no statistics of at least 20 peers, or no invoice due
-- feature: utilisation_vs_segment
--   type: number
--   unit: share
--   monotone: increasing
--   en: Drawn share of the limits, less the median peer's
--   zh-CN: 授信使用率与同客群中位数之差
--   null: no statistics of at least 20 peers, or no utilisation known
WITH published AS (
  SELECT instants.as_of, max(s.month_end) AS month_end
  FROM (SELECT DISTINCT as_of FROM asked) instants
  JOIN segment_statistics s ON s.known_from <= instants.as_of
  GROUP BY instants.as_of
),
peer AS (
  SELECT
    asked.party_id,
    asked.as_of,
    max(CASE WHEN s.feature = 'tx_inflow_90d' THEN s.median END) AS inflow,
    max(CASE WHEN s.feature = 'tx_outflow_ratio_90d' THEN s.median END) AS outflow_ratio,
    max(CASE WHEN s.feature = 'balance_mean_90d' THEN s.median END) AS balance,
    max(CASE WHEN s.feature = 'balance_mean_90d' THEN s.upper_quartile - s.lower_quartile END) AS balance_spread,
    max(CASE WHEN s.feature = 'dpd_worst_365d' THEN s.median END) AS dpd,
    max(CASE WHEN s.feature = 'days_late_mean_365d' THEN s.median END) AS days_late,
    max(CASE WHEN s.feature = 'utilisation' THEN s.median END) AS utilisation
  FROM asked
  JOIN profile p ON p.party_id = asked.party_id AND p.as_of = asked.as_of
  JOIN published ON published.as_of = asked.as_of
  JOIN segment_statistics s
    ON s.segment = p.segment
   AND s.month_end = published.month_end
   AND s.known_from <= asked.as_of
   AND s.peers >= 20
  GROUP BY asked.party_id, asked.as_of
)
SELECT
  asked.party_id,
  asked.as_of,
  t.tx_inflow_90d / nullif(peer.inflow, 0) AS inflow_vs_segment,
  t.tx_outflow_ratio_90d - peer.outflow_ratio AS outflow_ratio_vs_segment,
  (b.balance_mean_90d - peer.balance) / nullif(peer.balance_spread, 0) AS balance_vs_segment,
  d.dpd_worst_365d - peer.dpd AS dpd_vs_segment,
  d.days_late_mean_365d - peer.days_late AS days_late_vs_segment,
  e.utilisation - peer.utilisation AS utilisation_vs_segment
FROM asked
LEFT JOIN transaction_activity t USING (party_id, as_of)
LEFT JOIN balance_stability b USING (party_id, as_of)
LEFT JOIN payment_discipline d USING (party_id, as_of)
LEFT JOIN exposure e USING (party_id, as_of)
LEFT JOIN peer USING (party_id, as_of)
