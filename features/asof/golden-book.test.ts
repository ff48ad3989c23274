import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { insertRaw, rawDatabase, rowsOf, type RawRow } from '../../test/support/raw-fixture.ts';
import { loadViews } from '../views/index.ts';
import { computeFeatures } from './index.ts';

// A book of two customers, small enough to compute every figure by hand. Observation date: 2025-07-01.
const P = 'company-1';
const Q = 'person-without-facts';
const row = (table: string, happened_at: string, values: RawRow['values'], known_from = happened_at): RawRow => ({
  table,
  values: { party_id: P, happened_at, known_from, ...values },
});
const tx = (
  id: string,
  at: string,
  direction: string,
  amount: number,
  balance: number,
  category = 'other',
  known = at,
) => row('transactions', at, { transaction_id: id, account_id: 'A', direction, amount, balance, category }, known);

const BOOK: readonly RawRow[] = [
  row('parties', '2023-07-01', {
    kind: 'company',
    segment: 'sme',
    industry: 'C10',
    region: 'north',
    born_on: '2015-07-02',
    employees: 12,
  }),
  { table: 'parties', values: { party_id: Q, happened_at: '2025-01-01', kind: 'person', segment: 'retail' } },
  tx('1', '2025-01-02', 'in', 500, 500, 'salary'),
  tx('2', '2025-03-03', 'out', 600, -100, 'cash'),
  tx('3', '2025-03-13', 'in', 400, 300),
  tx('4', '2025-06-11', 'in', 200, 500, 'salary'),
  tx('5', '2025-06-21', 'out', 50, 450, 'cash'),
  tx('6', '2025-06-21', 'out', 150, 300, 'penalty'),
  // Happened before, known after the observation date: must not count.
  tx('7', '2025-06-22', 'out', 999, -999, 'penalty', '2025-07-02'),
  row('invoices', '2025-05-01', { invoice_id: 'I1', issued_on: '2025-05-01', due_on: '2025-05-31', amount: 100 }),
  row('payments', '2025-06-10', { payment_id: 'P1', invoice_id: 'I1', amount: 100 }),
  row('invoices', '2025-05-10', { invoice_id: 'I2', issued_on: '2025-05-10', due_on: '2025-06-09', amount: 300 }),
  row('payments', '2025-06-01', { payment_id: 'P2', invoice_id: 'I2', amount: 100 }),
  row('invoices', '2024-12-01', { invoice_id: 'I3', issued_on: '2024-12-01', due_on: '2024-12-31', amount: 50 }),
  row('payments', '2024-12-31', { payment_id: 'P3', invoice_id: 'I3', amount: 50 }),
  row('invoices', '2025-06-15', { invoice_id: 'I4', issued_on: '2025-06-15', due_on: '2025-07-15', amount: 200 }),
  row('credit_lines', '2025-01-01', {
    credit_line_id: 'L1',
    kind: 'overdraft',
    limit_amount: 1000,
    balance: 200,
    granted_on: '2025-01-01',
    known_until: '2025-06-01',
  }),
  row(
    'credit_lines',
    '2025-01-01',
    {
      credit_line_id: 'L1',
      kind: 'overdraft',
      limit_amount: 1000,
      balance: 960,
      granted_on: '2025-01-01',
    },
    '2025-06-01',
  ),
  row('credit_lines', '2025-01-15', {
    credit_line_id: 'L2',
    kind: 'loan',
    limit_amount: 1200,
    balance: 800,
    instalment: 100,
    term_months: 12,
    granted_on: '2025-01-15',
    ends_on: '2026-01-15',
  }),
  row('payments', '2025-03-15', { payment_id: 'P4', credit_line_id: 'L2', amount: 350 }),
  row('guarantees', '2025-01-15', { guarantee_id: 'G1', kind: 'mortgage', amount: 1080, ends_on: '2026-01-15' }),
  row('liabilities', '2025-02-01', {
    liability_id: 'D1',
    creditor: 'bank-x',
    balance: 300,
    instalment: 30,
    evidence: 'verified',
  }),
  row('liabilities', '2025-02-01', {
    liability_id: 'D2',
    creditor: 'self',
    balance: 800,
    instalment: 100,
    evidence: 'verified',
  }),
  row('liabilities', '2025-02-01', { liability_id: 'D3', creditor: 'bank-y', balance: 100, evidence: 'declared' }),
  row('behaviour_events', '2025-06-30', { event_id: 'E1', kind: 'login' }),
  row('behaviour_events', '2025-06-01', { event_id: 'E2', kind: 'login' }),
  row('behaviour_events', '2025-05-01', { event_id: 'E3', kind: 'failed_payment' }),
  row('communications', '2025-06-05', {
    communication_id: 'M1',
    channel: 'email',
    direction: 'out',
    topic: 'reminder',
    answered: false,
  }),
  row('communications', '2025-06-06', {
    communication_id: 'M2',
    channel: 'phone',
    direction: 'out',
    topic: 'reminder',
    answered: true,
  }),
  row('orders', '2025-06-15', { order_id: 'O1', amount: 200, status: 'delivered' }),
  row('orders', '2025-02-15', { order_id: 'O2', amount: 400, status: 'cancelled' }),
  row('contacts', '2024-01-01', { contact_id: 'K1', kind: 'phone', digest: 'a', known_until: '2025-03-01' }),
  row('contacts', '2024-01-01', { contact_id: 'K1', kind: 'phone', digest: 'b' }, '2025-03-01'),
  row('financial_statements', '2023-12-31', { period_end: '2023-12-31', kind: 'annual', revenue: 1000 }, '2024-05-01'),
  row(
    'financial_statements',
    '2024-12-31',
    {
      period_end: '2024-12-31',
      kind: 'annual',
      audited: true,
      revenue: 1200,
      operating_profit: 120,
      net_profit: 60,
      interest_expense: 0,
      cash: 50,
      current_assets: 400,
      inventory: 100,
      receivables: 120,
      total_assets: 1000,
      current_liabilities: 200,
      total_liabilities: 600,
      equity: 400,
      operating_cash_flow: 90,
    },
    '2025-05-01',
  ),
  row(
    'tax_records',
    '2024-12-31',
    { period_end: '2024-12-31', taxable_income: 70, tax_due: 17, tax_arrears: 5 },
    '2025-04-01',
  ),
  row('bureau_reports', '2025-06-01', {
    report_id: 'B1',
    provider: 'bureau',
    pulled_at: '2025-06-01',
    valid_days: 10,
    score: 600,
    score_min: 300,
    score_max: 900,
    enquiries: 3,
    defaults: 0,
  }),
  ...['*', 'C10'].map((industry): RawRow => ({
    table: 'market_series',
    values: {
      indicator: 'unemployment',
      industry,
      region: '*',
      period: '2025-05-01',
      value: industry === '*' ? 5 : 6.5,
      happened_at: '2025-05-01',
      known_from: '2025-06-10',
    },
  })),
  {
    table: 'market_series',
    values: {
      indicator: 'unemployment',
      industry: 'C10',
      region: '*',
      period: '2024-05-01',
      value: 6,
      happened_at: '2024-05-01',
      known_from: '2024-06-10',
    },
  },
];

let database: Awaited<ReturnType<typeof rawDatabase>>;
let features: Record<string, unknown>;
let empty: Record<string, unknown>;

beforeAll(async () => {
  database = await rawDatabase();
  await insertRaw(database.connection, BOOK);
  await computeFeatures(database.connection, {
    views: await loadViews(),
    asked: `(SELECT unnest(['${P}', '${Q}']) AS party_id, TIMESTAMP '2025-07-01' AS as_of)`,
    into: 'features_wide',
  });
  const rows = await rowsOf(database.connection, 'features_wide');
  features = rows.find((each) => each['party_id'] === P) ?? {};
  empty = rows.find((each) => each['party_id'] === Q) ?? {};
});
afterAll(() => database?.close());

const GOLDEN: { readonly [view: string]: Record<string, unknown> } = {
  transaction_activity: {
    tx_days_since_last: 10,
    tx_count_30d: 3,
    tx_count_90d: 3,
    tx_count_365d: 6,
    tx_active_days_90d: 2,
    tx_inflow_30d: 200,
    tx_inflow_365d: 1100,
    tx_outflow_90d: 200,
    tx_outflow_365d: 800,
    tx_outflow_ratio_90d: 1,
    tx_largest_out_90d: 150,
    tx_cash_share_90d: 0.25,
    tx_penalty_count_365d: 1,
    tx_days_since_penalty: 10,
  },
  balance_stability: {
    // Two bookings on 2025-06-21: the later id stands.
    balance_last: 300,
    balance_lowest_90d: 300,
    balance_lowest_365d: -100,
    balance_mean_90d: 1250 / 3,
    // Bookings 90 to 179 days back: 2025-03-03 (-100) and 2025-03-13 (300); 2025-01-02 is 180 days back.
    balance_trend_180d: 1250 / 3 - 100,
    overdrawn_days_90d: 0,
    overdrawn_days_365d: 10,
    // History of 180 days: six periods, income 200 in the first, 400 in the fourth; 500 lies 180 days back, in the seventh.
    income_monthly_mean: 100,
    income_variation: Math.sqrt(140000 / 6) / 100,
    income_trend: -0.5,
    income_empty_periods: 4,
    salary_share_365d: 700 / 1100,
  },
  payment_discipline: {
    dpd_current: 22,
    dpd_worst_90d: 22,
    dpd_worst_365d: 22,
    overdue_amount: 200,
    overdue_share: 0.5,
    on_time_share_365d: 1 / 3,
    days_late_mean_365d: 32 / 3,
    late_count_90d: 2,
    late_count_365d: 2,
    days_since_last_late: 0,
    part_paid_share_365d: 1 / 3,
    disputed_share_365d: 0,
    invoice_amount_365d: 650,
    payment_days_mean_365d: 35,
  },
  exposure: {
    credit_lines_open: 2,
    credit_limit: 2200,
    credit_drawn: 1760,
    utilisation: 0.8,
    utilisation_change_90d: 0.8 - 1000 / 2200,
    lines_used_up: 1,
    days_since_credit_granted: 167,
    loan_amount: 1200,
    loan_term_months: 12,
    receivables_open: 400,
    collateral_coverage: 0.5,
    contracts_open_amount: null,
  },
  behaviour: {
    logins_30d: 1,
    logins_365d: 2,
    days_since_login: 1,
    event_burst_7d: 13 / 3,
    complaints_365d: 0,
    failed_payments_90d: 1,
    returns_365d: 0,
    details_changed_365d: 1,
    reminders_365d: 2,
    unanswered_share_365d: 0.5,
    orders_365d: 2,
    order_amount_365d: 600,
    orders_trend_180d: -0.5,
    orders_cancelled_share_365d: 0.5,
  },
  profile: {
    party_kind: 'company',
    segment: 'sme',
    industry: 'C10',
    region: 'north',
    age_years: 9,
    employees: 12,
    tenure_days: 731,
    accounts_open: null,
    related_parties: null,
    in_collection: null,
  },
  debt_service: {
    debt_own: 1760,
    debt_outside: 400,
    creditors_outside: 2,
    instalments_monthly: 130,
    debt_service_ratio: 1.3,
    debt_to_income: 21.6,
    debt_declared_share: 0.25,
    loan_instalments_behind: 1.5,
  },
  financial_ratios: {
    statement_age_days: 182,
    statement_audited: true,
    current_ratio: 2,
    quick_ratio: 1.5,
    cash_ratio: 0.25,
    leverage: 0.6,
    equity_negative: false,
    interest_coverage: null,
    return_on_assets: 0.06,
    net_margin: 0.05,
    cash_flow_to_debt: 0.15,
    receivable_days: 36.5,
    revenue: 1200,
    revenue_growth: 1200 / 1000 - 1,
    tax_arrears: 5,
    taxable_income: 70,
  },
  bureau_facts: {
    bureau_score: -1,
    bureau_enquiries: -1,
    bureau_defaults: -1,
    bureau_report_age_days: 30,
    bureau_reports_365d: 1,
  },
  market_conditions: { market_unemployment: 6.5, market_unemployment_change: 0.5, market_gdp_growth: null },
  segment_comparison: { inflow_vs_segment: null, dpd_vs_segment: null },
};

describe('hand-computed values', () => {
  it.each(Object.entries(GOLDEN))('%s', (_view, expected) => {
    const given = Object.fromEntries(Object.keys(expected).map((name) => [name, features[name]]));
    expect(given).toEqual(expected);
  });

  it('are null, never 0, for a customer of whom nothing is known', () => {
    const { party_id, as_of, party_kind, segment, tenure_days, ...rest } = empty;
    expect([party_id, as_of, party_kind, segment, tenure_days]).toEqual([
      Q,
      '2025-07-01 00:00:00',
      'person',
      'retail',
      181,
    ]);
    expect(Object.entries(rest).filter(([, value]) => value !== null)).toEqual([['market_unemployment', 5]]);
  });
});
