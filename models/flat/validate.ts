import { ProbityError, silent, type Progress } from '../../base/index.ts';
import type { FeatureDeclaration, FlatSpec } from '../../features/specs/flat-spec.ts';
import type { FeatureTerm } from '../artefact/glass-box.ts';
import {
  directionsOf,
  glassBoxInside,
  isDeep,
  pdOf,
  type AnyArtefact,
  type Directions,
  type NamedAnyArtefact,
} from '../deep/index.ts';
import { fitPlainLogistic, predictLogistic } from '../benchmark/index.ts';
import type { Dataset } from '../dataset/dataset.ts';
import { loadFlat } from '../dataset/flat.ts';
import { makeDataset } from '../dataset/make.ts';
import { readObserved, validateHazard, type HazardValidation } from '../hazard/index.ts';
import { rejectSensitivity, type RejectSensitivity } from '../reject-inference/index.ts';
import { validateModel, type GradeBand, type ValidationReport } from '../validation/index.ts';
import type { AnyModelFolder, ModelFolder } from './model-folder.ts';

/** What a validation on a flat file needs. */
export interface FlatValidation {
  readonly model: AnyModelFolder;
  /** Path of the rows to validate on. */
  readonly data: string;
  /** What the columns mean, where the model's own spec does not say it (segment, protected attributes) or it has none. */
  readonly spec?: FlatSpec;
  /** Path of the training rows, for stability and the plain logistic regression. */
  readonly train?: string;
  /** Path of rejected applications, for reject inference; needs `train`. */
  readonly rejected?: string;
  readonly champion?: NamedAnyArtefact;
  readonly grades?: readonly GradeBand[];
  readonly approveBelow?: number;
  readonly onProgress?: Progress;
}

/** A validation, and what the model says of declared directions. */
export interface FlatValidationReport extends ValidationReport {
  readonly directions: Directions;
}

/**
 * Validates a model on a flat file: its features as the artefact declares them, outcome, dates, segment and protected attributes as the
 * spec says. Throws INVALID_INPUT with every problem at once.
 */
export async function validateFlat(run: FlatValidation): Promise<FlatValidationReport> {
  const { model, champion, onProgress = silent } = run;
  const { artefact } = model;
  const declared = run.spec ?? model.spec;
  if (declared === null) {
    throw new ProbityError('INVALID_INPUT', 'This model holds no spec, so nothing says which column is the outcome.', {
      fix: 'Name a flat spec (target, dates, protected attributes): --spec spec.yaml',
    });
  }
  const own = declarationsOf(artefact);
  const theirs = champion ? declarationsOf(champion.artefact) : [];
  const known = new Set(own.map(({ name }) => name));
  const spec = { ...declared, features: [...own, ...theirs.filter(({ name }) => !known.has(name))] };
  onProgress({ step: 'reading', message: run.data });
  const data = await loadFlat(run.data, spec, { findProtected: true });
  const test = onlyFeatures(data.dataset, own);
  if (run.train !== undefined) onProgress({ step: 'reading', message: run.train });
  const train = run.train === undefined ? null : (await loadFlat(run.train, { ...declared, features: own })).dataset;
  if (train) onProgress({ step: 'benchmark', message: 'a plain logistic regression on the training rows' });
  const logistic = train ? predictLogistic(fitPlainLogistic(train), test) : null;
  let rejects: RejectSensitivity | null = null;
  if (run.rejected !== undefined && train) {
    onProgress({ step: 'reject inference', message: run.rejected });
    const rejected = await loadFlat(run.rejected, { ...declared, features: own }, { requireTarget: false });
    rejects = rejectSensitivity(train, rejected.dataset, test);
  }
  onProgress({ step: 'measuring' });
  const report = validateModel({
    model: model.hash,
    predict: (rows) => pdOf(artefact, rows),
    test,
    training: {
      hash: artefact.provenance.trainingSetHash,
      period: artefact.provenance.period,
      auc: artefact.outOfFold.auc,
    },
    ...(train ? { train } : {}),
    ...(champion ? { champion: pdOf(champion.artefact, data.dataset) } : {}),
    ...(logistic ? { logistic } : {}),
    ...(run.grades ? { grades: run.grades } : {}),
    ...(data.segment ? { segment: data.segment } : {}),
    protected: data.protected,
    ...(rejects ? { rejects } : {}),
    ...(run.approveBelow === undefined ? {} : { approveBelow: run.approveBelow }),
  });
  return { ...report, directions: directionsOf(artefact) };
}

/** Validates the term structure of a hazard model by age on a flat file, read as its own spec (or the one given) says. */
export async function validateFlatHazard(
  model: ModelFolder,
  data: string,
  spec: FlatSpec | null = model.spec,
): Promise<HazardValidation> {
  const age = spec?.target.age;
  if (!spec || !age) {
    throw new ProbityError('INVALID_INPUT', 'No spec says how long each row was observed.', {
      fix: 'Name the flat spec with `target: { kind: hazard, ... }`: --spec spec.yaml',
    });
  }
  const features = declarationsOf(model.artefact).filter(({ name }) => name !== model.artefact.target.ages?.term);
  return validateHazard(model.hash, model.artefact, await readObserved(data, { ...spec, features }, age));
}

/** The features of a model as a spec declares them. */
export function declarationsOf(artefact: AnyArtefact): FeatureDeclaration[] {
  const { terms } = isDeep(artefact) ? glassBoxInside(artefact).model : artefact.model;
  return terms.map(({ name, type, encoding, monotone, label }: FeatureTerm) => ({
    name,
    type,
    codes: encoding.codes,
    monotone,
    label,
  }));
}

/** The data set with these features only, in their order. */
function onlyFeatures(dataset: Dataset, features: readonly FeatureDeclaration[]): Dataset {
  const at = features.map(({ name }) => dataset.columns.findIndex((column) => column.name === name));
  return makeDataset({
    ...dataset,
    columns: at.map((i) => dataset.columns[i]!),
    features: at.map((i) => dataset.features[i]!),
  });
}
