import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { asOf, instant, isProbityError, type Tenant } from '../../base/index.ts';
import { BOOK, COMPANY, PERSON } from '../../test/support/golden-book.ts';
import { insertRaw, rawDatabase, rowsOf } from '../../test/support/raw-fixture.ts';
import { computeFeatures } from '../asof/index.ts';
import { checkViews, loadViews, viewHashes, type FeatureView } from '../views/index.ts';
import {
  bucketOf,
  openSnapshot,
  publishSnapshot,
  readManifest,
  verifiedFile,
  type AddedFact,
  type SnapshotManifest,
} from './index.ts';

let folder: string;
let database: Awaited<ReturnType<typeof rawDatabase>>;
let views: readonly FeatureView[];
let manifest: SnapshotManifest;
const AT = asOf('2025-07-01');

const publish = (more: Partial<Parameters<typeof publishSnapshot>[0]> = {}) =>
  publishSnapshot({
    connection: database.connection,
    views,
    asOf: AT,
    tenant: 'acme' as Tenant,
    storageDir: folder,
    factsThrough: 7,
    builtAt: instant('2025-07-01T00:01:00Z'),
    sources: [
      { source: 'erp', table: 'payments', newestKnownFrom: instant('2025-06-30'), freshnessMs: 86_400_000 },
      { source: 'bank', table: 'transactions', newestKnownFrom: instant('2025-06-01'), freshnessMs: null },
    ],
    ...more,
  });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'probity-snapshots-'));
  database = await rawDatabase();
  await insertRaw(database.connection, BOOK);
  views = await loadViews();
  manifest = await publish();
});
afterAll(async () => {
  database?.close();
  await rm(folder, { recursive: true, force: true });
});

const offline = async (at: string) => {
  await computeFeatures(database.connection, {
    views,
    asked: `(SELECT unnest(['${COMPANY}', '${PERSON}']) AS party_id, TIMESTAMP '${at}' AS as_of)`,
    into: 'rebuilt',
  });
  const rows = await rowsOf(database.connection, 'rebuilt');
  return new Map(rows.map(({ party_id, as_of, ...features }) => [as_of ? String(party_id) : '', features]));
};

describe('a snapshot', () => {
  it('is named by its content: published again, from other threads, it is the same', async () => {
    await database.connection.run('SET threads = 1');
    const again = await publish({ builtAt: instant('2025-07-02') });
    await database.connection.run('SET threads = 2');
    expect(again).toEqual(manifest);
    expect((await readdir(folder)).sort()).toEqual([manifest.hash, 'views'].sort());
    expect((await publish({ factsThrough: 8 })).hash).not.toBe(manifest.hash);
  });

  it('answers as the rebuild of features offline does, at any instant', async () => {
    const reader = await openSnapshot(join(folder, manifest.hash));
    for (const at of [
      '2025-07-01',
      '2025-06-30 12:34:56.789',
      '2025-03-05',
      '2024-01-01',
      '2020-01-01',
      '2026-02-28',
    ]) {
      const rebuilt = await offline(at);
      const rows = await reader.featuresOf(
        [COMPANY, PERSON],
        asOf(`${at.replace(' ', 'T')}${at.includes(' ') ? 'Z' : ''}`),
      );
      expect(rows.map((row) => row.partyId)).toEqual([COMPANY, PERSON]);
      for (const row of rows) expect({ at, ...row.features }).toEqual({ at, ...rebuilt.get(row.partyId) });
      const single = await reader.featuresOf([COMPANY], rows[0]?.asOf ?? AT);
      expect(single[0]).toEqual(rows[0]);
    }
    await reader.close();
  });

  it('tells who is unknown, and which source is stale', async () => {
    const reader = await openSnapshot(join(folder, manifest.hash));
    const [nobody, person, company] = await reader.featuresOf(['nobody', PERSON, COMPANY], AT);
    expect([nobody, person, company].map((row) => row?.known)).toEqual([false, true, true]);
    expect((await reader.featuresOf([PERSON], asOf('2024-12-31')))[0]?.known).toBe(false);
    expect(reader.staleSources(instant('2025-07-01')).map(({ source }) => source)).toEqual([]);
    expect(reader.staleSources(instant('2025-07-01T00:00:01Z')).map(({ source }) => source)).toEqual(['erp']);
    await reader.close();
  });

  it('knows a customer by a fact of any table, read by the views or not, once it is known', async () => {
    const reader = await openSnapshot(join(folder, manifest.hash));
    const order: AddedFact = {
      table: 'orders',
      values: { order_id: 'N', party_id: 'newcomer', amount: '10', status: 'open' },
      happenedAt: AT,
      knownFrom: AT,
      sequence: 8,
    };
    const bureau = views.filter(({ name }) => name === 'bureau_facts');
    for (const some of [views, bureau]) {
      const known = async (...at: string[]) =>
        Promise.all(
          at.map(async (day) =>
            (await reader.featuresOf(['newcomer', PERSON], asOf(day), [order], some)).map((row) => row.known),
          ),
        );
      expect(await known('2025-07-01', '2025-06-30', '2024-12-31')).toEqual([
        [true, true],
        [false, true],
        [false, false],
      ]);
    }
    await reader.close();
  });

  it('with a payment added answers as a full rebuild offline with that payment', async () => {
    const fact: AddedFact = {
      table: 'payments',
      values: { payment_id: 'P9', party_id: COMPANY, invoice_id: 'I2', amount: '200.00' },
      happenedAt: instant('2025-07-02'),
      knownFrom: instant('2025-07-02T08:00:00Z'),
      sequence: 8,
    };
    const changed: AddedFact = {
      table: 'credit_lines',
      values: {
        credit_line_id: 'L1',
        party_id: COMPANY,
        kind: 'overdraft',
        limit_amount: 1000,
        balance: 100.25,
        granted_on: '2025-01-01',
      },
      happenedAt: instant('2025-01-01'),
      knownFrom: instant('2025-07-02T09:00:00Z'),
      sequence: 9,
    };
    const reader = await openSnapshot(join(folder, manifest.hash));
    const at = asOf('2025-07-03');
    const before = await reader.featuresOf([COMPANY], at);
    const [row] = await reader.featuresOf([COMPANY], at, [
      changed,
      { ...fact, sequence: 7, values: { ...fact.values, payment_id: 'old' } },
      fact,
      { ...fact, sequence: 10 },
    ]);
    const untouched = await reader.featuresOf([COMPANY], asOf('2025-07-02T07:59:59.999Z'), [fact, changed]);
    expect(untouched[0]?.features).toEqual(
      (await reader.featuresOf([COMPANY], asOf('2025-07-02T07:59:59.999Z')))[0]?.features,
    );
    await reader.close();
    expect(before[0]?.features['dpd_current']).toBe(24);
    expect(row?.features).toMatchObject({ dpd_current: 0, overdue_amount: 0, credit_drawn: 900.25 });

    await database.connection.run('BEGIN');
    await database.connection.run(
      "UPDATE raw.credit_lines SET known_until = '2025-07-02 09:00:00' WHERE credit_line_id = 'L1' AND NOT isfinite(known_until)",
    );
    await insertRaw(
      database.connection,
      [fact, changed].map(({ table, values, happenedAt, knownFrom }) => ({
        table,
        values: { ...values, happened_at: happenedAt, known_from: knownFrom },
      })),
    );
    const rebuilt = await offline('2025-07-03');
    await database.connection.run('ROLLBACK');
    expect(row?.features).toEqual(rebuilt.get(COMPANY));
  });

  it('refuses altered manifests and files, and folders that are not there', async () => {
    const copy = await publish({ factsThrough: 99 });
    const path = join(folder, copy.hash);
    const file = join(path, `facts/transactions/bucket-${bucketOf(COMPANY, copy.content.buckets)}.parquet`);
    const bytes = await readFile(file);
    await writeFile(file, bytes.subarray(1));
    const reader = await openSnapshot(path);
    await expect(reader.featuresOf([COMPANY], AT)).rejects.toSatisfy((error) =>
      isProbityError(error, 'SNAPSHOT_ALTERED'),
    );
    await writeFile(file, bytes);
    expect((await reader.featuresOf([COMPANY], AT))[0]?.features['tx_count_365d']).toBe(6);
    await reader.close();
    const text = await readFile(join(path, 'manifest.json'), 'utf8');
    await writeFile(join(path, 'manifest.json'), text.replace('"factsThrough": 99', '"factsThrough": 98'));
    await expect(openSnapshot(path)).rejects.toSatisfy((error) => isProbityError(error, 'SNAPSHOT_ALTERED'));
    await expect(openSnapshot(join(folder, 'none'))).rejects.toSatisfy((error) =>
      isProbityError(error, 'SNAPSHOT_NOT_FOUND'),
    );
    await rm(path, { recursive: true });
  });

  it('is refused in the place of another, and with an altered feature table', async () => {
    const other = await publish({ factsThrough: 77 });
    const path = join(folder, other.hash);
    const { features } = other.content;
    await expect(readManifest(path, other.hash)).resolves.toEqual(other);
    await expect(openSnapshot(path, { expectedHash: manifest.hash })).rejects.toSatisfy((error) =>
      isProbityError(error, 'SNAPSHOT_ALTERED'),
    );
    const file = await verifiedFile(path, other, features);
    await writeFile(file, (await readFile(file)).subarray(1));
    await expect(verifiedFile(path, other, features)).rejects.toThrow(features.path);
    await rm(path, { recursive: true });
  });

  it('keeps an older version of a view executable while a new one is published', async () => {
    const edited = await checkViews(
      views.map((view) =>
        view.name === 'bureau_facts'
          ? { ...view, sql: view.sql.replace('WHEN l.expired THEN -1', 'WHEN l.expired THEN -2') }
          : view,
      ),
    );
    const next = await publish({ views: edited, keep: [views] });
    const reader = await openSnapshot(join(folder, next.hash));
    const [now] = await reader.featuresOf([COMPANY], AT);
    const old = await reader.viewsFor(viewHashes(views));
    const [then] = await reader.featuresOf([COMPANY], AT, [], old);
    expect([now?.features['bureau_score'], then?.features['bureau_score']]).toEqual([-2, -1]);
    expect(viewHashes(old)).toEqual(viewHashes(views));
    await expect(reader.viewsFor({ ...viewHashes(views), bureau_facts: '0'.repeat(64) })).rejects.toThrow(
      /bureau_facts/,
    );
    await reader.close();
  });

  it('lets an ordered fact that is older than the version that stands replace nothing', async () => {
    const reader = await openSnapshot(join(folder, manifest.hash));
    const order = (sequence: number, amount: string, happened: string, ordered = true): AddedFact => ({
      table: 'orders',
      values: { order_id: 'N', party_id: COMPANY, amount, status: 'open' },
      happenedAt: instant(happened),
      knownFrom: AT,
      sequence,
      ordered,
    });
    const amount = async (...facts: AddedFact[]) =>
      (await reader.featuresOf([COMPANY], AT, facts))[0]?.features['order_amount_365d'];
    const newer = order(8, '10', '2025-06-02');
    expect(await amount(newer)).toBe(610);
    expect(await amount(newer, order(9, '20', '2025-06-01'))).toBe(610);
    expect(await amount(newer, order(9, '20', '2025-06-02'))).toBe(620);
    expect(await amount(newer, order(9, '20', '2025-06-03'))).toBe(620);
    expect(await amount(newer, order(9, '20', '2025-06-01', false))).toBe(620);
    await reader.close();
  });

  it('computes many requests at once, each for itself', async () => {
    const reader = await openSnapshot(join(folder, manifest.hash), { maxRows: 1 });
    const days = Array.from({ length: 6 }, (_, day) => asOf(`2025-06-${String(day + 1).padStart(2, '0')}`));
    const one = [];
    for (const day of days) one.push((await reader.featuresOf([COMPANY], day))[0]);
    const many = await Promise.all(days.map(async (day) => (await reader.featuresOf([COMPANY], day))[0]));
    expect(many).toEqual(one);
    // Callers who saw different facts of one customer, and one whose fact cannot be stored, share no answer.
    const fact = (sequence: number, amount: string): AddedFact => ({
      table: 'orders',
      values: { order_id: `N${sequence}`, party_id: COMPANY, amount, status: 'open' },
      happenedAt: AT,
      knownFrom: AT,
      sequence,
    });
    const answers = await Promise.allSettled([
      reader.featuresOf([COMPANY], AT),
      reader.featuresOf([COMPANY], AT, [fact(8, '10')]),
      reader.featuresOf([PERSON], AT),
      reader.featuresOf([PERSON], AT, [
        { ...fact(9, 'much'), values: { ...fact(9, 'much').values, party_id: PERSON } },
      ]),
      reader.featuresOf([COMPANY], AT, [fact(8, '10'), fact(10, '5.5')]),
    ]);
    expect(
      answers.map((each) => (each.status === 'fulfilled' ? each.value[0]?.features['order_amount_365d'] : 'refused')),
    ).toEqual([600, 610, null, 'refused', 615.5]);
    await reader.close();
  });
});
