-- 90 days past due is a default; it is recorded within weeks, sometimes later, and written off half a year after.
SELECT party_of(number) AS party_id, party_of(number) AS subject_id, 'dpd' AS kind, 'default' AS status,
  90::BIGINT AS days_past_due, cents(4 * bill_amount) AS amount,
  moment_of(default_day, 0) AS happened_at,
  learned(moment_of(default_day, 0.5), chance('default known', number, 0, 0), 12, 50) AS known_at
FROM months
WHERE default_day IS NOT NULL AND is_last = 1
UNION ALL
SELECT party_of(number), party_of(number), 'write_off', 'written_off', 270, cents(3.5 * bill_amount),
  moment_of(default_day + 180, 0), moment_of(default_day + 182, 0)
FROM months
WHERE default_day IS NOT NULL AND is_last = 1 AND chance('written off', number, 0, 0) < 0.6
