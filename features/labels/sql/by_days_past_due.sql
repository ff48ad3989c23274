-- bad: a default event within the performance window. A customer whose latest event of some subject is a default is in default.
WITH event AS (
  SELECT *, days_past_due >= $days AS is_default FROM {events} WHERE days_past_due IS NOT NULL
), asked AS (
  SELECT DISTINCT party_id::VARCHAR AS party_id, as_of::TIMESTAMP AS as_of, as_of::TIMESTAMP + to_months($months::INTEGER) AS window_end FROM {asked}
), standing AS (
  SELECT a.party_id, a.as_of, arg_max(e.is_default, e.happened_at) AS in_default
  FROM asked AS a JOIN event AS e ON e.party_id = a.party_id AND e.happened_at <= a.as_of
  GROUP BY a.party_id, a.as_of, e.subject_id
), before AS (
  SELECT party_id, as_of, bool_or(in_default) AS in_default FROM standing GROUP BY party_id, as_of
), within AS (
  SELECT a.party_id, a.as_of, min(e.happened_at) AS outcome_at
  FROM asked AS a JOIN event AS e ON e.party_id = a.party_id AND e.is_default AND e.happened_at > a.as_of AND e.happened_at <= a.window_end
  GROUP BY a.party_id, a.as_of
)
SELECT a.party_id, a.as_of, a.window_end, w.outcome_at, coalesce(b.in_default, false) AS in_default,
  CASE WHEN a.window_end + to_days($reporting::INTEGER) > $cutoff::TIMESTAMP THEN 'immature'
    WHEN coalesce(b.in_default, false) THEN 'in_default'
    WHEN w.outcome_at IS NOT NULL THEN 'bad' ELSE 'good' END AS label
FROM asked AS a LEFT JOIN before AS b USING (party_id, as_of) LEFT JOIN within AS w USING (party_id, as_of)
