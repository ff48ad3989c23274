/** Flat files end to end: train a model on one, score another, no server needed. */
export { compareFlat } from './compare.ts';
export { loadModelFolder, SPEC_FILE, type ModelFolder } from './model-folder.ts';
export { scoreFlat, type Engine, type FlatScoring, type ScoredFile } from './score.ts';
export { saveTrained, trainFlat, type FlatTraining, type TrainedFlat } from './train.ts';
export { declarationsOf, validateFlat, validateFlatHazard, type FlatValidation } from './validate.ts';
