SELECT numbered('M', number, month, topic_no) AS communication_id, party_of(number) AS party_id,
  (['email', 'phone', 'letter', 'message'])[1 + floor(4 * chance('channel', number, month, topic_no))::INTEGER] AS channel,
  CASE WHEN topic_no = 0 THEN 'out' ELSE 'in' END AS direction,
  (['reminder', 'complaint', 'service'])[topic_no + 1] AS topic,
  chance('answered', number, month, topic_no) < CASE WHEN shock = 2 THEN 0.1 ELSE 0.7 END AS answered,
  moment_of(first_day + day, 0.5) AS happened_at,
  moment_of(first_day + day, 0.6) AS known_at
FROM (
  SELECT *, unnest([0, 1, 2]) AS topic_no, unnest([reminders, complaints, CASE WHEN chance('service', number, month, 0) < 0.08 THEN 1 ELSE 0 END]) AS happens,
    floor(28 * chance('communication', number, month, 9)) AS day
  FROM months
)
WHERE happens > 0
