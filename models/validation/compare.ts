import type { Dataset } from '../dataset/dataset.ts';
import {
  auc,
  breakEvenPd,
  brier,
  clusteredInterval,
  DEFAULT_PROFIT,
  delongInterval,
  logLoss,
  pairedClustered,
  pairedDelong,
  pairedProfit,
  profitAtCutoff,
  sensitivity,
  type AucDifference,
  type AucInterval,
  type Profit,
  type ProfitDifference,
  type ProfitModel,
} from '../metrics/index.ts';
import { weigh, type ComparisonVerdict, type Evidence } from './evidence.ts';

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

/** What two models' decisions earn on the same rows, both accepting below the break-even PD. */
export interface ProfitComparison extends Evidence {
  readonly model: ProfitModel;
  /** Column whose value is the exposure of a row; null: each counts 1. */
  readonly exposure: string | null;
  /** PD below which an application is accepted: gain / (gain + LGD), found without any outcome. */
  readonly cutoff: number;
  readonly first: Profit;
  readonly second: Profit;
  /** Profit per application of the first minus that of the second, paired, with its 95 % interval. */
  readonly difference: ProfitDifference;
}

/** Two models on the same rows. */
export interface ModelComparison {
  readonly testSetHash: string;
  readonly sample: { readonly rows: number; readonly bads: number; readonly customers: number | null };
  readonly first: ContenderFigures;
  readonly second: ContenderFigures;
  /** AUC of the first minus AUC of the second, paired, with its 95 % interval; weights do not count in it. */
  readonly difference: AucDifference;
  readonly method: AucMethod;
  /** Which ranks customers better. */
  readonly verdict: ComparisonVerdict;
  readonly because: Evidence['because'];
  readonly sensitivity: Evidence['sensitivity'];
  readonly profit: ProfitComparison;
  /** The model that both ranks better and earns more, each proven; else there is not enough evidence that either is truly better. */
  readonly trulyBetter: ComparisonVerdict;
}

/** How profit is counted in a comparison. */
export interface ProfitBasis {
  readonly model?: ProfitModel;
  /** Exposure by row, and the column that it came from. */
  readonly exposure?: { readonly column: string; readonly values: ArrayLike<number> } | null;
}

/** Differences that matter, for stating power: 0.005 of AUC, and 0.1 % of the mean exposure in profit. */
export const MATERIAL = { auc: 0.005, profitShare: 0.001 } as const;

/**
 * Compares two models on the same rows by the paired difference of their AUCs and of what their decisions earn at the break-even PD.
 * Either is answered only where its 95 % interval leaves zero out and enough customers stand behind it; otherwise the rows are not
 * enough evidence, and `sensitivity` says what they could have shown. Throws INVALID_INPUT where the rows lack one outcome.
 */
export function compareModels(
  first: Contender,
  second: Contender,
  test: Dataset,
  basis: ProfitBasis = {},
): ModelComparison {
  const difference = aucDifference(first.pd, second.pd, test);
  const ranking = weigh(difference, outcomesOf(test), sensitivity(difference.standardError, MATERIAL.auc));
  const profit = compareProfit(first, second, test, basis);
  return {
    testSetHash: test.hash,
    sample: { rows: test.rows, bads: test.bad.reduce((sum, each) => sum + each, 0), customers: customersOf(test) },
    first: figuresOf(first, test),
    second: figuresOf(second, test),
    difference,
    method: aucMethod(test),
    ...ranking,
    profit,
    trulyBetter: ranking.verdict === profit.verdict ? ranking.verdict : 'not enough evidence',
  };
}

/** Profit of two models' decisions at the break-even PD, paired, clustered by customer. */
function compareProfit(first: Contender, second: Contender, test: Dataset, basis: ProfitBasis): ProfitComparison {
  const { model = DEFAULT_PROFIT, exposure = null } = basis;
  const rows = { bad: test.bad, weight: test.weight, cluster: clusterOf(test), exposure: exposure?.values ?? null };
  const difference = pairedProfit(first.pd, second.pd, rows, model);
  const mean = exposure === null ? 1 : meanOf(exposure.values, test.weight);
  return {
    model,
    exposure: exposure?.column ?? null,
    cutoff: breakEvenPd(model),
    first: profitAtCutoff(first.pd, rows, model),
    second: profitAtCutoff(second.pd, rows, model),
    difference,
    ...weigh(
      difference,
      difference.decidedOtherwise,
      sensitivity(difference.standardError, MATERIAL.profitShare * mean),
    ),
  };
}

function meanOf(values: ArrayLike<number>, weight: Float64Array | null): number {
  let sum = 0;
  let mass = 0;
  for (let i = 0; i < values.length; i++) {
    sum += (weight?.[i] ?? 1) * values[i]!;
    mass += weight?.[i] ?? 1;
  }
  return sum / mass;
}

/** Customers with a good row, and with a bad one. */
function outcomesOf({ bad, group }: Dataset): { readonly good: number; readonly bad: number } {
  const seen = [new Set<number>(), new Set<number>()] as const;
  bad.forEach((outcome, row) => seen[outcome === 1 ? 1 : 0].add(group?.[row] ?? row));
  return { good: seen[0].size, bad: seen[1].size };
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
