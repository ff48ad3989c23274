/** Flat files end to end: train a model on one, score another, no server needed. */
export { compareFlat } from './compare.ts';
export {
  loadAnyModelFolder,
  loadModelFolder,
  requireGlassBox,
  SPEC_FILE,
  type AnyModelFolder,
  type ModelFolder,
} from './model-folder.ts';
export { scoreFlat, type Engine, type FlatScoring, type ScoredFile } from './score.ts';
export { saveTrained, trainFlat, type FlatTraining, type TrainedFlat } from './train.ts';
export { saveTrainedDeep, trainDeepFlat, type DeepFlatTraining, type TrainedDeepFlat } from './train-deep.ts';
export { declarationsOf, validateFlat, validateFlatHazard, type FlatValidation } from './validate.ts';
