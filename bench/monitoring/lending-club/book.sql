-- One row a loan, in the order of the file. vintage and default_month count months from January of the year 0, so that twelve more are a year more.
-- default_month: the file has no date of default. A loan that was charged off stopped paying with its last payment (or never began: with its issue), and is
-- said to have defaulted a fixed lag later. last_pymnt_d and loan_status serve this alone; what was written after the grant is no feature.
CREATE TABLE book AS
WITH loan AS (
  SELECT *, 12 * year(issue_d) + month(issue_d) - 1 AS vintage, coalesce(last_pymnt_d, issue_d) AS paid_until
  FROM source
)
SELECT row_number() OVER () AS loan, strftime(issue_d, '%Y-%m-%d') AS issue_d, vintage,
  CASE WHEN loan_status LIKE '%Charged Off' THEN 12 * year(paid_until) + month(paid_until) - 1 + getvariable('lag') END AS default_month,
  loan_amnt, term, emp_length, home_ownership, annual_inc, verification_status, purpose, addr_state, dti, delinq_2yrs, inq_last_6mths,
  mths_since_last_delinq, mths_since_last_record, open_acc, pub_rec, revol_bal, revol_util, total_acc, pub_rec_bankruptcies,
  date_diff('month', earliest_cr_line, issue_d) AS months_since_first_credit
FROM loan
