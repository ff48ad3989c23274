import { ProbityError } from '../../base/index.ts';
import { loadFlat, type Dataset } from '../dataset/index.ts';
import { scoreMatrix } from '../scoring/index.ts';
import { compareModels, type Contender, type ModelComparison } from '../validation/index.ts';
import type { ModelFolder } from './model-folder.ts';

/**
 * Compares two models on a flat file with outcomes, each reading it by the spec that it was trained with: both must call the same rows bad.
 * Throws INVALID_INPUT where they do not, or where the file lacks what a model needs.
 */
export async function compareFlat(first: ModelFolder, second: ModelFolder, path: string): Promise<ModelComparison> {
  const one = await score(first, path);
  const other = await score(second, path);
  const same = one.test.rows === other.test.rows && one.test.bad.every((bad, row) => bad === other.test.bad[row]);
  if (!same) {
    throw new ProbityError('INVALID_INPUT', 'The two models do not call the same rows of this file bad.', {
      fix: 'Compare models that were trained for the same target.',
    });
  }
  return compareModels(one, other, one.test);
}

async function score({ artefact, spec, hash }: ModelFolder, path: string): Promise<Contender & { test: Dataset }> {
  if (spec === null) {
    throw new ProbityError('INVALID_INPUT', `The model ${hash.slice(0, 12)} was not trained on a flat file.`, {
      fix: 'Compare models of a project without --data, on the rows of its own training set.',
    });
  }
  const features = artefact.model.terms.map(({ name, type, monotone, label }) => ({
    name,
    type,
    codes: [],
    monotone,
    label,
  }));
  const { dataset } = await loadFlat(path, { ...spec, features });
  return { model: hash, pd: scoreMatrix(artefact, dataset).pd, test: dataset };
}
