import { silent, type Progress } from '../../base/progress.ts';
import type { Artefact, Calibration } from '../artefact/glass-box.ts';
import { calibrateOutOfFold, logLossOfLogOdds } from '../calibration/index.ts';
import type { Dataset } from '../dataset/dataset.ts';
import { groupedFolds } from '../dataset/folds.ts';
import { delongInterval } from '../metrics/index.ts';
import { trainGlassBox, type TrainingHooks } from '../training/index.ts';
import { fitBag, type DeepRows, type FittedBag } from './bag.ts';
import type { DeepModel, NetworkShape } from './deep-model.ts';
import { encodeDeep, fitDeepEncodings, layoutOf } from './encoding.ts';
import { loadTensorFlow, type TensorFlow } from './network.ts';
import { resolveDeepOptions, type DeepOptions } from './options.ts';

/** One point of the learning curve: mean held-out log-loss of the bags of networks after an epoch. */
export interface DeepHistoryPoint {
  readonly stage: 'networks';
  readonly epoch: number;
  readonly loss: number;
}

export interface FittedDeep {
  readonly model: DeepModel;
  readonly calibration: Calibration;
  readonly outOfFold: {
    readonly auc: number;
    /** 95 %, DeLong. */
    readonly aucInterval: readonly [number, number];
    readonly logLoss: number;
    /** The same for the glass box alone, on the same rows. */
    readonly glassBox: { readonly auc: number; readonly logLoss: number };
  };
  readonly options: DeepOptions;
  readonly warnings: Artefact['warnings'];
  readonly history: readonly DeepHistoryPoint[];
}

/**
 * Trains the deep challenger (docs/deep.md): a glass box by its own training, bags of shared-weight networks that know nothing of it, and their
 * blend, calibrated out of fold. Declared directions hold by construction. The same data, options and machine give the same numbers.
 * Throws NOT_TRAINABLE with all reasons; rejects with the signal's reason when aborted.
 */
export async function fitDeep(
  dataset: Dataset,
  options: Partial<DeepOptions> & { readonly seed: number },
  hooks: TrainingHooks = {},
): Promise<FittedDeep> {
  const resolved = resolveDeepOptions(options);
  const { onProgress = silent, signal } = hooks;
  const tf = await loadTensorFlow();
  let baseHeld = new Float64Array();
  const glassBox = await trainGlassBox(
    dataset,
    { seed: resolved.seed, folds: resolved.folds },
    { ...hooks, onOutOfFold: (logOdds) => (baseHeld = Float64Array.from(logOdds)) },
  );
  signal?.throwIfAborted();
  const features = fitDeepEncodings(dataset, resolved);
  const layout = layoutOf(
    features,
    dataset.features.map((feature) => feature.monotone),
  );
  const weight = dataset.weight && unitMean(dataset.weight);
  const start = baseLogOdds(dataset.bad, weight);
  const rows: DeepRows = {
    layout,
    features,
    columns: dataset.columns.map((column, f) => encodeDeep(column, features[f]!.encoding)),
    bad: dataset.bad,
    weight,
    offset: new Float64Array(dataset.rows).fill(start),
  };
  const shape: NetworkShape = {
    free: layout.free,
    directed: layout.directed,
    members: resolved.members,
    width: resolved.width,
    monotoneWidth: resolved.monotoneWidth,
  };
  const folds = groupedFolds(dataset, resolved.folds, resolved.seed);
  const bags = await fitBags({ tf, shape, rows, folds, options: resolved, onProgress, signal });
  const networkHeld = new Float64Array(dataset.rows);
  for (const { bag, held } of bags) held.forEach((row, i) => (networkHeld[row] = start + bag.held[i]!));
  const share = resolved.networkShare;
  const blended = baseHeld.map((base, row) => (1 - share) * base + share * networkHeld[row]!);
  const calibration = calibrateOutOfFold(blended, dataset.bad, dataset.weight, folds);
  const { slope, intercept } = calibration;
  const served = blended.map((each) => slope * each + intercept);
  const { auc, low, high } = delongInterval(served, dataset.bad);
  onProgress({ step: 'finished', done: 1, message: `out-of-fold AUC ${auc.toFixed(4)}` });
  return {
    model: {
      base: glassBox.model,
      intercept: intercept + slope * share * start,
      baseWeight: slope * (1 - share),
      networkWeight: slope * share,
      shape,
      features,
      bags: bags.map(({ bag }) => bag.weights),
    },
    calibration,
    outOfFold: {
      auc,
      aucInterval: [low, high],
      logLoss: logLossOfLogOdds(served, dataset.bad, dataset.weight),
      glassBox: { auc: glassBox.outOfFold.auc, logLoss: glassBox.outOfFold.logLoss },
    },
    options: resolved,
    warnings: glassBox.warnings,
    history: historyOf(bags.map(({ bag }) => bag)),
  };
}

interface BagsJob {
  readonly tf: TensorFlow;
  readonly shape: NetworkShape;
  readonly rows: DeepRows;
  readonly folds: Int32Array;
  readonly options: DeepOptions;
  readonly onProgress: Progress;
  readonly signal: AbortSignal | undefined;
}

/** One bag after the other, each without one fold. */
async function fitBags(job: BagsJob): Promise<{ readonly bag: FittedBag; readonly held: Int32Array }[]> {
  const { options, onProgress } = job;
  const begun = performance.now();
  const finished: { readonly bag: FittedBag; readonly held: Int32Array }[] = [];
  for (let fold = 0; fold < options.folds; fold++) {
    const inside: number[] = [];
    const outside: number[] = [];
    job.folds.forEach((each, row) => (each === fold ? outside : inside).push(row));
    const held = Int32Array.from(outside);
    const bag = await fitBag(
      job.tf,
      job.shape,
      job.rows,
      { train: Int32Array.from(inside), held },
      options,
      `deep/${options.seed}/${fold}`,
      {
        signal: job.signal,
        onEpoch: (epoch, loss) => {
          const done = fold / options.folds;
          const seconds = (performance.now() - begun) / 1000;
          const left = fold === 0 ? '' : `, about ${Math.ceil((seconds / fold) * (options.folds - fold))} s left`;
          onProgress({
            step: 'networks',
            done,
            message: `bag ${fold + 1} of ${options.folds}, epoch ${epoch}, held-out loss ${loss.toFixed(5)}${left}`,
          });
        },
      },
    );
    finished.push({ bag, held });
  }
  return finished;
}

function historyOf(bags: readonly FittedBag[]): DeepHistoryPoint[] {
  const longest = Math.max(0, ...bags.map(({ history }) => history.length));
  return Array.from({ length: longest }, (_, epoch) => {
    const losses = bags.map(({ history }) => history[Math.min(epoch, history.length - 1)] ?? 0);
    return { stage: 'networks', epoch: epoch + 1, loss: losses.reduce((a, b) => a + b, 0) / losses.length };
  });
}

function unitMean(weight: Float64Array): Float64Array {
  const mean = weight.reduce((sum, each) => sum + each, 0) / weight.length;
  return weight.map((each) => each / mean);
}

function baseLogOdds(bad: Uint8Array, weight: Float64Array | null): number {
  let bads = 0;
  let mass = 0;
  bad.forEach((each, row) => {
    const w = weight === null ? 1 : weight[row]!;
    bads += w * each;
    mass += w;
  });
  return Math.log(bads / (mass - bads));
}
