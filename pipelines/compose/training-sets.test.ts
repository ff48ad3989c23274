import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { instant, type Tenant } from '../../base/index.ts';
import { loadDataset, makeDataset, saveDataset } from '../../models/dataset/index.ts';
import { pseudonymsUnder } from '../../records/ratings/index.ts';
import { folderStorage } from '../../records/storage/index.ts';
import { TRAINING_SET } from './checks-job.ts';
import { eraseTrainingSets } from './erase-files.ts';
import { oldTrainingSets, removeTrainingSet, type TrainingSetsParts } from './training-set-retention.ts';

const tenant = 'acme' as Tenant;
const slot = { portfolio: 'main', segment: null, horizonMonths: 12 } as const;
let root: string;
let runs: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'probity-sets-'));
  runs = join(root, 'tenants', tenant, 'runs');
});
afterEach(() => rm(root, { recursive: true }));

function rowsOf(ids: readonly string[]) {
  return makeDataset({
    rows: ids.length,
    columns: [{ kind: 'number', name: 'x', values: new Float64Array(ids.length) }],
    features: [{ name: 'x', type: 'number', codes: [], monotone: null, label: null }] as never,
    bad: new Uint8Array(ids.length),
    weight: null,
    group: null,
    time: null,
    ids,
  });
}
async function run(runId: string, cutoff: string, customers: readonly string[]): Promise<string> {
  const folder = join(runs, runId, 'training-set');
  await mkdir(folder, { recursive: true });
  const ids = customers.map((id) => `${id}/2019-01-01`);
  await saveDataset(rowsOf(ids), join(folder, TRAINING_SET.train));
  await saveDataset(rowsOf(ids), join(folder, TRAINING_SET.test));
  await writeFile(join(folder, TRAINING_SET.report), JSON.stringify({ report: { cutoff } }));
  await mkdir(join(runs, runId, 'model'));
  return folder;
}

describe('old training sets', () => {
  it('go, but those that something reads, the newest of a slot, and those with a customer on hold; the model stays', async () => {
    const old = '2020-01-31T00:00:00.000Z';
    for (const name of ['failed', 'rejected', 'champion', 'challenger', 'waiting', 'newest', 'of-late'])
      await run(name, old, ['c-1']);
    await run('held', old, ['c-1', 'a/b']);
    await run('young', '2024-01-31T00:00:00.000Z', ['c-1']);
    await mkdir(join(runs, 'gone'), { recursive: true });
    const candidate = (runId: string, state: string, of: object = slot) => ({
      runId,
      slot: of,
      state,
      modelHash: runId,
    });
    const parts = {
      tenant,
      runs,
      storage: folderStorage(root),
      registry: {
        candidates: async () => [
          candidate('gone', 'rejected'),
          candidate('newest', 'rejected'),
          candidate('waiting', 'waiting'),
          candidate('rejected', 'rejected'),
          candidate('challenger', 'approved'),
          candidate('champion', 'promoted'),
          candidate('held', 'promoted'),
          candidate('of-late', 'rejected', { ...slot, lateDays: 30 }),
        ],
      },
      champions: { standing: async () => [{ modelHash: 'champion', split: { modelHash: 'challenger' } }] },
    } as unknown as TrainingSetsParts;
    const before = instant('2021-01-01');
    const found = await oldTrainingSets(parts, before, new Set(['a/b']));
    expect(found).toEqual({ due: ['failed', 'rejected'], held: ['held'] });
    for (const runId of found.due) await removeTrainingSet(parts, runId);
    expect(existsSync(join(runs, 'rejected', 'training-set'))).toBe(false);
    expect(existsSync(join(runs, 'rejected', 'model'))).toBe(true);
    expect(await oldTrainingSets(parts, before, new Set())).toEqual({ due: ['held'], held: [] });
  });
});

describe('an erasure', () => {
  it('takes a customer’s id out of every file of a training set, the rows by age of a term structure too', async () => {
    const key = Buffer.alloc(32, 7);
    const folder = await run('hazard', '2020-01-31T00:00:00.000Z', ['a/b', 'c-1']);
    await saveDataset(
      rowsOf(['a/b/2019-01-01/3', 'a/b/2019-01-01/6', 'c-1/2019-01-01/3']),
      join(folder, TRAINING_SET.periods),
    );
    const changed: string[] = [];
    const erased = { subjects: [pseudonymsUnder(key).of('a/b')], key };
    expect(await eraseTrainingSets(runs, erased, async (runId) => void changed.push(runId))).toBe(4);
    expect(changed).toEqual(['hazard']);
    const ids = async (name: string) => (await loadDataset(join(folder, name))).ids;
    expect(await ids(TRAINING_SET.train)).toEqual(['(erased)/2019-01-01', 'c-1/2019-01-01']);
    expect(await ids(TRAINING_SET.periods)).toEqual([
      '(erased)/2019-01-01/3',
      '(erased)/2019-01-01/6',
      'c-1/2019-01-01/3',
    ]);
    expect(await eraseTrainingSets(runs, erased, async () => undefined)).toBe(0);
  });
});
