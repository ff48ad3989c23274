import { auc, normalQuantile, placements } from '../../models/metrics/index.ts';

/** The measured rows of several folds, and which of them are the same customer's row seen in several repeats. */
export interface PooledRows {
  readonly folds: readonly { readonly bad: Uint8Array; readonly row: Int32Array }[];
}

/** A figure with its 95 % interval. */
export interface Interval {
  readonly value: number;
  readonly standardError: number;
  readonly low: number;
  readonly high: number;
}

export function interval(value: number, standardError: number): Interval {
  const reach = normalQuantile(0.975) * standardError;
  return { value, standardError, low: value - reach, high: value + reach };
}

/** Numbers the rows of folds by their keys: the same key, the same row. */
export function numberRows(
  folds: readonly { readonly bad: Uint8Array; readonly keys: readonly string[] }[],
): PooledRows {
  const numbers = new Map<string, number>();
  const numberOf = (key: string): number => {
    const known = numbers.get(key) ?? numbers.size;
    numbers.set(key, known);
    return known;
  };
  return { folds: folds.map(({ bad, keys }) => ({ bad, row: Int32Array.from(keys, numberOf) })) };
}

/** A model's AUCs by fold, and what each row contributes to each (DeLong's placements). */
export interface Ranked {
  readonly auc: readonly number[];
  readonly placed: readonly Float64Array[];
}

export function rank(pds: readonly Float64Array[], { folds }: PooledRows): Ranked {
  const both = pds.map((pd, k) => {
    const bad = folds[k]?.bad ?? new Uint8Array();
    return { auc: auc(pd, bad), placed: placements(pd, bad) };
  });
  return { auc: both.map((each) => each.auc), placed: both.map((each) => each.placed) };
}

/**
 * Mean over folds of the AUC of `a` minus that of `b` (null: of `a` alone). DeLong's variance (DeLong et al. 1988), in which what a row
 * contributes is summed over the folds and repeats that measured it (as Obuchowski 1997 does by customer): disjoint folds add as independent
 * evidence, and the same rows split anew are no new rows. On one fold it is DeLong's paired interval. What another draw of training rows
 * would change is not in it, but for what repeats average out.
 */
export function pooledAuc(a: Ranked, b: Ranked | null, { folds }: PooledRows): Interval {
  const value = mean(a.auc) - (b === null ? 0 : mean(b.auc));
  const sums = [new Map<number, number>(), new Map<number, number>()] as const;
  folds.forEach(({ bad, row }, k) => {
    const bads = bad.reduce((sum, each) => sum + each, 0);
    const counts = [bad.length - bads, bads] as const;
    const centre = (a.auc[k] ?? 0) - (b?.auc[k] ?? 0);
    for (let i = 0; i < bad.length; i++) {
      const outcome = bad[i] === 1 ? 1 : 0;
      const apart = (a.placed[k]?.[i] ?? 0) - (b?.placed[k]?.[i] ?? 0) - centre;
      const of = sums[outcome];
      of.set(row[i]!, (of.get(row[i]!) ?? 0) + apart / counts[outcome] / folds.length);
    }
  });
  let variance = 0;
  for (const of of sums) {
    let squares = 0;
    for (const part of of.values()) squares += part * part;
    variance += of.size > 1 ? (squares * of.size) / (of.size - 1) : squares;
  }
  return interval(value, Math.sqrt(variance));
}

/** Mean of independent figures, each with its own interval. */
export function meanOf(figures: readonly Interval[]): Interval {
  const variance = figures.reduce((sum, { standardError }) => sum + standardError * standardError, 0);
  return interval(mean(figures.map(({ value }) => value)), Math.sqrt(variance) / figures.length);
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, each) => sum + each, 0) / values.length;
}

export type Verdict = 'ahead' | 'not behind by more than 0.005' | 'behind' | 'not enough evidence';

/** What an interval of an AUC difference tells: its ends decide, not its middle. */
export function verdictOf({ low, high }: Interval): Verdict {
  if (low > 0) return 'ahead';
  if (low > -0.005) return 'not behind by more than 0.005';
  return high < 0 ? 'behind' : 'not enough evidence';
}
