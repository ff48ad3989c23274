import { ProbityError } from '../../base/errors.ts';
import { seededRandom, shuffled } from '../../base/random.ts';
import type { Dataset } from './dataset.ts';

/**
 * The fold (0 to k - 1) of each row. A customer's rows share a fold; defaults, then rows, are spread as evenly as whole customers
 * allow: customers in seeded order, most defaults first, each to the fold with the fewest so far. The same data and seed give the
 * same assignment. Throws `INVALID_INPUT` where there are fewer customers than folds.
 */
export function groupedFolds(dataset: Pick<Dataset, 'rows' | 'bad' | 'group'>, k: number, seed: number): Int32Array {
  const { bad, group, rows } = dataset;
  const customerOf = (row: number): number => (group === null ? row : (group[row] as number));
  const customers = new Map<number, { rows: number; bads: number }>();
  for (let row = 0; row < rows; row++) {
    const customer = customers.get(customerOf(row)) ?? { rows: 0, bads: 0 };
    customer.rows++;
    customer.bads += bad[row] as number;
    customers.set(customerOf(row), customer);
  }
  if (!Number.isInteger(k) || k < 2 || customers.size < k) {
    throw new ProbityError('INVALID_INPUT', `${customers.size} customers cannot be split into ${k} folds.`, {
      fix: 'Use at least 2 folds, and at least as many customers as folds.',
    });
  }
  const order = shuffled([...customers], seededRandom(`folds/${seed}`));
  order.sort(([, a], [, b]) => b.bads - a.bads || b.rows - a.rows);
  const load = Array.from({ length: k }, () => ({ rows: 0, bads: 0 }));
  const foldOf = new Map<number, number>();
  for (const [customer, count] of order) {
    let best = 0;
    for (let fold = 1; fold < k; fold++) {
      const candidate = load[fold] as { rows: number; bads: number };
      const current = load[best] as { rows: number; bads: number };
      const fewerBads = count.bads > 0 ? candidate.bads - current.bads : 0;
      if (fewerBads < 0 || (fewerBads === 0 && candidate.rows < current.rows)) best = fold;
    }
    foldOf.set(customer, best);
    const chosen = load[best] as { rows: number; bads: number };
    chosen.rows += count.rows;
    chosen.bads += count.bads;
  }
  return Int32Array.from({ length: rows }, (_, row) => foldOf.get(customerOf(row)) as number);
}
