import { ProbityError } from '../../base/errors.ts';
import type { Artefact } from '../artefact/index.ts';
import { binCount, encodeColumn, fitEncoding } from '../binning/index.ts';
import type { Dataset, FeatureColumn } from '../dataset/index.ts';
import { benjaminiHochberg, chiSquaredTail, countsByQuantile, psi, psiCritical } from '../metrics/index.ts';
import { featureTerms, followedPd } from './followed-pd.ts';
import { jensenShannon, missingRate, rangeBreaches, unseenLevels, wasserstein } from './distances.ts';

/** How one input stands today against the rows that the model learnt from. */
export interface InputDrift {
  readonly feature: string;
  /** Null: today's table has no such feature; it counts as missing in every row. */
  readonly csi: number | null;
  /** What CSI exceeds in one of twenty looks at an unchanged population of these sizes. */
  readonly critical: number;
  readonly pValue: number;
  /** Adjusted for all inputs and scores of this look, of all segments (Benjamini and Hochberg 1995). */
  readonly adjusted: number;
  readonly missing: { readonly reference: number; readonly present: number };
  /** Share of known categories that training never saw; null: a number. */
  readonly unseen: number | null;
  /** Share of known numbers outside the range of training; null: a category. */
  readonly outside: { readonly below: number; readonly above: number } | null;
  readonly jensenShannon: number | null;
  /** In units of the feature; null: a category, or a side has no known value. */
  readonly wasserstein: number | null;
}

/** Inputs and scores of one segment, or of all customers, at one look. */
export interface DriftLook {
  readonly segment: string | null;
  readonly referenceRows: number;
  /** Reference rows that count as independent: customers. */
  readonly referenceCustomers: number;
  readonly presentRows: number;
  readonly inputs: readonly InputDrift[];
  readonly score: {
    readonly psi: number;
    readonly critical: number;
    readonly pValue: number;
    readonly adjusted: number;
    readonly meanPd: { readonly reference: number; readonly present: number };
  };
  /** Shares of customers by grade, in the order of the scale. */
  readonly grades: readonly { readonly grade: string; readonly reference: number; readonly present: number }[];
}

export interface Grading {
  readonly names: readonly string[];
  readonly indexOf: (pd: number) => number;
}

/** Fewest rows on either side of a segment that is looked at on its own. */
const LEAST_ROWS = 100;

/**
 * Compares today's customers with the rows that a model was trained on, feature by feature and by score, for all of them and for each segment of
 * at least 100 rows on both sides. Critical values take customers, not rows, of the reference as independent: its rows of one customer are alike, so
 * they err on the quiet side. Throws INVALID_INPUT where there is nobody to look at.
 */
export function lookAt(
  artefact: Artefact,
  reference: Dataset,
  present: Dataset,
  grading: Grading,
  vanished: readonly string[],
  split: (data: Dataset, segment: string) => Dataset,
  segments: readonly string[],
): readonly DriftLook[] {
  if (present.rows === 0)
    throw new ProbityError('INVALID_INPUT', 'The feature table has no customers: there is nothing to monitor.', {
      fix: 'Look whether the sources were delivered, import them and publish again (`probity import`, `probity features build`).',
    });
  if (reference.rows === 0)
    throw new ProbityError('INVALID_INPUT', 'The reference has no rows: there is nothing to compare with.');
  const raw = [oneLook(artefact, reference, present, grading, vanished, null)];
  for (const segment of segments) {
    const [then, now] = [split(reference, segment), split(present, segment)];
    if (then.rows >= LEAST_ROWS && now.rows >= LEAST_ROWS)
      raw.push(oneLook(artefact, then, now, grading, vanished, segment));
  }
  const adjusted = benjaminiHochberg(
    raw.flatMap(({ inputs, score }) => [...inputs.map(({ pValue }) => pValue), score.pValue]),
  );
  let at = 0;
  return raw.map((look) => ({
    ...look,
    inputs: look.inputs
      .map((input) => ({ ...input, adjusted: adjusted[at++]! }))
      .sort((a, b) => a.pValue - b.pValue || b.csi! - a.csi! || (a.feature < b.feature ? -1 : 1)),
    score: { ...look.score, adjusted: adjusted[at++]! },
  }));
}

function oneLook(
  artefact: Artefact,
  reference: Dataset,
  present: Dataset,
  grading: Grading,
  vanished: readonly string[],
  segment: string | null,
): DriftLook {
  const customers = reference.group === null ? reference.rows : new Set(reference.group).size;
  const inputs = featureTerms(artefact).map(({ name }) =>
    inputDrift(columnNamed(reference, name), present, reference, customers, vanished.includes(name)),
  );
  const [then, now] = [followedPd(artefact, reference), followedPd(artefact, present)];
  const counts = countsByQuantile(then, now);
  const bins = counts.expected.length;
  const index = psi(counts.expected, counts.actual);
  const shares = (pd: Float64Array): number[] => {
    const found = grading.names.map(() => 0);
    for (const each of pd) found[grading.indexOf(each)]! += 1 / pd.length;
    return found;
  };
  const [sharesThen, sharesNow] = [shares(then), shares(now)];
  return {
    segment,
    referenceRows: reference.rows,
    referenceCustomers: customers,
    presentRows: present.rows,
    inputs,
    score: {
      psi: index,
      ...significance(index, customers, present.rows, bins),
      meanPd: { reference: mean(then), present: mean(now) },
    },
    grades: grading.names.map((grade, g) => ({ grade, reference: sharesThen[g]!, present: sharesNow[g]! })),
  };
}

/** The critical value of a stability index, and how often chance alone exceeds it (Yurdakul and Naranjo 2020); `adjusted` is set by the look. */
function significance(index: number, n: number, m: number, bins: number) {
  const degrees = Math.max(1, bins - 1);
  const pValue = chiSquaredTail(index / (1 / n + 1 / m), degrees);
  return { critical: psiCritical(n, m, degrees + 1), pValue, adjusted: pValue };
}

function inputDrift(
  before: FeatureColumn,
  present: Dataset,
  reference: Dataset,
  customers: number,
  vanished: boolean,
): InputDrift {
  const now = columnNamed(present, before.name);
  const declared = reference.features.find(({ name }) => name === before.name)!;
  const encoding = fitEncoding(before, declared, null, { maxBins: 10, minRows: 1, maxLevels: 30, minLevelRows: 1 });
  const count = (column: FeatureColumn): number[] => {
    const counts = Array<number>(binCount(encoding)).fill(0);
    for (const bin of encodeColumn(column, encoding)) counts[bin]!++;
    return counts;
  };
  const [expected, actual] = [count(before), count(now)];
  const used = expected.filter((each, b) => each > 0 || actual[b]! > 0).length;
  const csi = psi(expected, actual);
  const common = {
    feature: before.name,
    ...significance(csi, customers, present.rows, used),
    missing: { reference: missingOf(before), present: missingOf(now) },
  };
  if (vanished)
    return { ...common, csi: null, pValue: 0, unseen: null, outside: null, jensenShannon: null, wasserstein: null };
  if (before.kind === 'category' || now.kind === 'category') {
    const unseen =
      before.kind === 'category' && now.kind === 'category' ? unseenLevels(textsOf(now), before.levels).share : null;
    return { ...common, csi, unseen, outside: null, jensenShannon: jensenShannon(expected, actual), wasserstein: null };
  }
  const codes = declared.codes.filter((code) => typeof code === 'number');
  const plain = (column: typeof before): Float64Array =>
    column.values.filter((value) => !Number.isNaN(value) && !codes.includes(value));
  const [x, y] = [plain(before), plain(now)];
  let [least, most] = [Infinity, -Infinity];
  for (const value of x) {
    if (value < least) least = value;
    if (value > most) most = value;
  }
  return {
    ...common,
    csi,
    unseen: null,
    outside: x.length === 0 ? null : rangeBreaches(now.values, [least, most], codes),
    jensenShannon: jensenShannon(expected, actual),
    wasserstein: x.length === 0 || y.length === 0 ? null : wasserstein(x, y),
  };
}

function columnNamed(data: Dataset, name: string): FeatureColumn {
  const found = data.columns.find((column) => column.name === name);
  if (found) return found;
  throw new ProbityError('INVALID_INPUT', 'The rows do not hold a feature of the model.', {
    problems: [{ at: name, message: 'The model needs this feature; the rows have no such column.' }],
  });
}

const missingOf = (column: FeatureColumn): number =>
  column.kind === 'number' ? missingRate(column.values) : missingRate(textsOf(column));

const textsOf = (column: Extract<FeatureColumn, { kind: 'category' }>): (string | null)[] =>
  Array.from(column.codes, (code) => (code < 0 ? null : column.levels[code]!));

const mean = (values: Float64Array): number => values.reduce((sum, each) => sum + each, 0) / values.length;
