import { boost, type Boosted, type Round } from './boost.ts';
import { takeRows, type BinnedRows, type PairLayout, type Tables, type TermLayout } from './layout.ts';
import type { Schedule } from './schedule.ts';
import type { StepLimits } from './step.ts';

/** One bag: boosting on all folds but one, stopped early on that one. A pure function of these values, wherever it runs. */
export interface BagJob {
  /** Which split into folds, and which of its folds is held out. */
  readonly repeat: number;
  readonly fold: number;
  readonly terms: readonly TermLayout[];
  readonly pairs: readonly PairLayout[];
  readonly start: Tables;
  readonly limits: StepLimits;
  readonly maxRounds: number;
  readonly patience: number;
  readonly schedule: Schedule;
}

/** What every bag shares. */
export interface BagData {
  readonly data: BinnedRows;
  /** By repeat: the fold of each row. */
  readonly folds: readonly Int32Array[];
}

export function fitBag(job: BagJob, shared: BagData): Generator<Round, Boosted> {
  const inside: number[] = [];
  const outside: number[] = [];
  shared.folds[job.repeat]!.forEach((fold, row) => (fold === job.fold ? outside : inside).push(row));
  return boost({
    terms: job.terms,
    pairs: job.pairs,
    train: takeRows(shared.data, Int32Array.from(inside)),
    held: takeRows(shared.data, Int32Array.from(outside)),
    start: job.start,
    limits: job.limits,
    maxRounds: job.maxRounds,
    patience: job.patience,
    schedule: job.schedule,
  });
}
