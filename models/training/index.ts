/** Training of the glass-box default model: data in, artefact parts out; deterministic, resumable, cancellable. */
export type { Checkpoint } from './checkpoint.ts';
export { trainInProcess } from './in-process.ts';
export { RESULT_FILE, type TrainingJob } from './job.ts';
export { DEFAULT_OPTIONS, resolveOptions, type TrainingOptions } from './options.ts';
export { trainGlassBox, type FittedGlassBox, type TrainingHooks } from './train.ts';
export type { HistoryPoint } from './stage.ts';
