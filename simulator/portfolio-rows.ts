import type { DuckDBConnection } from '@duckdb/node-api';
import type { Customer } from './customer.ts';
import type { History } from './history.ts';
import { createStage, type Stage } from './stage.ts';

/** Days of a month; `firstDays` holds the first day of each, and of the one after the last. */
export function daysOf(firstDays: readonly number[], month: number): number {
  return (firstDays[month + 1] as number) - (firstDays[month] as number);
}

const CUSTOMER_COLUMNS =
  'number company segment industry region income age female employees has_account joined_day'.split(' ');

/** One customer, in the order of `CUSTOMER_COLUMNS`. */
export function customerRow(c: Customer, joinedDay: number): number[] {
  return [
    c.number,
    +c.company,
    c.segment,
    c.industry,
    c.region,
    c.income,
    c.age,
    +c.female,
    c.employees,
    +c.hasAccount,
    joinedDay,
  ];
}

const MONTH_COLUMNS = (
  'number company has_account has_bureau joined_day salary_day opening month is_first is_last default_day first_day days shock ' +
  'inflow balance_before balance outgoings bill_amount issued_day due_day part_day paid_day credit_limit drawn instalment outside_debt ' +
  'logins complaints failed_payments detail_changes cancelled returned reminders bureau_score enquiries past_defaults ' +
  'equity_ratio current_ratio margin interest_share revenue'
).split(' ');

/** The tables in memory from which `simulator/sql` derives the facts. */
export function createStages(connection: DuckDBConnection) {
  return {
    customers: createStage(connection, 'customers', CUSTOMER_COLUMNS),
    months: createStage(connection, 'months', MONTH_COLUMNS),
    truth: createStage(connection, 'truth', ['number', 'day', 'pd']),
    cycle: createStage(connection, 'cycle', ['month', 'first_day', 'days', 'index']),
  };
}

/** A customer's months, in the order of `MONTH_COLUMNS`. */
export function addMonths(
  stage: Stage,
  customer: Customer,
  joinedDay: number,
  history: History,
  firstDays: readonly number[],
): void {
  const last = history.months.length - 1;
  const opening = history.months[0]?.balanceBefore ?? 0;
  history.months.forEach((m, i) => {
    const settlement = history.settlements[i];
    stage.add(
      customer.number,
      +customer.company,
      +customer.hasAccount,
      +customer.hasBureau,
      joinedDay,
      customer.salaryDay,
      opening,
      m.month,
      +(i === 0),
      +(i === last),
      history.defaultDay,
      firstDays[m.month] as number,
      daysOf(firstDays, m.month),
      m.shock,
      m.inflow,
      m.balanceBefore,
      m.balance,
      m.outgoings,
      m.billAmount,
      Math.max(m.issuedDay, joinedDay),
      m.dueDay,
      settlement?.partDay ?? Number.NaN,
      settlement?.paidDay ?? Number.NaN,
      m.limit,
      m.drawn,
      m.instalment,
      m.outsideDebt,
      m.logins,
      m.complaints,
      m.failedPayments,
      m.detailChanges,
      m.cancelled,
      m.returned,
      m.reminders,
      m.bureauScore,
      m.enquiries,
      m.pastDefaults,
      m.equityRatio,
      m.currentRatio,
      m.margin,
      m.interestShare,
      m.revenue,
    );
  });
}
