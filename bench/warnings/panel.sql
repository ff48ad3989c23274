-- One row an account and month in which a warning would count: nothing worse than 59 days past due so far (STATUS 0, 1, C or X), months aligned per account
-- by their place before the extract. bad: the first STATUS of 2 or more comes 2 to 12 months later. A row one month before it is neither: a warning then is
-- less than 60 days ahead. Other rows count as good once 12 months were seen after them, or the account was paid off by its last month.
-- Features read this month and earlier ones alone.
CREATE TABLE panel AS
WITH month AS (
  SELECT ID AS account, MONTHS_BALANCE AS month, STATUS AS status,
    STATUS IN ('2', '3', '4', '5') AS is_default, STATUS = '1' AS late_30, STATUS = '0' AS late_1
  FROM status
), fate AS (
  SELECT account, min(month) FILTER (is_default) AS default_month, max(month) AS last_month, min(month) AS first_month,
    arg_max(status, month) AS last_status
  FROM month GROUP BY account
), history AS (
  SELECT account, month, status,
    count(*) OVER past AS months_on_book,
    count_if(late_30) OVER last_3 AS late_30_last_3,
    count_if(late_30) OVER last_6 AS late_30_last_6,
    count_if(late_30) OVER past AS late_30_ever,
    count_if(late_1) OVER last_3 AS late_1_last_3,
    count_if(late_1) OVER last_12 AS late_1_last_12,
    month - max(month) FILTER (late_30) OVER past AS months_since_late_30,
    lag(status) OVER past AS status_before
  FROM month
  WINDOW past AS (PARTITION BY account ORDER BY month),
    last_3 AS (PARTITION BY account ORDER BY month ROWS 2 PRECEDING),
    last_6 AS (PARTITION BY account ORDER BY month ROWS 5 PRECEDING),
    last_12 AS (PARTITION BY account ORDER BY month ROWS 11 PRECEDING)
), applicant AS (
  -- Some ids repeat; accounts with the same details are of one customer.
  SELECT ID AS account, any_value(AMT_INCOME_TOTAL) AS income, any_value(NAME_INCOME_TYPE) AS income_type,
    any_value(NAME_EDUCATION_TYPE) AS education, any_value(NAME_HOUSING_TYPE) AS housing, any_value(OCCUPATION_TYPE) AS occupation,
    CASE WHEN any_value(DAYS_EMPLOYED) < 0 THEN -any_value(DAYS_EMPLOYED) END AS days_employed,
    any_value(FLAG_OWN_CAR) AS car, any_value(FLAG_OWN_REALTY) AS realty,
    hash(any_value(CODE_GENDER), any_value(DAYS_BIRTH), any_value(DAYS_EMPLOYED), any_value(AMT_INCOME_TOTAL), any_value(OCCUPATION_TYPE))::VARCHAR AS customer
  FROM application GROUP BY ID
), owned AS (
  SELECT m.*, coalesce(a.customer, 'account ' || m.account) AS customer FROM month m LEFT JOIN applicant a USING (account)
), together AS (
  -- What all accounts of a customer showed in a month, and up to it.
  SELECT customer, month, count(*) AS accounts, count_if(late_30) AS late_30, count_if(is_default) AS in_default FROM owned GROUP BY customer, month
), by_customer AS (
  SELECT customer, month, accounts, late_30 AS late_30_now, in_default AS in_default_now,
    sum(late_30) OVER (PARTITION BY customer ORDER BY month RANGE 5 PRECEDING) AS late_30_6,
    sum(in_default) OVER (PARTITION BY customer ORDER BY month) AS in_default_ever
  FROM together
)
SELECT h.*, f.default_month, c.accounts AS accounts_of_customer, c.late_30_now - (h.status = '1')::INTEGER AS others_late_30,
  c.late_30_6 - h.late_30_last_6 AS others_late_30_last_6, c.in_default_now AS others_in_default, c.in_default_ever AS others_default_months, c.customer,
  a.income, a.income_type, a.education, a.housing, a.occupation, a.days_employed, a.car, a.realty,
  CASE WHEN f.default_month - h.month BETWEEN 2 AND 12 THEN 1
    WHEN f.default_month - h.month = 1 THEN NULL
    WHEN f.last_month >= h.month + 12 OR f.default_month IS NOT NULL OR f.last_status = 'C' THEN 0 END AS bad
FROM history h JOIN fate f USING (account) JOIN owned o ON o.account = h.account AND o.month = h.month
  JOIN by_customer c ON c.customer = o.customer AND c.month = h.month LEFT JOIN applicant a ON a.account = h.account
WHERE h.status IN ('0', '1', 'C', 'X') AND (f.default_month IS NULL OR h.month < f.default_month)
