import { contentHash } from '../../base/hash.ts';
import type { Progress } from '../../base/progress.ts';
import { silent } from '../../base/progress.ts';
import type { Artefact, Calibration, GlassBox } from '../artefact/glass-box.ts';
import { calibrateOutOfFold, logLossOfLogOdds } from '../calibration/index.ts';
import type { Dataset } from '../dataset/dataset.ts';
import { groupedFolds } from '../dataset/folds.ts';
import { weightedAucInterval } from '../metrics/index.ts';
import { assemble, supportOf } from './assemble.ts';
import { openBagPool, type BagPool } from './bag-pool.ts';
import { averageTables, type Boosted } from './boost.ts';
import { noCheckpoint, packBag, unpackBag, type Checkpoint } from './checkpoint.ts';
import { logOdds, zeroTables, type BinnedRows, type PairLayout, type Tables, type TermLayout } from './layout.ts';
import { repeatsFor, resolveOptions, type TrainingOptions } from './options.ts';
import { polish } from './polish.ts';
import { prepare } from './prepare.ts';
import { coarseAxis, screenPairs } from './screen.ts';
import { pairScratch, pairStep } from './pair-step.ts';
import { roomOfEmpty, settleDirections, slackOf } from './slack.ts';
import type { StepLimits } from './step.ts';
import { inspect } from './inspect.ts';

export interface TrainingHooks {
  readonly onProgress?: Progress;
  readonly checkpoint?: Checkpoint;
  readonly signal?: AbortSignal;
  /** Receives the calibrated log-odds of each row by the bags that did not see it, once they are known. */
  readonly onOutOfFold?: (logOdds: Float64Array) => void;
}

/** One point of the learning curve: mean held-out log-loss of a stage's bags after a round. */
export interface HistoryPoint {
  readonly stage: 'shapes' | 'pairs' | 'refit';
  readonly epoch: number;
  readonly loss: number;
}

export interface FittedGlassBox {
  readonly model: GlassBox;
  readonly calibration: Calibration;
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
    const stage = { pool, terms, limits, options: resolved, checkpoint, onProgress, history, signal };
    let bags = await fitBags({ ...stage, name: 'shapes', pairs: [], starts: Array<Tables>(bagCount).fill(start) });
    const pairs = choosePairs(terms, data, bags, splits, limits, resolved);
    if (pairs.length > 0) {
      const starts = bags.map((bag): Tables => ({ ...bag.tables, pairs: zeroTables([], pairs).pairs }));
      bags = await fitBags({ ...stage, name: 'pairs', pairs, starts });
    }
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
    const calibration = calibrateOutOfFold(held, data.bad, data.weight);
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

function baseLogOdds({ bad, weight }: BinnedRows): number {
  let bads = 0;
  let mass = 0;
  bad.forEach((each, i) => {
    const w = weight === null ? 1 : weight[i]!;
    bads += w * each;
    mass += w;
  });
  return Math.log(bads / (mass - bads));
}

interface Stage {
  readonly name: 'shapes' | 'pairs';
  readonly pool: BagPool;
  readonly terms: readonly TermLayout[];
  readonly pairs: readonly PairLayout[];
  readonly starts: readonly Tables[];
  readonly limits: StepLimits;
  readonly options: TrainingOptions;
  readonly checkpoint: Checkpoint;
  readonly onProgress: Progress;
  readonly history: HistoryPoint[];
}

async function fitBags(stage: Stage): Promise<Boosted[]> {
  const { name, pool, options, checkpoint, onProgress } = stage;
  const begun = performance.now();
  let finished = 0;
  const report = (bag: number, epoch: number, loss: number): void => {
    const share = finished / stage.starts.length;
    const seconds = (performance.now() - begun) / 1000;
    const left = share > 0 ? `, about ${Math.ceil((seconds / share) * (1 - share))} s left` : '';
    onProgress({
      step: name,
      done: share,
      message: `bag ${bag + 1} of ${stage.starts.length}, epoch ${epoch}, held-out loss ${loss.toFixed(5)}${left}`,
    });
  };
  const bags = await Promise.all(
    stage.starts.map(async (start, index) => {
      const key = `${name}-bag-${index}`;
      const stored = await checkpoint.load(key);
      const bag = stored
        ? unpackBag(stored)
        : await pool.fit(
            {
              repeat: Math.floor(index / options.folds),
              fold: index % options.folds,
              terms: stage.terms,
              pairs: stage.pairs,
              start,
              limits: stage.limits,
              maxRounds: options.maxRounds,
              patience: options.patience,
              schedule: {
                smoothRounds: name === 'shapes' ? options.smoothRounds : 0,
                greedyRounds: options.greedyRounds,
                seed: `${name}/${options.seed}/${index}`,
              },
            },
            ({ round, loss }) => report(index, round, loss),
          );
      if (!stored) await checkpoint.save(key, packBag(bag));
      finished++;
      report(index, bag.rounds, bag.history[bag.rounds - 1] ?? bag.history[0] ?? 0);
      return bag;
    }),
  );
  const longest = Math.max(...bags.map((bag) => bag.history.length));
  for (let round = 0; round < longest; round++) {
    const losses = bags.map((bag) => bag.history[Math.min(round, bag.history.length - 1)] ?? 0);
    stage.history.push({ stage: name, epoch: round + 1, loss: losses.reduce((a, b) => a + b, 0) / losses.length });
  }
  return bags;
}

/** Log-odds of each row by the bags that did not see it, one of each split, averaged. */
function outOfFold(
  bags: readonly Boosted[],
  pairs: readonly PairLayout[],
  data: BinnedRows,
  splits: readonly Int32Array[],
): Float64Array {
  const scores = new Float64Array(data.rows);
  const folds = bags.length / splits.length;
  bags.forEach((bag, index) => {
    const each = logOdds(bag.tables, pairs, data);
    splits[Math.floor(index / folds)]!.forEach((fold, row) => {
      if (fold === index % folds) scores[row]! += each[row]! / splits.length;
    });
  });
  return scores;
}

function choosePairs(
  terms: readonly TermLayout[],
  data: BinnedRows,
  bags: readonly Boosted[],
  splits: readonly Int32Array[],
  limits: StepLimits,
  options: TrainingOptions,
): PairLayout[] {
  if (options.pairs === 0) return [];
  const mean = averageTables(
    bags.map((bag) => bag.tables),
    terms,
    [],
  );
  const slack = slackOf(terms, [], mean);
  const axes = terms.map((term, t) =>
    coarseAxis(t, term, supportOf(data.bins[t]!, term.bins, data.weight), mean.terms[t]!, options.pairBins),
  );
  const scores = outOfFold(bags, [], data, splits);
  const gradient = new Float64Array(data.rows);
  const hessian = new Float64Array(data.rows);
  for (let i = 0; i < data.rows; i++) {
    const w = data.weight === null ? 1 : data.weight[i]!;
    const p = 1 / (1 + Math.exp(-scores[i]!));
    gradient[i] = w * (p - data.bad[i]!);
    hessian[i] = w * p * (1 - p);
  }
  const chosen = screenPairs(axes, data, gradient, hessian, options.pairs, (pair, g, h, n) => {
    const cells = pair.a.bins * pair.b.bins;
    const room = { a: roomOfEmpty(slack, pair, 'a'), b: roomOfEmpty(slack, pair, 'b') };
    const sums = { gradient: g, hessian: h, count: n };
    return pairStep(pair, sums, limits, room, pairScratch(cells), new Float64Array(cells));
  });
  return chosen.map(({ a, b }) => ({ a: axes[a]!, b: axes[b]! }));
}
