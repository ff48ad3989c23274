import { betaCdf, binomialTail } from './beta.ts';
import { jeffreysInterval, type Bounded } from './proportions.ts';

/** Rows of one grade, with their mean PD. */
export interface GradeCount {
  readonly rows: number;
  readonly bads: number;
  readonly meanPd: number;
}

/** Whether the PD of a grade is too low for the defaults that came. Small p-values speak against the PD. */
export interface GradeTest {
  /** Posterior probability that the default rate is at most the PD, from the Jeffreys prior (European Central Bank 2019, 2.5.3). */
  readonly jeffreysP: number;
  /** Probability of at least so many defaults if the PD were true. */
  readonly binomialP: number;
  readonly badRate: Bounded;
  /** Smallest default rate above the PD that the one-sided 5 % binomial test finds with probability 0.8; null: none up to 1. */
  readonly detectableRate: number | null;
  /** Probability that this test finds a default rate of one and a half times the PD. */
  readonly power: number;
}

/** Jeffreys and binomial test of one grade, one-sided against a PD that is too low; both take defaults as independent. */
export function gradeTest({ rows, bads, meanPd }: GradeCount): GradeTest {
  return {
    jeffreysP: betaCdf(meanPd, bads + 0.5, rows - bads + 0.5),
    binomialP: binomialTail(bads, rows, meanPd),
    badRate: jeffreysInterval(bads, rows),
    detectableRate: detectableRate(rows, meanPd),
    power: binomialPower(rows, meanPd, Math.min(1, 1.5 * meanPd)),
  };
}

/** Smallest count of defaults that a one-sided binomial test of `pd` on `n` rows rejects; n + 1 where none does. */
export function criticalCount(n: number, pd: number, level = 0.05): number {
  let low = 0;
  let high = n + 1;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (binomialTail(middle, n, pd) <= level) high = middle;
    else low = middle;
  }
  return high;
}

/** Probability that the one-sided binomial test of `pd` on `n` rows rejects where the default rate is `rate`. */
export function binomialPower(n: number, pd: number, rate: number, level = 0.05): number {
  return binomialTail(criticalCount(n, pd, level), n, rate);
}

/** Smallest default rate above `pd` that the one-sided binomial test on `n` rows finds with probability `power`, or null. */
export function detectableRate(n: number, pd: number, level = 0.05, power = 0.8): number | null {
  const critical = criticalCount(n, pd, level);
  if (critical > n) return null;
  let low = pd;
  let high = 1;
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (binomialTail(critical, n, middle) < power) low = middle;
    else high = middle;
  }
  return high;
}
