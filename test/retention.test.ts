import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { asOf, dataPaths, instant, parseProject, silent, type Project } from '../base/index.ts';
import { openSnapshot, readManifest } from '../features/snapshots/index.ts';
import { openWarehouse } from '../features/warehouse/index.ts';
import { retentionWork } from '../pipelines/compose/index.ts';
import { warehouseWork } from '../pipelines/compose/warehouse-work.ts';
import { createAppender, storedRecords } from '../records/audit/index.ts';
import { createFacts, type NewFact } from '../records/facts/index.ts';
import { loadBasisPolicy } from '../records/privacy/index.ts';
import { pseudonymsUnder } from '../records/ratings/index.ts';
import { createChampions, createRegistry, createSnapshots } from '../records/registry/index.ts';
import { createLegalHolds } from '../records/retention/index.ts';
import { openStorage } from '../records/storage/index.ts';
import { featureReader } from '../serving/compose/feature-reader.ts';
import { startTestDatabase, type TestDatabase } from './support/database.ts';

let folder: string;
let server: TestDatabase;
let project: Project;

const context = { progress: silent, signal: new AbortController().signal };
const order = (party: string, id: string, happened: string): NewFact => ({
  table: 'orders',
  values: { order_id: id, party_id: party, amount: '5.00', status: 'open' },
  happenedAt: instant(happened),
  source: 'erp',
  idempotencyKey: id,
});
const party = (id: string): NewFact => ({
  table: 'parties',
  values: { party_id: id, kind: 'company' },
  happenedAt: instant('2010-01-01'),
  source: 'crm',
  idempotencyKey: id,
});

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'probity-retention-'));
  server = await startTestDatabase();
  project = parseProject('tenant: acme\nrules: rules\n', folder);
  await mkdir(join(folder, 'rules'));
  const rules = { facts: { orders: 48 }, 'portfolio-scores': 48 };
  await writeFile(join(folder, 'rules', 'retention-rules.json'), JSON.stringify(rules));
}, 60_000);

afterAll(async () => {
  await server?.stop();
  await rm(folder, { recursive: true, force: true });
});

describe('retention rules for facts and scores', () => {
  it('take old facts out of warehouse, snapshots and database, but none on hold, and tell which instants are whole', async () => {
    const { database } = server;
    const { tenant } = project;
    const facts = createFacts(database, tenant);
    const snapshots = createSnapshots(database, tenant);
    const storage = openStorage(project);
    const registry = createRegistry(database, tenant);
    const champions = createChampions(database, tenant);
    const warehouse = warehouseWork({
      project,
      facts,
      registry,
      champions,
      snapshots,
      storage,
      erased: async () => ({ subjects: [], key: new Uint8Array() }),
      bases: { policy: loadBasisPolicy(null), bases: { periods: async () => [] } },
    });
    await facts.append(['free', 'held'].map(party));
    await facts.append(
      ['free', 'held'].flatMap((id) =>
        ['2011', '2012', '2013'].map((year) => order(id, `${id}-${year}`, `${year}-01-01`)),
      ),
    );
    // Six years from now the facts are old: what became known when is the database's own clock.
    const then = instant(Date.now() + 6 * 365 * 86_400_000);
    await warehouse.pullSources({ now: instant(Date.now() + 1000) }, context);
    const first = await warehouse.publishSnapshot({ now: instant(Date.now()) }, context);
    await createLegalHolds(database, tenant).place({ customerId: 'held', reason: 'court', actor: 'li' });
    const { scores } = dataPaths(project);
    const scored = async (name: string, id: string) => {
      await mkdir(join(scores, name), { recursive: true });
      const instance = await DuckDBInstance.create(':memory:');
      const connection = await instance.connect();
      await connection.run(
        `COPY (SELECT '${id}' AS party_id, 0.1 AS pd) TO '${join(scores, name, 'bucket-000000.parquet')}' (FORMAT parquet)`,
      );
      const files = [{ file: 'bucket-000000.parquet', hash: name, rows: 1, sumPd: 0.1 }];
      const manifest = { snapshotId: first.snapshotId, modelHash: 'm', rows: 1, meanPd: 0.1, files };
      await writeFile(join(scores, name, 'manifest.json'), JSON.stringify(manifest));
    };
    await scored('a-free', 'free');
    await scored('b-held', 'held');
    await scored('c-newest', 'free');

    const work = retentionWork({
      project,
      database,
      storage,
      snapshots,
      registry,
      champions,
      appender: createAppender(database, tenant),
      pseudonyms: async () => pseudonymsUnder(Buffer.alloc(32, 7)),
    });
    const due = await work.due(then);
    expect(due).toMatchObject([
      { kind: 'portfolio-scores', due: 1, held: 1 },
      { kind: 'facts/orders', months: 48, due: 2, held: 2 },
    ]);
    const request = { now: then, actor: 'schedule' };
    expect(await work.records(request)).toEqual([]);
    expect(await work.facts(request, context)).toMatchObject({
      findings: [{ kind: 'facts/orders', due: 2, held: 2 }],
      publish: true,
    });
    // A worker that died before the snapshot was published finds that it has to be.
    expect(await work.facts(request, context)).toMatchObject({ findings: [{ due: 0 }], publish: true });
    const second = await warehouse.publishSnapshot({ now: instant(Date.now()) }, context);
    expect(second.snapshotId).not.toBe(first.snapshotId);
    expect(await work.facts(request, context)).toMatchObject({ findings: [{ due: 0, held: 2 }], publish: false });
    expect(await work.snapshots(context)).toBe(1);
    expect(await storage.has((await snapshots.get(first.snapshotId)).ref)).toBe(false);
    expect(await work.scores(request)).toMatchObject([{ due: 1, held: 1 }]);
    expect((await readdir(scores)).toSorted()).toEqual(['b-held', 'c-newest']);

    const left = await openWarehouse(dataPaths(project).warehouse, 'read');
    const orders = await left.connection.runAndReadAll('SELECT order_id FROM raw.orders ORDER BY 1');
    left.close();
    // The newest one of a customer is read by features however old it is.
    expect(orders.getRows().flat()).toEqual(['free-2013', 'held-2011', 'held-2012', 'held-2013']);
    const { rows } = await sql<{ key: string }>`select row_values ->> 'order_id' as key from facts
      where table_name = 'orders' order by 1`.execute(database.db);
    expect(rows.map(({ key }) => key)).toEqual(['held-2011', 'held-2012', 'held-2013']);

    const path = await storage.materialise((await snapshots.get(second.snapshotId)).ref);
    const { content } = await readManifest(path, second.snapshotId);
    expect(content.keptFrom).toBe(due[1]?.before);
    const reader = featureReader(await openSnapshot(path), facts);
    await expect(reader.featuresOf(['free'], asOf('2020-01-01'), {}, [])).rejects.toMatchObject({
      code: 'FACTS_RETIRED',
    });
    await reader.close();
    expect(existsSync(dataPaths(project).warehouse)).toBe(true);

    const kinds: string[] = [];
    for await (const { kind, body } of storedRecords(database, tenant))
      if (kind === 'retention')
        kinds.push(
          ...(JSON.parse(Buffer.from(body?.bytes ?? []).toString()) as { kinds: { kind: string }[] }).kinds.map(
            (each) => each.kind,
          ),
        );
    expect(kinds).toEqual(['facts/orders', 'portfolio-scores']);
  }, 120_000);
});
