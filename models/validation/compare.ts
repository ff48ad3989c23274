import type { Dataset } from '../dataset/dataset.ts';
import {
  auc,
  brier,
  clusteredInterval,
  delongInterval,
  logLoss,
  pairedClustered,
  pairedDelong,
  type AucDifference,
  type AucInterval,
} from '../metrics/index.ts';

/** How intervals of AUC are found: rows of one customer are not independent evidence. */
export type AucMethod = 'DeLong' | 'Obuchowski, by customer';

/** One of two models that are compared, and its PDs of the rows, in their order. */
export interface Contender {
  /** Name or hash, for the report. */
  readonly model: string;
  readonly pd: Float64Array;
}

/** How well one model does on the rows. */
export interface ContenderFigures {
  readonly model: string;
  readonly auc: number;
  readonly logLoss: number;
  readonly brier: number;
}

/** Which model ranks customers better, as far as the rows can tell. */
export type ComparisonVerdict = 'first' | 'second' | 'not enough evidence';

/** Two models on the same rows. */
export interface ModelComparison {
  readonly testSetHash: string;
  readonly sample: { readonly rows: number; readonly bads: number; readonly customers: number | null };
  readonly first: ContenderFigures;
  readonly second: ContenderFigures;
  /** AUC of the first minus AUC of the second, paired, with its 95 % interval; weights do not count in it. */
  readonly difference: AucDifference;
  readonly method: AucMethod;
  readonly verdict: ComparisonVerdict;
}

/**
 * Compares two models by the paired difference of their AUCs on the same rows. One ranks better only where the 95 % interval of the
 * difference leaves zero out; otherwise the rows are not enough evidence. Throws INVALID_INPUT where the rows lack one outcome.
 */
export function compareModels(first: Contender, second: Contender, test: Dataset): ModelComparison {
  const difference = aucDifference(first.pd, second.pd, test);
  return {
    testSetHash: test.hash,
    sample: { rows: test.rows, bads: test.bad.reduce((sum, each) => sum + each, 0), customers: customersOf(test) },
    first: figuresOf(first, test),
    second: figuresOf(second, test),
    difference,
    method: aucMethod(test),
    verdict: difference.low > 0 ? 'first' : difference.high < 0 ? 'second' : 'not enough evidence',
  };
}

/** AUC, log-loss and Brier score of a model on the rows, with their weights. */
export function figuresOf({ model, pd }: Contender, { bad, weight }: Dataset): ContenderFigures {
  return { model, auc: auc(pd, bad, weight), logLoss: logLoss(pd, bad, weight), brier: brier(pd, bad, weight) };
}

/** Customers among the rows, or null where every row is its own. */
export function customersOf({ group }: Pick<Dataset, 'group'>): number | null {
  return group === null ? null : new Set(group).size;
}

/** The customer of each row where some have several rows, else null. */
export function clusterOf(test: Pick<Dataset, 'group' | 'rows'>): Int32Array | null {
  const customers = customersOf(test);
  return customers !== null && customers < test.rows ? test.group : null;
}

export function aucMethod(test: Dataset): AucMethod {
  return clusterOf(test) ? 'Obuchowski, by customer' : 'DeLong';
}

/** AUC with its 95 % interval, by the method that fits the rows. */
export function aucInterval(pd: Float64Array, test: Dataset): AucInterval {
  const cluster = clusterOf(test);
  return cluster ? clusteredInterval(pd, test.bad, cluster) : delongInterval(pd, test.bad);
}

/** AUC of `a` minus AUC of `b` on the same rows with its 95 % interval, by the method that fits the rows. */
export function aucDifference(a: Float64Array, b: Float64Array, test: Dataset): AucDifference {
  const cluster = clusterOf(test);
  return cluster ? pairedClustered(a, b, test.bad, cluster) : pairedDelong(a, b, test.bad);
}
