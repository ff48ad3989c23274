-- bad or good by the status on one day, the same for all: the source tells no default dates. The worst of a customer's subjects counts.
-- Where no good statuses are listed, every status that is not bad is good.
WITH asked AS (
  SELECT DISTINCT party_id::VARCHAR AS party_id, as_of::TIMESTAMP AS as_of, as_of::TIMESTAMP + to_months($months::INTEGER) AS window_end FROM {asked}
), latest AS (
  SELECT party_id, subject_id, arg_max(status, happened_at) AS status, max(happened_at) AS happened_at
  FROM {events} WHERE happened_at < $observed::TIMESTAMP + INTERVAL 1 DAY AND status IS NOT NULL
  GROUP BY party_id, subject_id
), found AS (
  SELECT a.party_id, a.as_of, max(l.happened_at) AS outcome_at,
    bool_or(list_contains($bad, l.status)) AS bad, bool_or(len($good) = 0 OR list_contains($good, l.status)) AS good
  FROM asked AS a JOIN latest AS l ON l.party_id = a.party_id AND l.happened_at > a.as_of
  GROUP BY a.party_id, a.as_of
)
SELECT a.party_id, a.as_of, a.window_end, CASE WHEN f.bad THEN f.outcome_at END AS outcome_at,
  CASE WHEN a.window_end > $observed::TIMESTAMP + INTERVAL 1 DAY OR $observed::TIMESTAMP > $cutoff::TIMESTAMP THEN 'immature'
    WHEN f.party_id IS NULL THEN 'unknown'
    WHEN f.bad THEN 'bad' WHEN f.good THEN 'good' ELSE 'indeterminate' END AS label
FROM asked AS a LEFT JOIN found AS f USING (party_id, as_of)
