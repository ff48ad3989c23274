import { ProbityError } from '../../base/index.ts';
import type { FeatureDeclaration, FlatSpec, ObservedAge } from '../../features/specs/flat-spec.ts';
import type { Dataset } from '../dataset/dataset.ts';
import { loadFlat, type FlatData } from '../dataset/flat.ts';
import { makeDataset } from '../dataset/make.ts';

/** How the observation of a row ended. */
export const ENDED = { censored: 0, defaulted: 1, left: 2 } as const;

/** Rows with how long each was observed, in steps of age. */
export interface FollowedRows {
  /** Features, and as outcome whether the row ended in default. */
  readonly rows: Dataset;
  /** The step of age in which the row ended (1 is the first); for one that is censored, the last step that it was seen through. */
  readonly steps: Int32Array;
  /** By row, of `ENDED`. */
  readonly ended: Int8Array;
}

/** Rows of a flat file with how long each was observed. */
export interface ObservedRows extends FollowedRows {
  readonly data: FlatData;
  /** Rows without a length of observation, or seen for less than a step: they say nothing of any age. */
  readonly without: number;
}

/**
 * Reads a flat file for a hazard model. A default in the middle of a step counts in that step; a censored row counts in the steps that it was
 * seen through whole. Throws INVALID_INPUT as `loadFlat` does.
 */
export async function readObserved(path: string, spec: FlatSpec, age: ObservedAge): Promise<ObservedRows> {
  const features = spec.features ?? [];
  const extra = [
    ...(age.duration === null ? [] : [declared(age.duration, 'number')]),
    ...[age.from, age.until].flatMap((name) => (name === null ? [] : [declared(name, 'date')])),
    declared(spec.target.column, 'category'),
  ].filter(({ name }) => !features.some((feature) => feature.name === name));
  const { column, bad } = spec.target;
  const data = await loadFlat(path, {
    ...spec,
    target: { column, bad, good: null },
    features: [...features, ...extra],
  });
  const { dataset } = data;
  const numbers = (name: string | null): Float64Array | null => {
    const found = dataset.columns.find((each) => each.name === name);
    return found?.kind === 'number' ? found.values : null;
  };
  const status = dataset.columns.find(({ name }) => name === column);
  const left = new Set(spec.target.good ?? []);
  const [duration, from, until] = [numbers(age.duration), numbers(age.from), numbers(age.until)];
  const steps = new Int32Array(dataset.rows);
  const ended = new Int8Array(dataset.rows);
  for (let row = 0; row < dataset.rows; row++) {
    const isBad = dataset.bad[row] === 1;
    const level = status?.kind === 'category' ? status.levels[status.codes[row]!] : undefined;
    ended[row] = isBad ? ENDED.defaulted : level !== undefined && left.has(level) ? ENDED.left : ENDED.censored;
    const months = duration ? duration[row]! : monthsBetween(from?.[row], until?.[row], isBad);
    const whole = months + (isBad ? age.lagMonths : 0);
    if (Number.isNaN(whole)) continue;
    steps[row] = isBad ? Math.max(1, Math.ceil(whole / age.periodMonths)) : Math.floor(whole / age.periodMonths);
    // Who left is known not to default later: the step of leaving counts whole.
    if (ended[row] === ENDED.left) steps[row] = Math.max(1, Math.ceil(whole / age.periodMonths));
  }
  const negative = steps.reduce((sum, step) => sum + (step < 0 ? 1 : 0), 0);
  if (negative > 0) {
    throw new ProbityError('INVALID_INPUT', 'Rows end before they begin.', {
      problems: [{ at: age.duration ?? age.until ?? 'target', message: `${negative} rows do` }],
    });
  }
  const keep = features.map(({ name }) => dataset.columns.findIndex((each) => each.name === name));
  const { hash: _, ...parts } = dataset;
  const rows = makeDataset({
    ...parts,
    columns: keep.map((at) => dataset.columns[at]!),
    features: keep.map((at) => dataset.features[at]!),
  });
  return { rows, steps, ended, data, without: steps.reduce((sum, step) => sum + (step === 0 ? 1 : 0), 0) };
}

/** Calendar months from one date to another (days since 1970); a default without any payment counts from the start. */
function monthsBetween(from: number | undefined, until: number | undefined, isBad: boolean): number {
  if (from === undefined || Number.isNaN(from)) return Number.NaN;
  if (until === undefined || Number.isNaN(until)) return isBad ? 0 : Number.NaN;
  const month = (days: number): number => {
    const date = new Date(days * 86_400_000);
    return date.getUTCFullYear() * 12 + date.getUTCMonth();
  };
  return month(until) - month(from);
}

function declared(name: string, type: FeatureDeclaration['type']): FeatureDeclaration {
  return { name, type, codes: [], monotone: null, label: null };
}
