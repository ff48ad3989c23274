import { ProbityError } from '../../base/errors.ts';
import { seededRandom } from '../../base/random.ts';
import { auc, logLoss, orderByScore } from '../metrics/index.ts';

/** A figure that is not known yet, with the interval that the realised one is expected in. */
export interface Estimated {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** How well a model does on rows without outcomes, as far as that can be told. */
export interface EstimatedPerformance {
  readonly method: 'CBPE' | 'density ratio';
  /** Rows without outcomes that it is about. */
  readonly rows: number;
  /** Rows of equal weights that would tell as much; CBPE: all. */
  readonly effectiveRows: number;
  readonly badRate: Estimated;
  readonly auc: Estimated;
  readonly logLoss: Estimated;
}

/** Figures of draws. */
interface Draws {
  readonly badRate: number[];
  readonly auc: number[];
  readonly logLoss: number[];
}

interface IntervalOptions {
  readonly level?: number;
  readonly draws?: number;
  readonly seed?: number | string;
}

/**
 * Confidence-based performance estimation: what calibrated PDs say of themselves. A row of PD p is a bad with probability p, so the expected
 * bad rate is the mean PD, the expected log-loss the mean entropy, and the expected AUC the share of (bad, good) pairs in order, each
 * row counting p as a bad and 1 - p as a good. The intervals are of the figures that outcomes drawn so would give: sampling alone.
 * Assumes that PDs are still right, row by row: it sees a change of the customers, and is blind to a change of their risk (concept drift).
 */
export function cbpe(pd: ArrayLike<number>, options: IntervalOptions = {}): EstimatedPerformance {
  const { level = 0.95, draws = 200, seed = 1 } = options;
  const rows = pd.length;
  if (rows === 0) throw new ProbityError('INVALID_INPUT', 'Performance cannot be estimated without rows.');
  const random = seededRandom(`cbpe ${seed}`);
  const order = orderByScore(pd);
  const found: Draws = { badRate: [], auc: [], logLoss: [] };
  const bad = new Uint8Array(rows);
  for (let draw = 0; draw < draws; draw++) {
    let bads = 0;
    for (let i = 0; i < rows; i++) {
      bad[i] = random.uniform() < pd[i]! ? 1 : 0;
      bads += bad[i]!;
    }
    found.badRate.push(bads / rows);
    found.logLoss.push(logLoss(pd, bad));
    if (bads > 0 && bads < rows) found.auc.push(aucInOrder(pd, order, (i) => bad[i]!));
  }
  let [mean, entropy] = [0, 0];
  for (let i = 0; i < rows; i++) {
    const p = pd[i]!;
    mean += p / rows;
    entropy -= (p > 0 && p < 1 ? p * Math.log(p) + (1 - p) * Math.log1p(-p) : 0) / rows;
  }
  return {
    method: 'CBPE',
    rows,
    effectiveRows: rows,
    badRate: { value: mean, ...middle(found.badRate, level) },
    auc: { value: aucInOrder(pd, order, (i) => pd[i]!), ...middle(found.auc, level) },
    logLoss: { value: entropy, ...middle(found.logLoss, level) },
  };
}

/** AUC where row i is a bad with probability `share(i)`: pairs in order over all pairs, ties half, a row paired with itself left out. */
function aucInOrder(scores: ArrayLike<number>, order: Uint32Array, share: (row: number) => number): number {
  let [goodsBelow, bads, goods, inOrder, own] = [0, 0, 0, 0, 0];
  for (let start = 0; start < order.length;) {
    let end = start;
    let [tiedBads, tiedGoods, tiedOwn] = [0, 0, 0];
    while (end < order.length && scores[order[end]!] === scores[order[start]!]) {
      const p = share(order[end]!);
      tiedBads += p;
      tiedGoods += 1 - p;
      tiedOwn += p * (1 - p);
      end++;
    }
    inOrder += tiedBads * goodsBelow + (tiedBads * tiedGoods - tiedOwn) / 2;
    own += tiedOwn;
    goodsBelow += tiedGoods;
    bads += tiedBads;
    goods += tiedGoods;
    start = end;
  }
  return inOrder / (bads * goods - own);
}

/**
 * Performance on `presentRows` rows without outcomes from rows with outcomes that are weighted to look like them: each reference row counts with the
 * density ratio of the present customers to the reference ones (Sugiyama, Suzuki, Kanamori 2012; `domainClassifier`). Unlike CBPE it does not
 * trust the PDs, and assumes instead that customers with the same features are as risky as they were. The intervals are of the figures that as
 * many rows would realise: the reference's own uncertainty by the Bayesian bootstrap over customers (Rubin 1981), then a sample of
 * present rows drawn from it.
 */
export function reweighted(
  reference: {
    readonly pd: ArrayLike<number>;
    readonly bad: ArrayLike<number>;
    /** Customer of each row; null: every row is its own. */
    readonly group: ArrayLike<number> | null;
  },
  weight: ArrayLike<number>,
  presentRows: number,
  options: IntervalOptions = {},
): EstimatedPerformance {
  const { level = 0.95, draws = 200, seed = 1 } = options;
  const { pd, bad, group } = reference;
  const rows = pd.length;
  const random = seededRandom(`reweighted ${seed}`);
  const customers = group === null ? rows : 1 + Array.from(group).reduce((most, each) => Math.max(most, each), -1);
  const found: Draws = { badRate: [], auc: [], logLoss: [] };
  const [drawnPd, drawnBad] = [new Float64Array(presentRows), new Uint8Array(presentRows)];
  const upTo = new Float64Array(rows);
  for (let draw = 0; draw < draws; draw++) {
    const luck = Float64Array.from({ length: customers }, () => -Math.log(1 - random.uniform()));
    let mass = 0;
    for (let i = 0; i < rows; i++) upTo[i] = mass += weight[i]! * luck[group?.[i] ?? i]!;
    let bads = 0;
    for (let i = 0; i < presentRows; i++) {
      const row = firstAbove(upTo, random.uniform() * mass);
      drawnPd[i] = pd[row]!;
      drawnBad[i] = bad[row]!;
      bads += bad[row]!;
    }
    found.badRate.push(bads / presentRows);
    found.logLoss.push(logLoss(drawnPd, drawnBad));
    if (bads > 0 && bads < presentRows) found.auc.push(auc(drawnPd, drawnBad));
  }
  let [sum, squares] = [0, 0];
  for (let i = 0; i < rows; i++) {
    sum += weight[i]!;
    squares += weight[i]! ** 2;
  }
  return {
    method: 'density ratio',
    rows: presentRows,
    effectiveRows: sum ** 2 / squares,
    badRate: { value: weightedMean(bad, weight), ...middle(found.badRate, level) },
    auc: { value: auc(pd, bad, weight), ...middle(found.auc, level) },
    logLoss: { value: logLoss(pd, bad, weight), ...middle(found.logLoss, level) },
  };
}

/** The first place whose cumulated weight lies above a value. */
function firstAbove(upTo: Float64Array, value: number): number {
  let [low, high] = [0, upTo.length - 1];
  while (low < high) {
    const half = (low + high) >> 1;
    if (upTo[half]! > value) high = half;
    else low = half + 1;
  }
  return low;
}

function weightedMean(values: ArrayLike<number>, weight: ArrayLike<number>): number {
  let [sum, mass] = [0, 0];
  for (let i = 0; i < values.length; i++) {
    sum += weight[i]! * values[i]!;
    mass += weight[i]!;
  }
  return sum / mass;
}

/** The middle `level` of draws; NaN on both sides where there are none. */
function middle(draws: readonly number[], level: number): { readonly low: number; readonly high: number } {
  const sorted = Float64Array.from(draws).sort();
  const at = (p: number) => sorted[Math.min(sorted.length - 1, Math.max(0, Math.round(p * (sorted.length - 1))))];
  return { low: at((1 - level) / 2) ?? Number.NaN, high: at((1 + level) / 2) ?? Number.NaN };
}
