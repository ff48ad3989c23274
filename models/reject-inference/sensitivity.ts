import { fitPlainLogistic, predictLogistic } from '../benchmark/index.ts';
import type { CategoryColumn, Dataset, FeatureColumn, FeatureMatrix } from '../dataset/dataset.ts';
import { makeDataset } from '../dataset/make.ts';
import { auc, logLoss } from '../metrics/index.ts';
import { fuzzyOutcomes, parcelledOutcomes } from './outcomes.ts';

/** What a logistic regression becomes where rejected applications are given outcomes in one way. */
export interface RejectScenario {
  readonly method: 'accepted only' | 'fuzzy augmentation' | 'parcelling';
  /** How many times the odds of default of rejected applications are taken to be those of accepted ones that look alike. */
  readonly factor: number | null;
  /** On the accepted test rows: nothing is known of what the rejected ones would have done. */
  readonly auc: number;
  readonly logLoss: number;
  readonly meanPdTest: number;
  readonly meanPdRejected: number;
  /** Share of the test rows that change sides where the safest four fifths are approved. */
  readonly changedDecisions: number;
}

export interface RejectSensitivity {
  readonly accepted: number;
  readonly rejected: number;
  readonly scenarios: readonly RejectScenario[];
}

/**
 * How much assumptions on rejected applications move a model: a plain logistic regression fitted on accepted rows alone, and with the
 * rejected ones by fuzzy augmentation and by parcelling, for several factors. No data tell which factor is right.
 */
export function rejectSensitivity(
  accepted: Dataset,
  rejected: FeatureMatrix,
  test: Dataset,
  options: { readonly seed?: number; readonly factors?: readonly number[] } = {},
): RejectSensitivity {
  const { seed = 1, factors = [1, 1.5, 2, 4] } = options;
  const base = fitPlainLogistic(accepted);
  const pd = { accepted: predictLogistic(base, accepted), rejected: predictLogistic(base, rejected) };
  const reference = approvals(predictLogistic(base, test));
  const measure = (method: RejectScenario['method'], factor: number | null, model = base): RejectScenario => {
    const tested = predictLogistic(model, test);
    const decided = approvals(tested);
    return {
      method,
      factor,
      auc: auc(tested, test.bad, test.weight),
      logLoss: logLoss(tested, test.bad, test.weight),
      meanPdTest: mean(tested),
      meanPdRejected: mean(predictLogistic(model, rejected)),
      changedDecisions: mean(decided.map((each, row) => (each === reference[row] ? 0 : 1))),
    };
  };
  const refit = (outcomes: ArrayLike<number>) => {
    const joined = joinRows(accepted, rejected);
    return fitPlainLogistic(joined, [...accepted.bad, ...Array.from(outcomes)], base.design);
  };
  return {
    accepted: accepted.rows,
    rejected: rejected.rows,
    scenarios: [
      measure('accepted only', null),
      ...factors.map((factor) => measure('fuzzy augmentation', factor, refit(fuzzyOutcomes(pd.rejected, factor)))),
      ...factors.map((factor) => {
        const known = { pd: pd.accepted, bad: accepted.bad };
        return measure('parcelling', factor, refit(parcelledOutcomes(known, pd.rejected, factor, seed)));
      }),
    ],
  };
}

function mean(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return sum / values.length;
}

/** 1 where a row is among the safest four fifths. */
function approvals(pd: Float64Array): Uint8Array {
  const cutoff = pd.toSorted()[Math.min(pd.length - 1, Math.ceil(0.8 * pd.length))]!;
  return Uint8Array.from(pd, (p) => (p < cutoff ? 1 : 0));
}

/** Accepted rows, then rejected ones (whose outcome is not known: 0), for a fit that is given outcomes of its own. */
function joinRows(accepted: Dataset, rejected: FeatureMatrix): Dataset {
  const rows = accepted.rows + rejected.rows;
  const byName = new Map(rejected.columns.map((column) => [column.name, column]));
  return makeDataset({
    rows,
    columns: accepted.columns.map((column) => joinColumn(column, byName.get(column.name), rejected.rows)),
    features: accepted.features,
    bad: Uint8Array.from({ length: rows }, (_, row) => accepted.bad[row] ?? 0),
    weight: accepted.weight && Float64Array.from({ length: rows }, (_, row) => accepted.weight?.[row] ?? 1),
    group: null,
    time: null,
    ids: Array.from({ length: rows }, (_, row) => String(row)),
  });
}

function joinColumn(column: FeatureColumn, other: FeatureColumn | undefined, more: number): FeatureColumn {
  if (column.kind === 'number') {
    const values = other?.kind === 'number' ? other.values : new Float64Array(more).fill(Number.NaN);
    return { ...column, values: Float64Array.from([...column.values, ...values]) };
  }
  const levels = [...column.levels];
  const added: CategoryColumn | null = other?.kind === 'category' ? other : null;
  const codeOf = added?.levels.map((level) => {
    const known = levels.indexOf(level);
    return known >= 0 ? known : levels.push(level) - 1;
  });
  const codes = Array.from({ length: more }, (_, row) =>
    added && added.codes[row]! >= 0 ? codeOf![added.codes[row]!]! : -1,
  );
  return { ...column, levels, codes: Int32Array.from([...column.codes, ...codes]) };
}
