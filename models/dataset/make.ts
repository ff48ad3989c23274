import { ProbityError, type Problem } from '../../base/errors.ts';
import type { Dataset, FeatureColumn } from './dataset.ts';
import { datasetHash } from './hash.ts';

/** A data set of these parts, with its content hash. Throws `INVALID_INPUT` naming every part whose length or name does not fit. */
export function makeDataset(parts: Omit<Dataset, 'hash'>): Dataset {
  const problems: Problem[] = [];
  const expect = (at: string, length: number): void => {
    if (length !== parts.rows) problems.push({ at, message: `has ${length} values for ${parts.rows} rows` });
  };
  for (const column of parts.columns) {
    expect(column.name, column.kind === 'number' ? column.values.length : column.codes.length);
  }
  expect('bad', parts.bad.length);
  expect('ids', parts.ids.length);
  if (parts.weight) expect('weight', parts.weight.length);
  if (parts.group) expect('group', parts.group.length);
  if (parts.time) expect('time', parts.time.length);
  const names = parts.columns.map((column) => column.name);
  if (names.length !== parts.features.length || names.some((name, i) => name !== parts.features[i]?.name)) {
    problems.push({ at: 'features', message: 'are not declared in the order of the columns' });
  }
  if (problems.length > 0) throw new ProbityError('INVALID_INPUT', 'The parts of a data set do not fit.', { problems });
  return { ...parts, hash: datasetHash(parts) };
}

/** The rows of these indexes, in this order, as a data set of its own; customers keep their numbers, categories their levels. */
export function takeRows(dataset: Dataset, rows: ArrayLike<number>): Dataset {
  const picked = Int32Array.from(rows);
  const columns = dataset.columns.map((column): FeatureColumn =>
    column.kind === 'number'
      ? { ...column, values: Float64Array.from(picked, (row) => column.values[row] as number) }
      : { ...column, codes: Int32Array.from(picked, (row) => column.codes[row] as number) },
  );
  const { weight, group, time } = dataset;
  return makeDataset({
    rows: picked.length,
    columns,
    features: dataset.features,
    bad: Uint8Array.from(picked, (row) => dataset.bad[row] as number),
    weight: weight && Float64Array.from(picked, (row) => weight[row] as number),
    group: group && Int32Array.from(picked, (row) => group[row] as number),
    time: time && Float64Array.from(picked, (row) => time[row] as number),
    ids: Array.from(picked, (row) => dataset.ids[row] as string),
  });
}
