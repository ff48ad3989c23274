-- How long each observation was seen, in whole steps of age, and whether it defaulted in the last of them. A step counts once it has closed, whatever its outcome so
-- far: to count the defaults of an open one and not its survivors would bend the hazard up.
WITH step AS (
  SELECT as_of, k, as_of + to_months((k * $step)::INTEGER) AS ends
  FROM (SELECT DISTINCT as_of FROM {labels}), (SELECT unnest(range(1, $steps + 1)) AS k)
), closed AS (
  SELECT as_of, k, ends FROM step WHERE ends + to_days($reporting::INTEGER) <= $cutoff::TIMESTAMP
), seen AS (
  SELECT as_of, count(*) AS whole FROM closed GROUP BY as_of
), ended AS (
  SELECT l.party_id, l.as_of, min(c.k) AS k
  FROM {labels} AS l JOIN closed AS c ON c.as_of = l.as_of AND l.outcome_at <= c.ends
  GROUP BY l.party_id, l.as_of
)
SELECT l.party_id, l.as_of, l.window_end, l.outcome_at, l.in_default, coalesce(e.k, s.whole, 0)::INTEGER AS steps,
  CASE WHEN l.in_default THEN 'in_default' WHEN s.whole IS NULL THEN 'immature' WHEN e.k IS NOT NULL THEN 'bad' ELSE 'good' END AS label
FROM {labels} AS l LEFT JOIN seen AS s ON s.as_of = l.as_of LEFT JOIN ended AS e ON e.party_id = l.party_id AND e.as_of = l.as_of
