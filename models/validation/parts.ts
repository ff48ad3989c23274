import type { Dataset } from '../dataset/dataset.ts';
import {
  calibrationLine,
  clusteredInterval,
  delongInterval,
  jeffreysInterval,
  logLoss,
  newcombeInterval,
  normalQuantile,
  type Bounded,
  type Estimate,
} from '../metrics/index.ts';
import { clusterOf } from './compare.ts';
import type { Measured } from './gates.ts';

/** One part of the sample, measured by itself. */
export interface PartMeasures {
  readonly name: string;
  readonly rows: number;
  readonly bads: number;
  readonly meanPd: number;
  readonly badRate: Bounded;
  readonly logLoss: number;
  /** Null where the part has one outcome only. */
  readonly auc: Measured | null;
  /** Smallest change of the AUC that a two-sided 5 % test on this part finds with probability 0.8. */
  readonly detectableAuc: number | null;
  /** Calibration in the large; null as above. */
  readonly inTheLarge: Estimate | null;
}

/** A division of the sample: by segment, by period, by what was known when the model was trained. */
export interface Division {
  readonly by: string;
  readonly parts: readonly PartMeasures[];
}

/**
 * AUC with its interval: DeLong's, or Obuchowski's by customer; `careful` as `cautious` has it.
 */
export function measureAuc(
  pd: ArrayLike<number>,
  bad: ArrayLike<number>,
  cluster: ArrayLike<number> | null,
  careful: boolean,
): Measured {
  const { auc, ...spread } = cluster ? clusteredInterval(pd, bad, cluster) : delongInterval(pd, bad);
  const measured = { value: auc, ...spread };
  if (!careful) return measured;
  let bads = 0;
  for (let i = 0; i < bad.length; i++) bads += bad[i]!;
  return cautious(measured, bads, bad.length - bads);
}

/**
 * Where either outcome has fewer than 30 rows the normal interval of an AUC says too much, down to no width at all: Newcombe's score interval is taken
 * too, and the wider bounds are kept.
 */
export function cautious(area: Measured, bads: number, goods: number): Measured {
  if (Math.min(bads, goods) >= 30) return area;
  const score = newcombeInterval(area.value, bads, goods);
  const wide = { low: Math.min(area.low, score.low), high: Math.max(area.high, score.high) };
  const spread = (wide.high - wide.low) / (2 * normalQuantile(0.975));
  return { value: area.value, standardError: Math.max(area.standardError, spread), ...wide };
}

/** Measures the rows of a part. */
export function measurePart(name: string, rows: readonly number[], pd: Float64Array, dataset: Dataset): PartMeasures {
  const p = Float64Array.from(rows, (row) => pd[row]!);
  const bad = Uint8Array.from(rows, (row) => dataset.bad[row]!);
  const { group } = dataset;
  const cluster = clusterOf({ rows: rows.length, group: group && Int32Array.from(rows, (row) => group[row]!) });
  const bads = bad.reduce((sum, each) => sum + each, 0);
  const both = bads > 0 && bads < rows.length;
  const auc = both ? measureAuc(p, bad, cluster, true) : null;
  return {
    name,
    rows: rows.length,
    bads,
    meanPd: p.reduce((sum, each) => sum + each, 0) / rows.length,
    badRate: jeffreysInterval(bads, rows.length),
    logLoss: logLoss(p, bad),
    auc,
    detectableAuc: auc && (normalQuantile(0.975) + normalQuantile(0.8)) * auc.standardError,
    inTheLarge: both ? calibrationLine(p, bad, cluster).inTheLarge : null,
  };
}

/** Measures each part that `nameOf` puts rows into (null: into none), in order of names or as they first appear. */
export function divide(
  by: string,
  nameOf: (row: number) => string | null,
  pd: Float64Array,
  dataset: Dataset,
  sorted = true,
): Division {
  const rowsOf = new Map<string, number[]>();
  for (let row = 0; row < dataset.rows; row++) {
    const name = nameOf(row);
    if (name === null) continue;
    const rows = rowsOf.get(name);
    if (rows) rows.push(row);
    else rowsOf.set(name, [row]);
  }
  const names = sorted ? [...rowsOf.keys()].sort() : [...rowsOf.keys()];
  return { by, parts: names.map((name) => measurePart(name, rowsOf.get(name)!, pd, dataset)) };
}
