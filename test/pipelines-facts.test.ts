import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dataPaths, instant, parseProject, silent, type Project } from '../base/index.ts';
import { openWarehouse } from '../features/warehouse/index.ts';
import { readFactsHead, writeFactsHead } from '../pipelines/compose/facts-head.ts';
import { warehouseWork } from '../pipelines/compose/warehouse-work.ts';
import type { ImportSummary } from '../pipelines/messages.ts';
import { migrate, openDatabase, type Database } from '../records/database/index.ts';
import { createFacts, type Facts, type NewFact } from '../records/facts/index.ts';
import { loadBasisPolicy } from '../records/privacy/index.ts';
import { createChampions, createRegistry, createSnapshots } from '../records/registry/index.ts';
import { openStorage } from '../records/storage/index.ts';
import { startTestPostgres, type TestPostgres } from './support/postgres.ts';

let folder: string;
let server: TestPostgres;
let database: Database;
let project: Project;
let facts: Facts;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'probity-facts-'));
  server = await startTestPostgres();
  database = await openDatabase(server.url);
  await migrate(database);
  project = parseProject('tenant: acme\nportfolio: main\n', folder);
  facts = createFacts(database, project.tenant);
}, 60_000);

afterAll(async () => {
  await database?.close();
  await server?.stop();
  await rm(folder, { recursive: true, force: true });
});

const party: NewFact = {
  table: 'parties',
  values: { party_id: 'p1', kind: 'company' },
  happenedAt: instant('2025-01-01'),
  source: 'crm',
  idempotencyKey: 'p1',
};
const payment = (id: string, amount: string, key = id): NewFact => ({
  table: 'payments',
  values: { payment_id: id, party_id: 'p1', amount },
  happenedAt: instant('2026-01-05'),
  source: 'erp',
  idempotencyKey: key,
});

/** The drain of the features worker, over the real warehouse and database. */
function pull(): Promise<ImportSummary> {
  const work = warehouseWork({
    project,
    facts,
    registry: createRegistry(database, project.tenant),
    champions: createChampions(database, project.tenant),
    snapshots: createSnapshots(database, project.tenant),
    storage: openStorage(project),
    erased: async () => ({ subjects: [], key: new Uint8Array() }),
    bases: { policy: loadBasisPolicy(null), bases: { periods: async () => [] } },
  });
  const now = new Date().toISOString();
  return work.pullSources({ now }, { progress: silent, signal: new AbortController().signal });
}

/** Standing payments, how many versions there are in all, and the warehouse's watermark. */
async function stored(): Promise<{ payments: string[]; versions: number; head: number }> {
  const warehouse = await openWarehouse(dataPaths(project).warehouse, 'read');
  try {
    const reader = await warehouse.connection.runAndReadAll(
      'SELECT payment_id, amount::VARCHAR, isfinite(known_until) FROM raw.payments ORDER BY payment_id, known_from',
    );
    const rows = reader.getRows();
    return {
      payments: rows.filter(([, , ended]) => !ended).map(([id, amount]) => `${String(id)}=${String(amount)}`),
      versions: rows.length,
      head: await readFactsHead(warehouse.connection),
    };
  } finally {
    warehouse.close();
  }
}

describe('acknowledged facts', () => {
  it('come into the warehouse once, and its watermark moves with them', async () => {
    await facts.append([party, payment('a', '10.00'), payment('b', '20.00')]);
    expect(await pull()).toMatchObject({ facts: 3, factsThrough: 3 });
    const after = { payments: ['a=10.00', 'b=20.00'], versions: 2, head: 3 };
    expect(await stored()).toEqual(after);
    expect(await pull()).toMatchObject({ facts: 0, factsThrough: 3 });
    expect(await stored()).toEqual(after);
  });

  it('that are sent again or corrected give no duplicate and one more version', async () => {
    await facts.append([payment('a', '10.00'), payment('b', '25.00', 'b again')]);
    expect(await pull()).toMatchObject({ facts: 1, factsThrough: 4 });
    expect(await stored()).toEqual({ payments: ['a=10.00', 'b=25.00'], versions: 3, head: 4 });
  });

  it('are no duplicates where the worker died between import and watermark, also with others behind them', async () => {
    const before = await stored();
    for (const head of [3, 1, 0]) {
      const warehouse = await openWarehouse(dataPaths(project).warehouse, 'write');
      await writeFactsHead(warehouse.connection, head);
      warehouse.close();
      await pull();
      expect(await stored()).toEqual(before);
    }
    const warehouse = await openWarehouse(dataPaths(project).warehouse, 'write');
    await writeFactsHead(warehouse.connection, 2);
    warehouse.close();
    await facts.append([payment('c', '30.00')]);
    await pull();
    expect(await stored()).toEqual({ payments: [...before.payments, 'c=30.00'], versions: 4, head: 5 });
  });
});
