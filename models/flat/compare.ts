import { ProbityError } from '../../base/index.ts';
import { loadFlat, type Dataset } from '../dataset/index.ts';
import { pdOf, winsBetween, type WhereItWins } from '../deep/index.ts';
import { compareModels, type Contender, type ModelComparison, type ProfitBasis } from '../validation/index.ts';
import type { AnyModelFolder } from './model-folder.ts';
import { declarationsOf } from './validate.ts';

/** Two models on the rows of a flat file and, where one of them is a deep challenger and the other a glass box, where the challenger wins. */
export interface FlatComparison extends ModelComparison {
  readonly whereItWins: WhereItWins | null;
}

/** How profit is counted on a flat file: the column that holds a row's exposure, absent: each row counts 1. */
export interface FlatProfit {
  readonly model?: NonNullable<ProfitBasis['model']>;
  readonly exposure?: string;
}

/**
 * Compares two models on a flat file with outcomes, each reading it by the spec that it was trained with: both must call the same rows bad.
 * Throws INVALID_INPUT where they do not, or where the file lacks what a model or the exposure needs.
 */
export async function compareFlat(
  first: AnyModelFolder,
  second: AnyModelFolder,
  path: string,
  profit: FlatProfit = {},
): Promise<FlatComparison> {
  const one = await score(first, path);
  const other = await score(second, path);
  const same = one.test.rows === other.test.rows && one.test.bad.every((bad, row) => bad === other.test.bad[row]);
  if (!same) {
    throw new ProbityError('INVALID_INPUT', 'The two models do not call the same rows of this file bad.', {
      fix: 'Compare models that were trained for the same target.',
    });
  }
  const { model, exposure } = profit;
  const comparison = compareModels(one, other, one.test, {
    ...(model ? { model } : {}),
    exposure: exposure === undefined ? null : { column: exposure, values: await exposureOf(first, path, exposure) },
  });
  return { ...comparison, whereItWins: winsOf(first, second, one.test) };
}

/** The exposure of each row. Throws INVALID_INPUT unless every one is a number that is not negative. */
async function exposureOf({ spec }: AnyModelFolder, path: string, column: string): Promise<Float64Array> {
  if (spec === null) return new Float64Array();
  const declared = { name: column, type: 'number', codes: [], monotone: null, label: null } as const;
  const { dataset } = await loadFlat(path, { ...spec, protected: [], features: [declared] });
  const read = dataset.columns[0];
  const values = read?.kind === 'number' ? read.values : new Float64Array();
  const unusable = values.reduce((count, value) => count + (value >= 0 && value < Number.POSITIVE_INFINITY ? 0 : 1), 0);
  if (unusable === 0) return values;
  throw new ProbityError('INVALID_INPUT', `The column ${column} of ${path} cannot be an exposure.`, {
    problems: [{ at: column, message: `${unusable} rows hold no number, or a negative one` }],
  });
}

/** Where the challenger wins, on rows that hold the features of both. */
function winsOf(first: AnyModelFolder, second: AnyModelFolder, test: Dataset): WhereItWins | null {
  const columns = new Set(test.columns.map(({ name }) => name));
  const held = [first, second].every(({ artefact }) => declarationsOf(artefact).every(({ name }) => columns.has(name)));
  return held ? winsBetween(first.artefact, second.artefact, test) : null;
}

async function score({ artefact, spec, hash }: AnyModelFolder, path: string): Promise<Contender & { test: Dataset }> {
  if (spec === null) {
    throw new ProbityError('INVALID_INPUT', `The model ${hash.slice(0, 12)} was not trained on a flat file.`, {
      fix: 'Compare models of a project without --data, on the rows of its own training set.',
    });
  }
  const features = declarationsOf(artefact).map((feature) => ({ ...feature, codes: [] }));
  const { dataset } = await loadFlat(path, { ...spec, features });
  return { model: hash, pd: pdOf(artefact, dataset), test: dataset };
}
