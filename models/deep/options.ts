/** Every setting of a deep training; the defaults are the same for every data set. Recorded in the artefact. */
export interface DeepOptions {
  readonly seed: number;
  /** Folds of customers; one bag of networks is trained without each, and stopped early on it. Those of the glass box too. */
  readonly folds: number;
  /** Networks of a bag, which share their weights but for their adapters and heads. */
  readonly members: number;
  /** Units of each of the two hidden layers. */
  readonly width: number;
  /** Units of the hidden layer that reads features with a declared direction. */
  readonly monotoneWidth: number;
  /** Pieces of the encoding of a number feature, at most; 0: by the size of the data (`piecesFor`). */
  readonly pieces: number;
  /** Rows of a category level with an input of its own, at least. */
  readonly minLevelRows: number;
  /** Rows at which an input of a category level or special code has half of its size. */
  readonly levelShrinkage: number;
  /** Rows of a step; 0: by the size of the data (`batchFor`). */
  readonly batch: number;
  readonly learningRate: number;
  /** Decoupled weight decay (Loshchilov and Hutter 2019), per step and unit of learning rate. */
  readonly weightDecay: number;
  /** Share of the hidden units that a training row does not use, drawn anew for each step. */
  readonly dropout: number;
  /** Share of the networks in the blended log-odds; the glass box has the rest. */
  readonly networkShare: number;
  /** Passes over the rows, at most. */
  readonly maxEpochs: number;
  /** Passes without a lower held-out loss before training stops. */
  readonly patience: number;
}

export const DEFAULT_DEEP_OPTIONS: Omit<DeepOptions, 'seed'> = {
  folds: 6,
  members: 16,
  width: 64,
  monotoneWidth: 32,
  pieces: 0,
  minLevelRows: 10,
  levelShrinkage: 20,
  batch: 0,
  learningRate: 0.002,
  weightDecay: 0.05,
  dropout: 0.1,
  networkShare: 0.4,
  maxEpochs: 60,
  patience: 6,
};

/** Pieces by the size of the data, 8 to 48. */
export function piecesFor(rows: number): number {
  return Math.min(48, Math.max(8, Math.round(Math.sqrt(rows) / 5)));
}

/** Rows of a step by the size of the data, 64 to 1024. */
export function batchFor(rows: number): number {
  return Math.min(1024, Math.max(64, 2 ** Math.round(Math.log2(rows / 40))));
}

/** Completes options by their defaults. */
export function resolveDeepOptions(options: Partial<DeepOptions> & { readonly seed: number }): DeepOptions {
  return { ...DEFAULT_DEEP_OPTIONS, ...options };
}
