-- The first details of each kind on joining, and a new version for each change.
SELECT numbered('C', number, kind, 0) AS contact_id, party_of(number) AS party_id,
  (['address', 'phone', 'email'])[kind + 1] AS kind,
  md5(getvariable('seed') || '/' || number || '/' || kind || '/0') AS digest,
  moment_of(joined_day, 0.2) AS happened_at, moment_of(joined_day, 0.5) AS known_at
FROM customers, range(3) AS kinds(kind)
WHERE kind < 2 OR chance('email', number, 0, 0) < 0.8
UNION ALL
SELECT numbered('C', number, changed, 0), party_of(number), (['address', 'phone'])[changed + 1],
  md5(getvariable('seed') || '/' || number || '/' || changed || '/' || month::INTEGER),
  moment_of(first_day + floor(28 * chance('moved', number, month, 0)), 0.4),
  learned(moment_of(first_day + floor(28 * chance('moved', number, month, 0)), 0.4), chance('move known', number, month, 0), 6, 90)
FROM (SELECT *, (number::BIGINT + month::BIGINT) % 2 AS changed FROM months WHERE detail_changes > 0)
