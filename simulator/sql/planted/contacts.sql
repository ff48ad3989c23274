-- Rings of four share address and phone; of their look-alikes, two share an address.
SELECT b.contact_id, b.party_id, b.kind,
  CASE
    WHEN p.kind = 0 AND b.kind IN ('address', 'phone') AND p.ring THEN md5(getvariable('seed') || '/ring/' || (p.number::BIGINT // 4) || '/' || b.kind)
    WHEN p.kind = 1 AND b.kind = 'address' THEN md5(getvariable('seed') || '/flat/' || (p.number::BIGINT // 2))
    ELSE b.digest
  END AS digest, b.happened_at, b.known_at
FROM base b LEFT JOIN (SELECT *, party_of(number) AS party_id, true AS ring FROM planted) p ON p.party_id = b.party_id
