SELECT numbered('O', number, month, i) AS order_id, party_of(number) AS party_id,
  cents(bill_amount * (0.4 + 0.9 * chance('order', number, month, i))) AS amount,
  CASE WHEN i < 1 THEN 'delivered' WHEN i - 1 < cancelled THEN 'cancelled' ELSE 'returned' END AS status,
  moment_of(issued_day - floor(1 + 6 * chance('ordered', number, month, i)), chance('order hour', number, month, i)) AS happened_at,
  learned(moment_of(issued_day, 0.9), chance('order known', number, month, i), 1, 15) AS known_at
FROM (SELECT *, unnest(range(1 + cancelled::BIGINT + returned::BIGINT)) AS i FROM months)
