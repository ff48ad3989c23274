import { readFile } from 'node:fs/promises';
import {
  type Float64,
  type Int32,
  Table,
  type Uint8,
  Utf8,
  type Vector,
  makeVector,
  tableFromIPC,
  tableToIPC,
  vectorFromArray,
} from 'apache-arrow';

import { ProbityError } from '../../base/errors.ts';
import { writeFileAtomic } from '../../base/files.ts';
import type { Dataset, FeatureColumn } from './dataset.ts';
import { datasetHash } from './hash.ts';

type ColumnHeader =
  | { readonly kind: 'number'; readonly name: string }
  | { readonly kind: 'category'; readonly name: string; readonly levels: readonly string[] };

interface Header {
  readonly format: 'probity.dataset/1';
  readonly columns: readonly ColumnHeader[];
  readonly features: Dataset['features'];
  readonly hash: string;
}

/** Writes a data set as one Arrow IPC file (what its columns mean in the schema's metadata), atomically. */
export async function saveDataset(dataset: Dataset, path: string): Promise<void> {
  const header: Header = {
    format: 'probity.dataset/1',
    columns: dataset.columns.map((column) =>
      column.kind === 'number'
        ? { kind: 'number', name: column.name }
        : { kind: 'category', name: column.name, levels: column.levels },
    ),
    features: dataset.features,
    hash: dataset.hash,
  };
  const vectors: { [name: string]: Vector } = {};
  dataset.columns.forEach((column, i) => {
    vectors[`feature_${i}`] = makeVector(column.kind === 'number' ? column.values : column.codes);
  });
  vectors['bad'] = makeVector(dataset.bad);
  if (dataset.weight) vectors['weight'] = makeVector(dataset.weight);
  if (dataset.group) vectors['group'] = makeVector(dataset.group);
  if (dataset.time) vectors['time'] = makeVector(dataset.time);
  vectors['id'] = vectorFromArray([...dataset.ids], new Utf8());
  const table = new Table(vectors);
  table.schema.metadata.set('probity', JSON.stringify(header));
  await writeFileAtomic(path, tableToIPC(table, 'file'));
}

/** Reads what `saveDataset` wrote. Throws `FILE_NOT_FOUND`, or `DATASET_ALTERED` where the file is no data set or its rows do not have the stored hash. */
export async function loadDataset(path: string): Promise<Dataset> {
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw new ProbityError('FILE_NOT_FOUND', 'The data set cannot be read.', {
      cause,
      problems: [{ at: path, message: 'not found' }],
    });
  });
  const altered = (message: string, cause?: unknown) =>
    new ProbityError('DATASET_ALTERED', message, { cause, problems: [{ at: path, message }] });
  let table: Table;
  try {
    table = tableFromIPC(bytes);
  } catch (cause) {
    throw altered('This file is not an Arrow file.', cause);
  }
  const metadata = table.schema.metadata.get('probity');
  if (metadata === undefined) throw altered('This Arrow file is not a data set of Probity.');
  const header = JSON.parse(metadata) as Header;
  const column = (name: string): Vector | null => table.getChild(name);
  const floats = (name: string): Float64Array | null => {
    const vector = column(name) as Vector<Float64> | null;
    return vector && Float64Array.from(vector.toArray());
  };
  const integers = (name: string): Int32Array | null => {
    const vector = column(name) as Vector<Int32> | null;
    return vector && Int32Array.from(vector.toArray());
  };
  const columns = header.columns.map((spec, i): FeatureColumn => {
    const name = `feature_${i}`;
    if (spec.kind === 'number') return { ...spec, values: floats(name) ?? new Float64Array() };
    return { ...spec, codes: integers(name) ?? new Int32Array() };
  });
  const bad = column('bad') as Vector<Uint8> | null;
  const ids = column('id') as Vector<Utf8> | null;
  const parts = {
    rows: table.numRows,
    columns,
    features: header.features,
    bad: bad ? Uint8Array.from(bad.toArray()) : new Uint8Array(),
    weight: floats('weight'),
    group: integers('group'),
    time: floats('time'),
    ids: ids ? Array.from(ids, (id) => id ?? '') : [],
  };
  if (datasetHash(parts) !== header.hash)
    throw altered('The rows of this data set do not have the hash that it was saved with.');
  return { ...parts, hash: header.hash };
}
