import type { Random } from '../base/random.ts';
import type { Customer } from './customer.ts';
import type { CycleState } from './macro.ts';
import {
  DEFAULT_AT,
  RECOVERY_PROBABILITY,
  catchUpProbability,
  collapseProbability,
  firstLatent,
  missLogOdds,
  missProbability,
  moveLatent,
  shockProbability,
  type Latent,
} from './process.ts';

const DAY = 86_400_000;
/** Days that an unpaid obligation is open when its customer defaults. */
export const DEFAULT_DAYS = 90;

/** What can be seen of one customer in one month. Money in whole cents; days since 1970; NaN where there is none. */
export interface Month {
  readonly month: number;
  /** Income: 0 usual, 1 in a shock, 2 collapsed. */
  readonly shock: number;
  readonly inflow: number;
  readonly balanceBefore: number;
  readonly balance: number;
  readonly outgoings: number;
  readonly billAmount: number;
  readonly issuedDay: number;
  readonly dueDay: number;
  readonly limit: number;
  readonly drawn: number;
  readonly instalment: number;
  readonly outsideDebt: number;
  readonly logins: number;
  readonly complaints: number;
  readonly failedPayments: number;
  readonly detailChanges: number;
  readonly cancelled: number;
  readonly returned: number;
  readonly reminders: number;
  readonly bureauScore: number;
  readonly enquiries: number;
  readonly pastDefaults: number;
  /** Yearly accounts, as ratios: equity to assets, current ratio, operating margin, interest share of revenue; NaN in other months. */
  readonly equityRatio: number;
  readonly currentRatio: number;
  readonly margin: number;
  readonly interestShare: number;
  readonly revenue: number;
}

/** How one month's bill was settled: the days of a first part and of the rest (NaN: not within the history). */
export interface Settlement {
  readonly month: number;
  partDay: number;
  paidDay: number;
}

export interface History {
  readonly months: readonly Month[];
  readonly settlements: readonly Settlement[];
  /** Day of default, or NaN. */
  readonly defaultDay: number;
}

/** The latent truth at the start of a month, offered before that month is drawn. */
export type Witness = (month: number, state: Latent, arrears: number, cycle: CycleState) => void;

/** Draws a customer's history over the months from joining to default or the end; `firstDays[t]` is the first day of month t. */
export function drawHistory(
  customer: Customer,
  cycle: readonly CycleState[],
  firstDays: readonly number[],
  random: Random,
  witness: Witness,
): History {
  const state = firstLatent(customer, random.normal(), random.normal());
  const months: Month[] = [];
  const settlements: Settlement[] = [];
  const open: Settlement[] = [];
  const scale = scaleOf(customer, random);
  let balance = Math.round(customer.income * 40 * Math.exp(0.2 * random.normal()));
  let score = Number.NaN;
  let nextReport = Math.max(customer.joined, 0) + random.integer(4);
  const warmUp = 18;
  const first = Math.max(customer.joined, 0);
  for (let month = first - warmUp; month < cycle.length; month++) {
    const now = cycle[Math.max(month, 0)] as CycleState;
    if (month > first) witness(month, state, open.length, cycle[month - 1] as CycleState);
    advanceShock(customer, state, now.now, random, month < first);
    moveLatent(customer, state, now.now, random.normal(), random.normal(), random.normal(), random.normal());
    if (month < first) continue;

    const firstDay = firstDays[month] as number;
    const monthOfYear = new Date(firstDay * DAY).getUTCMonth();
    const dueDay = firstDay + customer.dueDay - 1;
    const logOdds = missLogOdds(state, monthOfYear);
    const missed = random.uniform() < missProbability(logOdds, open.length, state.shock === 2);
    const settlement: Settlement = { month, partDay: Number.NaN, paidDay: Number.NaN };
    const arrearsBefore = open.length;
    settlements.push(settlement);
    open.push(settlement);
    if (!missed) {
      const paidOn = dueDay + daysLate(state, random);
      const all = arrearsBefore === 0 || random.uniform() < catchUpProbability(state);
      for (const paid of all ? open.splice(0) : open.splice(0, 1)) paid.paidDay = paidOn;
    } else if (random.uniform() < 0.25 && state.shock < 2) {
      settlement.partDay = dueDay + random.integer(20);
    }

    const report = customer.hasBureau && month >= nextReport;
    if (report) {
      score = bureauScore(state, open.length, random);
      nextReport = month + 1 + random.integer(3);
    }
    const seen = observe(customer, scale, state, open.length, balance, now.now, monthOfYear, random);
    balance = seen.balance;
    months.push({
      ...seen,
      month,
      dueDay,
      issuedDay: dueDay - scale.termDays,
      bureauScore: report ? score : Number.NaN,
      enquiries: poisson(Math.exp(0.1 - 0.3 * state.liquidity + 0.3 * state.debt), random),
      pastDefaults: poisson(Math.exp(-2.3 - 0.8 * state.willingness), random),
    });
    if (open.length >= DEFAULT_AT) {
      const oldest = open[0] as Settlement;
      const oldestDue = (firstDays[oldest.month] as number) + customer.dueDay - 1;
      return { months, settlements, defaultDay: oldestDue + DEFAULT_DAYS };
    }
  }
  return { months, settlements, defaultDay: Number.NaN };
}

function advanceShock(customer: Customer, state: Latent, cycle: number, random: Random, warmingUp: boolean): void {
  const fall = random.uniform();
  const luck = random.uniform();
  if (state.shock === 2) return;
  if (!warmingUp && fall < collapseProbability(customer, state, cycle)) state.shock = 2;
  else if (state.shock === 0) state.shock = luck < shockProbability(customer, state, cycle) ? 1 : 0;
  else if (luck < RECOVERY_PROBABILITY) state.shock = 0;
}

interface Scale {
  readonly billShare: number;
  readonly limitShare: number;
  readonly termDays: number;
  readonly outgoings: number;
}

function scaleOf(customer: Customer, random: Random): Scale {
  return {
    billShare: (customer.company ? 0.08 : 0.06) * Math.exp(0.4 * random.normal()),
    limitShare: 1.2 * Math.exp(0.35 * random.normal()),
    termDays: customer.company ? ([14, 30, 30, 60][random.integer(4)] as number) : 14,
    outgoings: customer.company ? 6 : 5,
  };
}

function daysLate(state: Latent, random: Random): number {
  const onTime = 1 / (1 + Math.exp(-(0.8 + 1.3 * state.willingness + 0.6 * state.liquidity)));
  if (random.uniform() < onTime) return -random.integer(6);
  const late = Math.exp(1.7 - 0.6 * state.willingness - 0.3 * state.liquidity + 0.35 * random.normal());
  return Math.min(27, 1 + Math.floor(late));
}

function bureauScore(state: Latent, arrears: number, random: Random): number {
  const strength =
    0.2 * state.liquidity +
    0.9 * state.solvency +
    0.35 * state.willingness -
    0.45 * state.debt -
    0.6 * Math.min(state.shock, 1);
  return Math.round(Math.min(850, Math.max(300, 620 + 60 * strength - 50 * arrears + 10 * random.normal())));
}

function observe(
  customer: Customer,
  scale: Scale,
  state: Latent,
  arrears: number,
  balanceBefore: number,
  cycle: number,
  monthOfYear: number,
  random: Random,
) {
  const season = monthOfYear === 11 ? 1.25 : monthOfYear === 0 ? 0.9 : customer.company && monthOfYear === 1 ? 0.8 : 1;
  const shocked = state.shock === 0 ? 1 : state.shock === 1 ? 0.5 : 0.12;
  const swing = customer.company
    ? Math.exp(0.12 * customer.loading * cycle + 0.12 * random.normal()) * season
    : Math.exp(0.04 * random.normal());
  const income = customer.income * swing * shocked;
  const target =
    customer.income *
      (0.5 + 0.42 * state.liquidity + 0.1 * Math.max(0, state.liquidity) ** 2 + 0.06 * random.normal()) -
    (monthOfYear === 11 ? 0.08 * customer.income : 0);
  const balance = Math.round(100 * Math.max(target, -1.2 * customer.income));
  const spending = Math.max(0.25 * customer.income, income - (balance - balanceBefore) / 100);
  const inflow = Math.round(100 * spending) + balance - balanceBefore;
  const utilisation = 1 / (1 + Math.exp(-(-0.2 + 0.45 * state.debt - 1.1 * state.liquidity + 0.1 * random.normal())));
  const limit = Math.round(customer.income * scale.limitShare) * 100;
  const stress = -0.5 * state.liquidity - 0.4 * state.willingness;
  const yearly = customer.hasStatements && monthOfYear === 11;
  const noise = (): number => random.normal();
  return {
    shock: state.shock,
    inflow,
    balanceBefore,
    balance,
    outgoings: Math.max(1, poisson(scale.outgoings * season, random)),
    billAmount: Math.round(100 * customer.income * scale.billShare * season * Math.exp(0.15 * random.normal())),
    limit,
    drawn: Math.round(limit * utilisation),
    instalment: Math.round(100 * customer.income * 0.12 * Math.exp(0.5 * state.debt)),
    outsideDebt: Math.round(100 * customer.income * 4 * Math.exp(0.65 * state.debt + 0.1 * random.normal())),
    logins: state.shock === 2 ? 0 : poisson(Math.exp(1.4 + 0.15 * stress + (state.shock === 1 ? 1 : 0)), random),
    complaints: poisson(Math.exp(-4.2 + 0.7 * stress + (state.shock > 0 ? 0.5 : 0)), random),
    failedPayments: poisson(Math.exp(-3.4 - 1.1 * state.liquidity + 0.6 * state.shock), random),
    detailChanges: poisson(state.shock > 0 ? 0.12 : 0.015, random),
    cancelled: poisson(Math.exp(-3.2 + 0.8 * stress + (state.shock > 0 ? 1 : 0)), random),
    returned: poisson(Math.exp(-3.1 - 0.4 * state.willingness), random),
    reminders: arrears > 0 ? 1 : 0,
    equityRatio: yearly ? 0.35 + 0.13 * state.solvency - 0.06 * state.debt + 0.04 * noise() : Number.NaN,
    currentRatio: yearly ? Math.exp(0.35 + 0.28 * state.liquidity + 0.1 * noise()) : Number.NaN,
    margin: yearly ? 0.07 + 0.05 * state.solvency + 0.02 * customer.loading * cycle + 0.02 * noise() : Number.NaN,
    interestShare: yearly ? 0.015 * Math.exp(0.5 * state.debt + 0.2 * noise()) : Number.NaN,
    revenue: yearly
      ? Math.round(1200 * customer.income * Math.exp(0.08 * customer.loading * cycle + 0.05 * noise()))
      : Number.NaN,
  };
}

/** A Poisson number by inversion; for small means. */
function poisson(mean: number, random: Random): number {
  let probability = Math.exp(-mean);
  let left = random.uniform() - probability;
  let count = 0;
  while (left >= 0 && count < 60) {
    count++;
    probability *= mean / count;
    left -= probability;
  }
  return count;
}
