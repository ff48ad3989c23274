import { normalCdf } from './normal.ts';

export interface Concentration {
  /** Sum of squared shares: 1 / grades where all are alike, 1 where one holds everything. */
  readonly herfindahl: number;
  /** Coefficient of variation of the shares. */
  readonly variation: number;
  /** 0 where all grades hold alike, 1 where one holds everything: 1 + ln((variation² + 1) / grades) / ln(grades). */
  readonly index: number;
}

/** Concentration of customers in grades (European Central Bank 2019, 2.5.5.3); takes counts by grade, empty grades included. */
export function concentration(counts: readonly number[]): Concentration {
  const total = counts.reduce((sum, each) => sum + each, 0);
  const grades = counts.length;
  const herfindahl = counts.reduce((sum, each) => sum + (each / total) ** 2, 0);
  const variation = Math.sqrt(Math.max(0, grades * herfindahl - 1));
  const index = grades > 1 ? 1 + Math.log((variation ** 2 + 1) / grades) / Math.log(grades) : 1;
  return { herfindahl, variation, index };
}

/** p-value of the hypothesis that concentration has not grown since the initial one; null where all current grades hold alike. */
export function concentrationGrowth(
  initial: Concentration,
  current: Concentration,
  grades: number,
): { readonly z: number; readonly pValue: number } | null {
  const squared = current.variation ** 2;
  const spread = Math.sqrt(squared * (0.5 + squared));
  if (!(spread > 0) || grades < 2) return null;
  const z = (Math.sqrt(grades - 1) * (current.variation - initial.variation)) / spread;
  return { z, pValue: normalCdf(-z) };
}
