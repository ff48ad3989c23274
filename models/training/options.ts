/** Every setting of a training run; the defaults find their own level on any portfolio. Recorded in the artefact. */
export interface TrainingOptions {
  readonly seed: number;
  /** Folds of customers; one bag is fitted without each, and stopped early on it. */
  readonly folds: number;
  /** Times that the customers are split into folds anew, each with its own bags; 0: by the size of the data (see `repeatsFor`). */
  readonly repeats: number;
  /** Share of each Newton step that is taken. */
  readonly learningRate: number;
  /** First rounds of shapes, which cut them at random (see `Schedule`). */
  readonly smoothRounds: number;
  /** Rounds of the largest gains for each round of every table (see `Schedule`). */
  readonly greedyRounds: number;
  /** Rounds of boosting, at most; a round makes as many steps as there are tables. */
  readonly maxRounds: number;
  /** Rounds without a lower held-out loss before boosting stops. */
  readonly patience: number;
  /** Ridge on the Newton step of a leaf, in units of Hessian weight. */
  readonly ridge: number;
  /** The same for a bin outside the order: a category level, missing, a special code. */
  readonly levelRidge: number;
  /** Rows of a leaf, at least, as a share of the rows. */
  readonly minLeafShare: number;
  /** Rows of a leaf, at least. */
  readonly minLeafRows: number;
  /** Ordinary bins of a number feature, at most; 0: by the size of the data. */
  readonly maxBins: number;
  /** Pairwise terms, at most. */
  readonly pairs: number;
  /** Events (rows of the rarer outcome) at which half of what pairs add is believed (see `credibilityOf`); 0: all of it is. */
  readonly pairCredibility: number;
  /** Pairs that are tried together before the best are kept. */
  readonly candidates: number;
  /** Bins of each side of a pairwise term, at most. */
  readonly pairBins: number;
  /** Whether all tables are refitted jointly in TensorFlow. */
  readonly refit: boolean;
  /** Bad rate that PDs are moved to (see `shiftTo`); 0: they keep to that of the sample. */
  readonly centralTendency: number;
}

export const DEFAULT_OPTIONS: Omit<TrainingOptions, 'seed'> = {
  folds: 6,
  repeats: 0,
  learningRate: 0.04,
  smoothRounds: 150,
  greedyRounds: 10,
  maxRounds: 2000,
  patience: 40,
  ridge: 10,
  levelRidge: 5,
  minLeafShare: 0.001,
  minLeafRows: 5,
  maxBins: 0,
  pairs: 20,
  pairCredibility: 200,
  candidates: 60,
  pairBins: 32,
  refit: true,
  centralTendency: 0,
};

/** Splits into folds by the rows: small data are noisy and cheap, so that more bags are averaged. */
export function repeatsFor(rows: number): number {
  return rows < 10_000 ? 2 : 1;
}

/** Completes options by their defaults. */
export function resolveOptions(options: Partial<TrainingOptions> & { readonly seed: number }): TrainingOptions {
  return { ...DEFAULT_OPTIONS, ...options };
}
