import { ProbityError } from '../../base/errors.ts';
import type { Dataset } from '../dataset/dataset.ts';
import { makeDataset } from '../dataset/make.ts';

/** The data set without some features, by name. Throws INVALID_SPEC, naming those that it does not have. */
export function withoutFeatures(dataset: Dataset, names: readonly string[]): Dataset {
  if (names.length === 0) return dataset;
  const unknown = names.filter((name) => !dataset.columns.some((column) => column.name === name));
  if (unknown.length > 0) {
    throw new ProbityError('INVALID_SPEC', 'Features that are to be left out are not there.', {
      problems: unknown.map((name) => ({ at: 'training.exclude', message: `there is no feature \`${name}\`` })),
      fix: 'See `probity features list`.',
    });
  }
  const keep = dataset.columns.flatMap(({ name }, i) => (names.includes(name) ? [] : [i]));
  const { hash: _, ...parts } = dataset;
  return makeDataset({
    ...parts,
    columns: keep.map((i) => dataset.columns[i]!),
    features: keep.map((i) => dataset.features[i]!),
  });
}
