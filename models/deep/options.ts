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
  /** Rows of a category level with an input of its own, at least; 0: by the size of the data (`levelRowsFor`). */
  readonly minLevelRows: number;
  /** Rows at which the indicator of a level, a code or missing has half of its size; 0: by the size of the data (`shrinkageFor`). */
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
  width: 96,
  monotoneWidth: 32,
  pieces: 0,
  minLevelRows: 0,
  levelShrinkage: 0,
  batch: 0,
  learningRate: 0.001,
  weightDecay: 0.05,
  dropout: 0.4,
  networkShare: 0.5,
  maxEpochs: 40,
  patience: 4,
};

/** Pieces by the size of the data, 8 to 16: more fit noise. */
export function piecesFor(rows: number): number {
  return Math.min(16, Math.max(8, Math.round(Math.sqrt(rows) / 10)));
}

/** Rows of a level with an input of its own: a third of the square root of the rows, at least 10. */
export function levelRowsFor(rows: number): number {
  return Math.max(10, Math.round(Math.sqrt(rows) / 3));
}

/** Rows at which an indicator has half of its size: the square root of the rows. */
export function shrinkageFor(rows: number): number {
  return Math.sqrt(rows);
}

/** Rows of a step by the size of the data, 64 to 1024. */
export function batchFor(rows: number): number {
  return Math.min(1024, Math.max(64, 2 ** Math.round(Math.log2(rows / 40))));
}

/** Completes options by their defaults. */
export function resolveDeepOptions(options: Partial<DeepOptions> & { readonly seed: number }): DeepOptions {
  return { ...DEFAULT_DEEP_OPTIONS, ...options };
}
