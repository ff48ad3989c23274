-- Customers whose conduct is planted: a kind each (even: dishonest, odd: an honest look-alike of the kind before), and the day on which it begins.
-- Kinds: 0 shared identity, 2 order and refund loop, 4 bust-out, 6 contradictory declarations, 8 first payment never made.
WITH life AS (
  SELECT number, count(*) AS months, bool_or(default_day IS NOT NULL) AS defaults, max(has_bureau) AS has_bureau
  FROM months GROUP BY number
), drawn AS (
  SELECT *, number::BIGINT % 20 BETWEEN 4 AND 15 AND chance('planted ring', number::BIGINT // 4, 0, 0) < getvariable('planted') AS in_ring,
    chance('planted', number, 0, 0) AS u,
    getvariable('cutoff_day') - 45 - floor(60 * chance('planted day', number, 0, 0)) AS from_day
  FROM life
)
SELECT number, from_day,
  CASE
    WHEN in_ring THEN CASE WHEN chance('planted ring kind', number::BIGINT // 4, 0, 0) < 0.5 THEN 0 ELSE 1 END
    WHEN defaults THEN NULL
    WHEN months < 14 THEN NULL
    WHEN u < 0.5 * getvariable('planted') THEN 2 + floor(chance('planted half', number, 0, 0) * 2)
    WHEN u < 1.5 * getvariable('planted') THEN 4 + floor(chance('planted half', number, 0, 0) * 2)
    WHEN u < 2.5 * getvariable('planted') AND has_bureau = 1 THEN 6 + floor(chance('planted half', number, 0, 0) * 2)
    WHEN u < 2.5 * getvariable('planted') THEN 2 + floor(chance('planted half', number, 0, 0) * 2)
    WHEN u < 3.5 * getvariable('planted') THEN 8 + floor(chance('planted half', number, 0, 0) * 2)
  END::INTEGER AS kind
FROM drawn
WHERE kind IS NOT NULL
