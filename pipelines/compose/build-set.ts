import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { saveDataset } from '../../models/dataset/index.ts';
import type { FollowedRows } from '../../models/hazard/index.ts';
import {
  agePeriods,
  buildFollowedSet,
  buildTrainingSet,
  checkSides,
  followedRows,
  sideReport,
  withoutFeatures,
  type TrainingSet,
  type TrainingSetOptions,
} from '../../models/training-set/index.ts';
import { MODEL_DEVELOPMENT } from '../../records/privacy/index.ts';
import { TRAINING_SET } from './checks-job.ts';
import { lawfulSide, type LawfulSide } from './lawful-set.ts';
import { saveFollowUp, type StoredTrainingSet } from './training-set-files.ts';

/** Both sides as they are stored, without the features that the project leaves out and what has no legal basis, and the hash of what is trained on. */
export interface BuiltSet extends TrainingSet {
  readonly trainHash: string;
  readonly ages: StoredTrainingSet['ages'];
  readonly withheld: Pick<StoredTrainingSet, 'withheld'>;
  readonly lawfulTest: LawfulSide;
}

type Basis = Omit<Parameters<typeof lawfulSide>[1], 'source'>;

/** How a project builds a set: with steps of age or without, what it leaves out, and the basis for what it uses. */
interface SetPlan {
  readonly stepMonths: number | null;
  readonly exclude: readonly string[];
  readonly basis: Basis;
  /** Where a set by age writes what belongs to it alone. */
  readonly folder: string;
}

/** The training set of a slot, without what has no legal basis. */
export function buildSet(
  connection: DuckDBConnection,
  options: TrainingSetOptions,
  { stepMonths, exclude, basis, folder }: SetPlan,
): Promise<BuiltSet> {
  return stepMonths === null
    ? plainSet(connection, options, exclude, basis)
    : setByAge(connection, { ...options, stepMonths }, exclude, basis, folder);
}

async function plainSet(
  connection: DuckDBConnection,
  options: TrainingSetOptions,
  exclude: readonly string[],
  basis: Basis,
): Promise<BuiltSet> {
  const { lawfulTrain, ...built } = await lawfulSet(await buildTrainingSet(connection, options), exclude, basis);
  return { ...built, trainHash: lawfulTrain.dataset.hash, ages: undefined };
}

/** The set of a term structure; a row for each step of age, and how long rows were followed, are written into the folder. */
async function setByAge(
  connection: DuckDBConnection,
  options: TrainingSetOptions & { readonly stepMonths: number },
  exclude: readonly string[],
  basis: Basis,
  folder: string,
): Promise<BuiltSet> {
  const { report, train, test } = await buildFollowedSet(connection, options);
  const built = await lawfulSet({ report, train: train.rows, test: test.rows }, exclude, basis);
  const { lawfulTrain, lawfulTest } = built;
  const stepsOf = ({ steps }: FollowedRows, { kept }: LawfulSide): Int32Array =>
    kept === null ? steps : Int32Array.from(kept, (row) => steps[row] ?? 0);
  const followed = {
    train: followedRows(lawfulTrain.dataset, stepsOf(train, lawfulTrain)),
    test: followedRows(lawfulTest.dataset, stepsOf(test, lawfulTest)),
  };
  const { dataset, ages } = agePeriods(followed.train, options.stepMonths, options.seed);
  await saveDataset(dataset, join(folder, TRAINING_SET.periods));
  await saveFollowUp(folder, followed);
  return { ...built, trainHash: dataset.hash, ages };
}

/** Both sides without the features that are left out, and without what has no legal basis. */
async function lawfulSet(
  { report, ...sides }: TrainingSet,
  exclude: readonly string[],
  basis: Basis,
): Promise<Omit<BuiltSet, 'trainHash' | 'ages'> & { readonly lawfulTrain: LawfulSide }> {
  const used = { ...basis, source: report.labels.source };
  const lawfulTrain = await lawfulSide(withoutFeatures(sides.train, exclude), used);
  const lawfulTest = await lawfulSide(withoutFeatures(sides.test, exclude), used);
  const [train, test] = [lawfulTrain.dataset, lawfulTest.dataset];
  checkSides(train, test);
  const all = [lawfulTrain.withheld, lawfulTest.withheld];
  const nothing = all.every(({ features, rowsLeftOut }) => features.length === 0 && rowsLeftOut === 0);
  return {
    train,
    test,
    lawfulTrain,
    lawfulTest,
    report: nothing ? report : { ...report, train: sideReport(train), test: sideReport(test) },
    withheld: nothing
      ? {}
      : { withheld: { purpose: MODEL_DEVELOPMENT, train: lawfulTrain.withheld, test: lawfulTest.withheld } },
  };
}
