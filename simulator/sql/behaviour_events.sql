SELECT numbered('E', number, month, 100 * kind_no + i) AS event_id, party_of(number) AS party_id,
  (['login', 'complaint', 'failed_payment', 'details_changed', 'order_cancelled', 'return'])[kind_no + 1] AS kind,
  CASE WHEN kind_no IN (2, 4, 5) THEN cents(bill_amount * (0.3 + chance('event amount', number, month, 100 * kind_no + i))) END AS amount,
  moment_of(first_day + floor(days * chance('event day', number, month, 100 * kind_no + i)), chance('event hour', number, month, 100 * kind_no + i)) AS happened_at,
  learned(moment_of(first_day + floor(days * chance('event day', number, month, 100 * kind_no + i)), chance('event hour', number, month, 100 * kind_no + i)),
    chance('event known', number, month, 100 * kind_no + i), 0.5, 20) AS known_at
FROM (
  SELECT *, unnest(range(times::BIGINT)) AS i FROM (
    SELECT *, unnest([0, 1, 2, 3, 4, 5]) AS kind_no,
      unnest([logins, complaints, failed_payments, detail_changes, cancelled, returned]) AS times
    FROM months
  )
)
