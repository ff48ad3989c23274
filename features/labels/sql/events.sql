-- Default events by the recorded outcomes, as known at the cut-off. A version with the same moment corrects the one before, a version with a
-- later moment follows it, and a fact whose last version was deleted by the cut-off is none.
WITH known AS (
  SELECT
    party_id, subject_id, kind, status, days_past_due, happened_at, known_from,
    row_number() OVER (PARTITION BY party_id, subject_id, kind, happened_at ORDER BY known_from DESC, known_until DESC) AS age,
    max(known_until) OVER (PARTITION BY party_id, subject_id, kind) AS stands_until
  FROM {outcomes}
  WHERE known_from <= $cutoff::TIMESTAMP
)
SELECT party_id, subject_id, kind, status, days_past_due, happened_at, known_from
FROM known
WHERE age = 1 AND stands_until > $cutoff::TIMESTAMP AND happened_at <= $cutoff::TIMESTAMP
