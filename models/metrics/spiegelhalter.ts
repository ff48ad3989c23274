import { normalCdf } from './normal.ts';

export interface Spiegelhalter {
  readonly z: number;
  /** Two-sided. */
  readonly pValue: number;
}

/** Spiegelhalter's (1986) test that the Brier score is what PDs that are right would give; takes outcomes as independent. */
export function spiegelhalter(pd: ArrayLike<number>, bad: ArrayLike<number>): Spiegelhalter {
  let sum = 0;
  let variance = 0;
  for (let i = 0; i < pd.length; i++) {
    const p = pd[i]!;
    sum += (bad[i]! - p) * (1 - 2 * p);
    variance += (1 - 2 * p) ** 2 * p * (1 - p);
  }
  const z = variance > 0 ? sum / Math.sqrt(variance) : 0;
  return { z, pValue: Math.min(1, 2 * normalCdf(-Math.abs(z))) };
}
