import type { Customer } from './customer.ts';

/**
 * The latent state of a customer at the end of a month. Default is an event of cash flows: a customer whose money or will runs short
 * misses the month's obligation; one whose oldest obligation stays open for 90 days defaults.
 */
export interface Latent {
  /** Slow strength: assets over debts. */
  solvency: number;
  /** Fast strength: money at hand in months of obligations, standardised. */
  liquidity: number;
  /** Debt service against income, standardised. */
  debt: number;
  /** Willingness to pay, standardised. */
  willingness: number;
  /** 0: usual income; 1: an income shock (job or key account lost); 2: collapse (fraud, closure): nothing is paid from now on. */
  shock: number;
}

/** Obligations missed in a row that make a default: the oldest is then 90 days past due. */
export const DEFAULT_AT = 4;

/** Probability that the month after a usual one brings an income shock. */
export function shockProbability(customer: Customer, state: Latent, cycle: number): number {
  return Math.min(0.4, 0.011 * Math.exp(-0.5 * customer.loading * cycle - 0.4 * state.solvency));
}

export const RECOVERY_PROBABILITY = 0.14;

/** Probability of a collapse in the next month, from usual income or from an income shock. */
export function collapseProbability(customer: Customer, state: Latent, cycle: number): number {
  const base = state.shock === 1 ? 0.005 : 0.0009;
  return Math.min(0.2, base * Math.exp(-0.6 * state.solvency - 0.4 * customer.loading * cycle));
}

/** Moves solvency, debt, willingness and liquidity on by a month, in place, given four standard normal shocks; `state.shock` is this month's already. */
export function moveLatent(
  customer: Customer,
  state: Latent,
  cycle: number,
  e1: number,
  e2: number,
  e3: number,
  e4: number,
): void {
  state.solvency += 0.03 * (customer.solvencyMean - state.solvency) + 0.09 * e1 - (state.shock > 0 ? 0.04 : 0);
  state.debt += 0.04 * (customer.debtMean - state.debt) + 0.07 * e3 - 0.02 * state.liquidity;
  state.willingness += 0.05 * (customer.willingness - state.willingness) + 0.07 * e4;
  const target = 0.35 + 0.95 * state.solvency - 0.45 * state.debt + 0.28 * customer.loading * cycle;
  const drain = state.shock === 0 ? 0 : state.shock === 1 ? 0.15 : 0.6;
  state.liquidity += 0.2 * (target - state.liquidity) + 0.34 * e2 - drain;
}

/** Log-odds of missing this month's obligation, beside the arrears that stand already. */
export function missLogOdds(state: Latent, monthOfYear: number): number {
  const thin = Math.max(0, -state.liquidity);
  return (
    -3.55 -
    0.85 * state.liquidity -
    0.6 * state.willingness +
    0.35 * state.debt +
    0.35 * thin * Math.max(0, state.debt) +
    0.3 * thin * Math.max(0, -state.willingness) +
    (state.shock === 1 ? 0.5 : 0) +
    (monthOfYear === 0 || monthOfYear === 1 ? 0.25 : 0)
  );
}

/** Probability of missing, with `arrears` (0 to 3) obligations open and past due; a collapsed customer misses for certain. */
export function missProbability(logOdds: number, arrears: number, collapsed: boolean): number {
  return collapsed ? 1 : 1 / (1 + Math.exp(-(logOdds + 0.75 * arrears)));
}

/** Probability that a customer in arrears who pays this month pays all that is open; else the oldest is paid and arrears stay. */
export function catchUpProbability(state: Latent): number {
  return 1 / (1 + Math.exp(-(0.4 + 0.7 * state.liquidity + 0.3 * state.willingness)));
}

/** The state that a customer's history starts from. */
export function firstLatent(customer: Customer, e1: number, e2: number): Latent {
  const solvency = customer.solvencyMean + 0.35 * e1;
  return {
    solvency,
    liquidity: 0.35 + 0.95 * solvency - 0.45 * customer.debtMean + 0.4 * e2,
    debt: customer.debtMean,
    willingness: customer.willingness,
    shock: 0,
  };
}
