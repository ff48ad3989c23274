import { existsSync } from 'node:fs';
import { readdir, readFile, rename, rm } from 'node:fs/promises';
import { extname, join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { exactGlob, literal, sha256File, temporaryName, writeFileAtomic } from '../../base/index.ts';
import { erasedAmong, idList, isPartyColumn, type ErasedCustomers } from '../../features/erasure/index.ts';
import { loadDataset, saveDataset } from '../../models/dataset/index.ts';
import { pseudonymsUnder } from '../../records/ratings/index.ts';
import { parseBucketStamp, parseScoreManifest, totals, type BucketStamp } from '../score-manifest.ts';
import { TRAINING_SET } from './checks-job.ts';
import { columnsOf, withDuckDB } from './duckdb.ts';
import { countsOf } from './score-counts.ts';

/** What stands in a training set in the place of an erased customer's id. */
const NOBODY = '(erased)';

/** Ids of customers in files of tables (Parquet, CSV) that were erased; files that do not exist hold none. */
async function erasedInFiles(
  connection: DuckDBConnection,
  files: readonly string[],
  erased: ErasedCustomers,
): Promise<readonly string[]> {
  const found = new Set<string>();
  for (const file of files) {
    const table = `${extname(file) === '.csv' ? 'read_csv' : 'read_parquet'}(${literal(exactGlob(file))})`;
    const described = await connection.runAndReadAll(`DESCRIBE SELECT * FROM ${table}`);
    const columns = described
      .getRows()
      .map(([name]) => String(name))
      .filter(isPartyColumn);
    if (columns.length === 0) continue;
    const query = columns.map((column) => `SELECT "${column}" FROM ${table}`).join(' UNION ');
    for (const id of await erasedAmong(connection, query, erased)) found.add(id);
  }
  return [...found];
}

/** Whether a snapshot's folder holds an erased customer. */
export async function snapshotHolds(folder: string, erased: ErasedCustomers): Promise<boolean> {
  const names = await namesBelow(folder);
  const files = names.filter((name) => name.endsWith('.parquet')).map((name) => join(folder, name));
  return withDuckDB(1, async (connection) => (await erasedInFiles(connection, files, erased)).length > 0);
}

/** Removes files of built features (`probity features build`) that hold erased customers: they can be built anew. Answers how many. */
export async function eraseFeatureFiles(folder: string, erased: ErasedCustomers): Promise<number> {
  const files = (await namesBelow(folder))
    .filter((name) => /\.(parquet|csv)$/.test(name))
    .map((name) => join(folder, name));
  let removed = 0;
  await withDuckDB(1, async (connection) => {
    for (const file of files) {
      if ((await erasedInFiles(connection, [file], erased)).length === 0) continue;
      await rm(file);
      removed += 1;
    }
  });
  return removed;
}

/** Writes the scores of a portfolio anew without erased customers: the Parquet files, their stamps and the manifest. Answers how many rows went. */
export async function eraseScores(scores: string, erased: ErasedCustomers): Promise<number> {
  let rows = 0;
  await withDuckDB(1, async (connection) => {
    for (const request of await readdir(scores).catch(() => [])) {
      const folder = join(scores, request);
      const names = (await readdir(folder).catch(() => [])).filter((name) => /^bucket-\d+\.parquet$/.test(name));
      const stamps = new Map<string, BucketStamp>();
      for (const name of names) {
        const file = join(folder, name);
        const ids = await erasedInFiles(connection, [file], erased);
        if (ids.length === 0) continue;
        const { stamp, removed } = await withoutRows(connection, folder, name, ids);
        stamps.set(name, stamp);
        rows += removed;
      }
      if (stamps.size > 0) await mendManifest(join(folder, 'manifest.json'), stamps);
    }
  });
  return rows;
}

async function withoutRows(
  connection: DuckDBConnection,
  folder: string,
  name: string,
  ids: readonly string[],
): Promise<{ readonly stamp: BucketStamp; readonly removed: number }> {
  const file = join(folder, name);
  const source = `read_parquet(${literal(exactGlob(file))})`;
  const temporary = join(folder, temporaryName(name));
  const namesSlots = (await columnsOf(connection, source)).has('slot');
  const before = await countsOf(connection, file, false);
  try {
    await connection.run(
      `COPY (SELECT * FROM ${source} WHERE party_id NOT IN ${idList(ids)} ORDER BY party_id) TO ${literal(temporary)} (FORMAT parquet, COMPRESSION zstd)`,
    );
    const counts = await countsOf(connection, temporary, namesSlots);
    const place = join(folder, name.replace(/parquet$/, 'json'));
    const text = await readFile(place, 'utf8').catch(() => null);
    // What the scores do without, and of whom there are none, stays as it was counted.
    const old = text === null ? {} : parseBucketStamp(text, name);
    const stamp: BucketStamp = { ...old, file: name, hash: await sha256File(temporary), ...counts };
    await rename(temporary, file);
    await writeFileAtomic(place, `${JSON.stringify(stamp)}\n`);
    return { stamp, removed: before.rows - counts.rows };
  } finally {
    await rm(temporary, { force: true });
  }
}

/** Brings a finished manifest to the rewritten files; a rescoring that still runs has none yet. */
async function mendManifest(path: string, stamps: ReadonlyMap<string, BucketStamp>): Promise<void> {
  if (!existsSync(path)) return;
  const manifest = parseScoreManifest(await readFile(path, 'utf8'), path);
  const files = manifest.files.map((stamp) => stamps.get(stamp.file) ?? stamp);
  await writeFileAtomic(path, `${JSON.stringify({ ...manifest, ...totals(files, manifest.models) }, null, 2)}\n`);
}

/**
 * Takes the ids of erased customers out of the training sets of runs. Their rows stay, of nobody: what a model was trained on, and its hash, which
 * holds no ids, are evidence of the model. Answers how many rows; `changed` is told of each run.
 */
export async function eraseTrainingSets(
  runs: string,
  erased: ErasedCustomers,
  changed: (requestId: string) => Promise<void>,
): Promise<number> {
  const pseudonyms = pseudonymsUnder(erased.key);
  const subjects = new Set(erased.subjects);
  let rows = 0;
  for (const requestId of await readdir(runs).catch(() => [])) {
    const folder = join(runs, requestId, 'training-set');
    let touched = false;
    for (const name of [TRAINING_SET.train, TRAINING_SET.test, TRAINING_SET.periods]) {
      const customerOf = name === TRAINING_SET.periods ? customerOfPeriod : customerOfRow;
      const path = join(folder, name);
      if (!existsSync(path)) continue;
      const dataset = await loadDataset(path);
      const isErased = new Map(
        [...new Set(dataset.ids)].map((id) => [id, subjects.has(pseudonyms.of(customerOf(id)))]),
      );
      const ids = dataset.ids.map((id) =>
        isErased.get(id) === true ? `${NOBODY}${id.slice(customerOf(id).length)}` : id,
      );
      const count = ids.filter((id, i) => id !== dataset.ids[i]).length;
      if (count === 0) continue;
      await saveDataset({ ...dataset, ids }, path);
      rows += count;
      touched = true;
    }
    if (touched) await changed(requestId);
  }
  return rows;
}

/** The customer of a training row's id, `customer/observation date` (models/training-set). */
function customerOfRow(id: string): string {
  return id.replace(/\/[^/]*$/, '');
}

/** The customer of a row of an age, `customer/observation date/months` (models/hazard). */
function customerOfPeriod(id: string): string {
  return customerOfRow(customerOfRow(id));
}

async function namesBelow(folder: string): Promise<readonly string[]> {
  return readdir(folder, { recursive: true }).catch(() => []);
}
