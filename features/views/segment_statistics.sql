-- statistics: segment_statistics
-- grain: one row per segment, month end and feature, over a sample of the customers of the segment
-- windows: month ends; published, and readable, one month later
-- peers: 400
-- tables: none
-- depends on: profile, transaction_activity, balance_stability, payment_discipline, exposure
WITH long AS (
  SELECT
    p.segment,
    asked.as_of AS month_end,
    unnest([
      {feature: 'tx_inflow_90d', value: t.tx_inflow_90d},
      {feature: 'tx_outflow_ratio_90d', value: t.tx_outflow_ratio_90d},
      {feature: 'balance_mean_90d', value: b.balance_mean_90d},
      {feature: 'dpd_worst_365d', value: d.dpd_worst_365d},
      {feature: 'days_late_mean_365d', value: d.days_late_mean_365d},
      {feature: 'utilisation', value: e.utilisation}
    ], recursive := true)
  FROM asked
  JOIN profile p USING (party_id, as_of)
  JOIN transaction_activity t USING (party_id, as_of)
  JOIN balance_stability b USING (party_id, as_of)
  JOIN payment_discipline d USING (party_id, as_of)
  JOIN exposure e USING (party_id, as_of)
  WHERE p.segment IS NOT NULL
)
SELECT
  segment,
  month_end,
  month_end + INTERVAL 1 MONTH AS known_from,
  feature,
  count(value) AS peers,
  quantile_disc(value, 0.25) AS lower_quartile,
  quantile_disc(value, 0.5) AS median,
  quantile_disc(value, 0.75) AS upper_quartile
FROM long
WHERE value IS NOT NULL
GROUP BY segment, month_end, feature
