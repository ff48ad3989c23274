SELECT numbered('R', number, month, 0) AS report_id, party_of(number) AS party_id, 'national_bureau' AS provider,
  moment_of(first_day + 10, 0.5) AS pulled_at, 270::BIGINT AS valid_days,
  bureau_score AS score, 300.0::DOUBLE AS score_min, 850.0::DOUBLE AS score_max,
  enquiries::BIGINT AS enquiries, past_defaults::BIGINT AS defaults,
  moment_of(first_day + 10, 0.5) AS happened_at, moment_of(first_day + 10, 0.51) AS known_at
FROM months
WHERE bureau_score IS NOT NULL
