import type { ErrorCode } from '../../base/error-codes.ts';
import type { Problem } from '../../base/errors.ts';
import type { ProgressEvent } from '../../base/progress.ts';
import type { TrainingOptions } from './options.ts';

/** What a training process is asked to do. Paths are absolute. */
export interface TrainingJob {
  /** A data set written by `saveDataset`. */
  readonly datasetPath: string;
  readonly options: Partial<TrainingOptions> & { readonly seed: number };
  /** Where finished steps are kept for resuming, or null. Steps carry the data set's hash and the options: a folder may be shared. */
  readonly checkpointDir: string | null;
  /** Where `fitted.json` is written. */
  readonly outDir: string;
}

/** Name of the file, under `outDir`, that holds the fitted glass box as JSON. */
export const RESULT_FILE = 'fitted.json';

/** One line of a training process's standard output. */
export type TrainingLine =
  | { readonly kind: 'progress'; readonly event: ProgressEvent }
  | { readonly kind: 'done' }
  | {
      readonly kind: 'failed';
      readonly code: ErrorCode;
      readonly message: string;
      readonly fix: string | null;
      readonly problems: readonly Problem[];
    };
