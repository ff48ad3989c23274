import { normalCdf, normalQuantile } from './normal.ts';
import type { Bounded } from './proportions.ts';

/** Standard error of an AUC by Hanley and McNeil (1982) with Newcombe's (2006) symmetric sample sizes: never 0 within (0, 1). */
export function hanleyMcNeil(auc: number, bads: number, goods: number): number {
  const half = (bads + goods) / 2 - 1;
  const inner = 1 + half * ((1 - auc) / (2 - auc) + auc / (1 + auc));
  return Math.sqrt(Math.max(0, (auc * (1 - auc) * inner) / (bads * goods)));
}

/**
 * Score interval of an AUC (Newcombe 2006, method 5): the areas at which the observed one is not surprising. Unlike DeLong's it has
 * width where few rows are separated perfectly.
 */
export function newcombeInterval(auc: number, bads: number, goods: number, level = 0.95): Bounded {
  const z = normalQuantile(0.5 + level / 2);
  const bound = (outer: number): number => {
    let inside = auc;
    let outside = outer;
    for (let i = 0; i < 100; i++) {
      const middle = (inside + outside) / 2;
      if (Math.abs(auc - middle) <= z * hanleyMcNeil(middle, bads, goods)) inside = middle;
      else outside = middle;
    }
    return inside;
  };
  return { value: auc, low: bound(0), high: bound(1) };
}

/** One-sided test that an AUC is no lower than the one at development, which is taken as exact (European Central Bank 2019, 2.5). */
export function aucDecline(
  initial: number,
  current: { readonly auc: number; readonly standardError: number },
): { readonly z: number; readonly pValue: number } | null {
  if (!(current.standardError > 0)) return null;
  const z = (initial - current.auc) / current.standardError;
  return { z, pValue: normalCdf(-z) };
}
