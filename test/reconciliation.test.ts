import { appendFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dataPaths, instant, parseProject, silent, type Project } from '../base/index.ts';
import { contractOf, type TableContract } from '../features/contracts/index.ts';
import { readManifest } from '../features/snapshots/index.ts';
import { openWarehouse } from '../features/warehouse/index.ts';
import { reconciliationWork } from '../pipelines/compose/reconciliation-work.ts';
import { warehouseWork } from '../pipelines/compose/warehouse-work.ts';
import { createFacts, type NewFact } from '../records/facts/index.ts';
import { loadBasisPolicy } from '../records/privacy/index.ts';
import { createReconciliations, createStandingRows, createStatements } from '../records/reconciliation/index.ts';
import { createChampions, createRegistry, createSnapshots } from '../records/registry/index.ts';
import { openStorage } from '../records/storage/index.ts';
import { startTestDatabase, type TestDatabase } from './support/database.ts';

const context = { progress: silent, signal: new AbortController().signal };
const payments = contractOf('payments') as TableContract;
const fact = (table: string, key: string, values: NewFact['values'], more: Partial<NewFact> = {}): NewFact => ({
  table,
  values,
  happenedAt: instant('2026-01-05'),
  source: '/erp',
  idempotencyKey: key,
  ordered: true,
  ...more,
});
const payment = (id: string, amount: string, more: Partial<NewFact> = {}): NewFact =>
  fact('payments', `${id}@${amount}`, { payment_id: id, party_id: 'c-1', amount, invoice_id: ' ' }, more);

let folder: string;
let server: TestDatabase;
let project: Project;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'probity-reconcile-'));
  server = await startTestDatabase();
  project = parseProject('tenant: acme\n', folder);
}, 60_000);
afterAll(async () => {
  await server?.stop();
  await rm(folder, { recursive: true, force: true });
});

/** Everything of the project that the reconciliation stands on. */
function parts() {
  const { database } = server;
  const { tenant } = project;
  const facts = createFacts(database, tenant);
  const snapshots = createSnapshots(database, tenant);
  const storage = openStorage(project);
  const erased = async () => ({ subjects: [], key: new Uint8Array() });
  const statements = createStatements(database, tenant);
  const reconciliations = createReconciliations(database, tenant);
  const warehouse = warehouseWork({
    project,
    facts,
    registry: createRegistry(database, tenant),
    champions: createChampions(database, tenant),
    snapshots,
    storage,
    erased,
    bases: { policy: loadBasisPolicy(null), bases: { periods: async () => [] } },
  });
  const work = reconciliationWork({
    project,
    standing: createStandingRows(database, tenant),
    statements,
    reconciliations,
    snapshots,
    storage,
    erased,
  });
  return { facts, snapshots, storage, statements, reconciliations, warehouse, work };
}

const now = () => instant(Date.now() + 1000);
const inWarehouse = async (statement: string): Promise<unknown[][]> => {
  const open = await openWarehouse(dataPaths(project).warehouse, 'write');
  try {
    return (await open.connection.runAndReadAll(statement)).getRows();
  } finally {
    open.close();
  }
};

describe('the daily reconciliation', () => {
  it('finds, names and mends in the warehouse what was reported and is missing or other there, and nothing else', async () => {
    const { facts, warehouse, work } = parts();
    // Its customer is not known yet: the import refuses the payment.
    const party = (id: string) =>
      fact('parties', id, { party_id: id, kind: 'company' }, { happenedAt: instant('2020-01-01') });
    await facts.append([party('c-0'), payment('early', '10.00')]);
    await warehouse.pullSources({ now: now() }, context);
    expect(await inWarehouse('SELECT count(*)::INT FROM raw.payments')).toEqual([[0]]);
    await facts.append([
      party('c-1'),
      payment('lost', '20.00'),
      payment('other', '30.00'),
      payment('fine', '40.00'),
      payment('old', '1.00', { happenedAt: instant('2025-12-01') }),
      payment('theirs', '5.00'),
    ]);
    await facts.append([payment('theirs', '6.00', { source: '/crm', happenedAt: instant('2026-01-06') })]);
    await facts.append([payment('old', '0.50', { happenedAt: instant('2025-11-01') })]);
    await warehouse.pullSources({ now: now() }, context);
    await inWarehouse(`DELETE FROM raw.payments WHERE payment_id = 'lost'`);
    await inWarehouse(`UPDATE raw.payments SET amount = 33 WHERE payment_id = 'other'`);
    // Not in the warehouse yet, and no difference for that.
    await facts.append([payment('new', '70.00')]);

    const first = await work.facts({ now: now() }, context);
    expect(first.factsThrough).toBe(10);
    const erp = first.facts.find(({ source, table }) => source === '/erp' && table === 'payments');
    expect(erp).toMatchObject({
      reported: { count: 5, sums: { amount: '101.00' } },
      missing: { count: 2, sequences: [2, 4] },
      conflicting: { count: 1, sequences: [5] },
      repaired: 3,
      left: { count: 0, sequences: [] },
      unexpected: 0,
    });
    expect(erp?.warehouse).toEqual(erp?.reported);
    expect(
      first.facts
        .filter((each) => each !== erp)
        .every(({ missing, conflicting }) => missing.count + conflicting.count === 0),
    ).toBe(true);
    expect(
      await inWarehouse(
        `SELECT payment_id, amount::VARCHAR FROM raw.payments WHERE known_until = TIMESTAMP 'infinity' ORDER BY 1`,
      ),
    ).toEqual([
      ['early', '10.00'],
      ['fine', '40.00'],
      ['lost', '20.00'],
      ['old', '1.00'],
      ['other', '30.00'],
      ['theirs', '6.00'],
    ]);
    const again = await work.facts({ now: now() }, context);
    expect(again.facts.every(({ repaired, left, missing }) => repaired + left.count + missing.count === 0)).toBe(true);
  }, 60_000);

  it('leaves and names what the import refuses still', async () => {
    const { facts, warehouse, work } = parts();
    const values = { payment_id: 'nobody', party_id: 'nobody', amount: '1.00' };
    const [refused] = await facts.append([fact('payments', 'nobody', values)]);
    await warehouse.pullSources({ now: now() }, context);
    const { facts: found } = await work.facts({ now: now() }, context);
    expect(found.find(({ left }) => left.count > 0)).toMatchObject({
      source: '/erp',
      table: 'payments',
      missing: { count: 1 },
      repaired: 0,
      left: { count: 1, sequences: [refused?.sequence] },
    });
  }, 60_000);

  it('tells a snapshot that is behind and one that is damaged; either is published again, the damaged one under its old name', async () => {
    const { snapshots, storage, warehouse, work } = parts();
    expect(await work.snapshot(context)).toEqual({ snapshotId: null, state: 'none', differing: [] });
    const { snapshotId } = await warehouse.publishSnapshot({ now: now() }, context);
    expect(await work.snapshot(context)).toEqual({ snapshotId, state: 'agrees', differing: [] });

    const { ref } = await snapshots.get(snapshotId);
    const path = await storage.materialise(ref);
    const { content } = await readManifest(path);
    await appendFile(join(path, content.tables['payments']?.files['0']?.path ?? ''), 'x');
    expect(await work.snapshot(context)).toEqual({ snapshotId, state: 'damaged', differing: [] });
    expect(await storage.has(ref)).toBe(false);
    const { snapshotId: again } = await warehouse.publishSnapshot({ now: instant(content.asOf) }, context);
    expect(again).toBe(snapshotId);
    expect(await work.snapshot(context)).toMatchObject({ state: 'agrees' });

    const { facts } = parts();
    await facts.append([payment('later', '7.00')]);
    await warehouse.pullSources({ now: now() }, context);
    expect(await work.snapshot(context)).toMatchObject({
      state: 'behind',
      differing: [{ table: 'payments', warehouse: { rows: 10 }, published: { rows: 9 } }],
    });
    await warehouse.publishSnapshot({ now: now() }, context);
    expect(await work.snapshot(context)).toMatchObject({ state: 'agrees' });
  }, 60_000);

  it('compares the last statements again, tells those that differ or are late, and a source is at peace once it has sent what was missing', async () => {
    const { facts, statements, work, reconciliations } = parts();
    const statement = (count: number, amount: string) => ({ count, sums: { amount }, hash: null, rows: null });
    const statedAt = instant(Date.now());
    await facts.append([payment('s-1', '1.00', { source: '/shop' })]);
    const state = { source: '/shop', contract: payments, through: null, statedAt, contradicts: false };
    await statements.keep([{ ...state, statement: statement(2, '3.00') }]);
    // An older statement that comes late changes nothing.
    await statements.keep([{ ...state, statedAt: instant('2026-01-01'), statement: statement(9, '9.00') }]);
    const none = { snapshotId: null, state: 'none', differing: [] } as const;
    const conclude = (at: string) =>
      work.conclude({
        now: at,
        facts: { factsThrough: 0, facts: [], stale: [{ source: 'bureau', table: 'bureau_reports' }] },
        found: none,
        snapshot: none,
      });
    const first = await conclude(statedAt);
    expect(first.findings).toEqual([
      { kind: 'statement-differs', source: '/shop', table: 'payments', count: 1 },
      { kind: 'source-stale', source: 'bureau', table: 'bureau_reports', count: 0 },
    ]);
    expect(first.statements).toMatchObject([
      { compared: { count: { source: 2, here: 1 }, sums: { amount: { source: '3.00', here: '1.00' } } } },
    ]);
    await facts.append([payment('s-2', '2.00', { source: '/shop' })]);
    expect((await conclude(statedAt)).findings.map(({ kind }) => kind)).toEqual(['source-stale']);
    // What came since is no difference either: the statement speaks of what was there.
    await statements.keep([{ ...state, statement: statement(2, '3.00') }]);
    await facts.append([payment('s-3', '4.00', { source: '/shop' })]);
    expect((await conclude(statedAt)).findings.map(({ kind }) => kind)).toEqual(['source-stale']);
    const tomorrow = instant(Date.parse(statedAt) + 27 * 3_600_000);
    const last = await conclude(tomorrow);
    expect(last.findings.map(({ kind }) => kind)).toEqual(['statement-late', 'source-stale']);
    expect(await reconciliations.page({ limit: 1 })).toEqual([last]);
    expect(await createReconciliations(server.database, 'globex' as never).page({ limit: 9 })).toEqual([]);
  });
});
