import type { Sensitivity } from '../metrics/index.ts';

/** Which of two models does better, as far as the rows can tell. */
export type ComparisonVerdict = 'first' | 'second' | 'not enough evidence';

/** What the rows tell of one difference between two models. */
export interface Evidence {
  readonly verdict: ComparisonVerdict;
  /** Why there is not enough evidence: the interval holds zero, or too few customers stand behind it to trust it; null where there is. */
  readonly because: 'interval' | 'few' | null;
  /** What a test on this sample could have found; null where the two do not differ on any of the rows. */
  readonly sensitivity: Sensitivity | null;
}

/** Customers of either outcome, at the least, before a normal interval is believed. */
export const LEAST_OF_EACH = 10;

/**
 * A verdict only where the 95 % interval of first minus second leaves zero out, and at least `LEAST_OF_EACH` customers of either outcome
 * stand behind it: with fewer a normal interval is too short, and a handful of lucky rows would prove a winner.
 */
export function weigh(
  difference: { readonly low: number; readonly high: number },
  behind: { readonly good: number; readonly bad: number },
  sensitivity: Sensitivity | null,
): Evidence {
  const apart = difference.low > 0 ? 'first' : difference.high < 0 ? 'second' : null;
  if (apart === null) return { verdict: 'not enough evidence', because: 'interval', sensitivity };
  const few = Math.min(behind.good, behind.bad) < LEAST_OF_EACH;
  if (few) return { verdict: 'not enough evidence', because: 'few', sensitivity };
  return { verdict: apart, because: null, sensitivity };
}
