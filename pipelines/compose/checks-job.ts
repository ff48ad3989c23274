import type { ErrorCode, Problem, Project } from '../../base/index.ts';
import type { Slot } from '../../models/registry/index.ts';
import type { GradeBand } from '../../models/validation/index.ts';

/** What a checks process is asked to do; paths are absolute. Its result is `result.json` in `folder`. */
export type ChecksJob =
  | {
      readonly kind: 'validate';
      readonly trainingSet: string;
      readonly artefact: string;
      /** Folder of the champion's artefact, or null. */
      readonly champion: string | null;
      /** The master scale's grades, or null where it is for another horizon. */
      readonly grades: readonly GradeBand[] | null;
      /** Folder of the artefact that rates the slot's customers, to stand beside a term structure, or null. */
      readonly beside?: string | null;
      readonly folder: string;
    }
  | { readonly kind: 'prove'; readonly artefact: string; readonly folder: string }
  | {
      readonly kind: 'monitor';
      readonly project: Project;
      readonly databaseUrl: string;
      readonly slot: Slot;
      readonly folder: string;
    };

/** What a checks process says before it ends. */
export type ChecksMessage =
  | { readonly kind: 'done' }
  | {
      readonly kind: 'failed';
      readonly code: ErrorCode;
      readonly message: string;
      readonly fix: string | null;
      readonly problems: readonly Problem[];
    };

/** Files of a run's training set, under its folder; protected attributes of the test rows are for validation only. */
export const TRAINING_SET = {
  train: 'train.arrow',
  test: 'test.arrow',
  /** Of a term structure only: a row for each step of age, which the model is trained on, and how long each row of both sides was followed. */
  periods: 'periods.arrow',
  followed: 'followed.json',
  protected: 'protected.json',
  report: 'report.json',
} as const;

/** Name of the folder, under a model step's folder, that is stored as the artefact. */
export const ARTEFACT_FOLDER = 'artefact';

/** Name of the result of a checks process, under its folder. */
export const RESULT_FILE = 'result.json';
