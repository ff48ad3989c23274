import { contentHash } from '../../base/hash.ts';
import type { Progress } from '../../base/progress.ts';
import { silent } from '../../base/progress.ts';
import type { Artefact, Calibration, GlassBox } from '../artefact/glass-box.ts';
import { calibrateOutOfFold, logLossOfLogOdds, shiftTo } from '../calibration/index.ts';
import type { Dataset } from '../dataset/dataset.ts';
import { groupedFolds } from '../dataset/folds.ts';
import { weightedAucInterval } from '../metrics/index.ts';
import { assemble } from './assemble.ts';
import { openBagPool } from './bag-pool.ts';
import { averageTables } from './boost.ts';
import { noCheckpoint, type Checkpoint } from './checkpoint.ts';
import { fitPairs } from './fit-pairs.ts';
import { inspect } from './inspect.ts';
import { zeroTables, type BinnedRows, type Tables } from './layout.ts';
import { repeatsFor, resolveOptions, type TrainingOptions } from './options.ts';
import { outOfFold } from './out-of-fold.ts';
import { polish } from './polish.ts';
import { prepare } from './prepare.ts';
import { settleDirections } from './slack.ts';
import { curveOf, fitBags, type HistoryPoint } from './stage.ts';
import type { StepLimits } from './step.ts';

export interface TrainingHooks {
  readonly onProgress?: Progress;
  readonly checkpoint?: Checkpoint;
  readonly signal?: AbortSignal;
  /** Receives the calibrated log-odds of each row by the bags that did not see it, once they are known. */
  readonly onOutOfFold?: (logOdds: Float64Array) => void;
}

export interface FittedGlassBox {
  readonly model: GlassBox;
  readonly calibration: Calibration;
  /** Of the model before any move to another central tendency. */
  readonly outOfFold: {
    readonly auc: number;
    /** 95 %, DeLong. */
    readonly aucInterval: readonly [number, number];
    readonly logLoss: number;
  };
  readonly options: TrainingOptions;
  readonly warnings: Artefact['warnings'];
  readonly history: readonly HistoryPoint[];
  /** What the joint refit chose: its share of the tables (0: boosting stayed as it was) and the penalty strength. */
  readonly refit: { readonly share: number; readonly smooth: number; readonly prior: number };
}

/**
 * Trains the glass-box default model (docs/model.md). The same data, options and machine give the same numbers, whatever the number
 * of threads and however often it was interrupted. Throws NOT_TRAINABLE with all reasons; rejects with the signal's reason when aborted.
 */
export async function trainGlassBox(
  dataset: Dataset,
  options: Partial<TrainingOptions> & { readonly seed: number },
  hooks: TrainingHooks = {},
): Promise<FittedGlassBox> {
  const resolved = resolveOptions(options);
  const { onProgress = silent, signal } = hooks;
  const checkpoint = scopedTo(dataset, resolved, hooks.checkpoint ?? noCheckpoint);
  signal?.throwIfAborted();
  onProgress({ step: 'bins', done: 0, message: `${dataset.rows} rows, ${dataset.columns.length} features` });
  const { encodings, terms, data } = prepare(dataset, resolved);
  const repeats = resolved.repeats > 0 ? resolved.repeats : repeatsFor(dataset.rows);
  const splits = Array.from({ length: repeats }, (_, r) =>
    groupedFolds(dataset, resolved.folds, resolved.seed + r * 1_000_003),
  );
  const folds = splits[0]!;
  const bagCount = repeats * resolved.folds;
  const limits: StepLimits = {
    learningRate: resolved.learningRate,
    ridge: resolved.ridge,
    levelRidge: resolved.levelRidge,
    minLeaf: Math.max(resolved.minLeafRows, resolved.minLeafShare * dataset.rows),
  };
  const history: HistoryPoint[] = [];
  const pool = openBagPool({ data, folds: splits }, bagCount, signal);
  try {
    const start = zeroTables(terms, [], baseLogOdds(data));
    const stage = { pool, terms, limits, options: resolved, checkpoint, onProgress };
    const shapes = await fitBags({
      ...stage,
      name: 'shapes',
      pairs: [],
      starts: Array<Tables>(bagCount).fill(start),
    });
    history.push(...curveOf('shapes', shapes));
    const { pairs, bags } = await fitPairs(stage, shapes, data, splits);
    if (pairs.length > 0) history.push(...curveOf('pairs', bags));
    signal?.throwIfAborted();
    const fits = bags.map((bag) => bag.tables);
    for (const fit of fits) settleDirections(fit, terms, pairs);
    const mean = averageTables(fits, terms, pairs);
    settleDirections(mean, terms, pairs);
    const polished = resolved.refit
      ? await polish({
          terms,
          pairs,
          data,
          folds,
          bags: fits.slice(0, resolved.folds),
          mean,
          checkpoint,
          onProgress,
          signal,
          onLoss: (loss) =>
            history.push({
              stage: 'refit',
              epoch: history.filter((point) => point.stage === 'refit').length + 1,
              loss,
            }),
        })
      : { tables: mean, share: 0, strength: null };
    const { tables } = polished;
    const held = outOfFold(bags, pairs, data, splits);
    const affine = calibrateOutOfFold(held, data.bad, data.weight, folds);
    const calibration: Calibration =
      resolved.centralTendency === 0
        ? affine
        : { ...affine, centralTendency: shiftTo(resolved.centralTendency, badRate(data)) };
    const served = held.map((each) => calibration.slope * each + calibration.intercept);
    hooks.onOutOfFold?.(served);
    const model = assemble(dataset, encodings, data, pairs, tables, fits, resolved.folds, calibration);
    const auc = weightedAucInterval(served, data.bad, data.weight);
    onProgress({ step: 'finished', done: 1, message: `out-of-fold AUC ${auc.auc.toFixed(4)}` });
    return {
      model,
      calibration,
      outOfFold: {
        auc: auc.auc,
        aucInterval: [auc.low, auc.high],
        logLoss: logLossOfLogOdds(served, data.bad, data.weight),
      },
      options: resolved,
      warnings: inspect(dataset, data, encodings),
      history,
      refit: { share: polished.share, smooth: polished.strength?.smooth ?? 0, prior: polished.strength?.prior ?? 0 },
    };
  } finally {
    await pool.close();
  }
}

/** Steps of another data set or of other options are never taken for these. */
function scopedTo(dataset: Dataset, options: TrainingOptions, checkpoint: Checkpoint): Checkpoint {
  const scope = contentHash({ data: dataset.hash, options: { ...options } }).slice(0, 16);
  return {
    load: (step) => checkpoint.load(`${scope}-${step}`),
    save: (step, bytes) => checkpoint.save(`${scope}-${step}`, bytes),
  };
}

function badRate({ bad, weight }: BinnedRows): number {
  let bads = 0;
  let mass = 0;
  bad.forEach((each, i) => {
    const w = weight === null ? 1 : weight[i]!;
    bads += w * each;
    mass += w;
  });
  return bads / mass;
}

function baseLogOdds(data: BinnedRows): number {
  const rate = badRate(data);
  return Math.log(rate / (1 - rate));
}
