import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BOOK, COMPANY, PERSON } from '../../test/support/golden-book.ts';
import { insertRaw, rawDatabase, rowsOf } from '../../test/support/raw-fixture.ts';
import { loadViews } from '../views/index.ts';
import { computeFeatures } from './index.ts';

let database: Awaited<ReturnType<typeof rawDatabase>>;
let features: Record<string, unknown>;
let empty: Record<string, unknown>;

beforeAll(async () => {
  database = await rawDatabase();
  await insertRaw(database.connection, BOOK);
  await computeFeatures(database.connection, {
    views: await loadViews(),
    asked: `(SELECT unnest(['${COMPANY}', '${PERSON}']) AS party_id, TIMESTAMP '2025-07-01' AS as_of)`,
    into: 'features_wide',
  });
  const rows = await rowsOf(database.connection, 'features_wide');
  features = rows.find((each) => each['party_id'] === COMPANY) ?? {};
  empty = rows.find((each) => each['party_id'] === PERSON) ?? {};
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
    company_years: 9,
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
      PERSON,
      '2025-07-01 00:00:00',
      'person',
      'retail',
      181,
    ]);
    expect(Object.entries(rest).filter(([, value]) => value !== null)).toEqual([['market_unemployment', 5]]);
  });
});
