import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { instant } from '../../base/index.ts';
import { BOOK_AT, publishSignalBook, signalBook } from '../../test/support/signal-book.ts';
import { bucketOf, type AddedFact, type SnapshotManifest } from '../snapshots/index.ts';
import { loadSignals, lookAtCustomers, lookAtIndustries, type SignalScope, type SignalViews } from './index.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const IDS = Array.from({ length: 24 }, (_, i) => `c-${i}`);
let folder: string;
let manifest: SnapshotManifest;
let views: SignalViews;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'probity-signals-'));
  views = await loadSignals();
  manifest = await publishSignalBook(folder, signalBook(IDS.length));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function look(scope: SignalScope, added: readonly AddedFact[] = [], scores: string | null = null) {
  const source = {
    folder: join(folder, manifest.hash),
    manifest,
    asOf: added.at(-1)?.knownFrom ?? BOOK_AT,
    scores,
    added,
  };
  return lookAtCustomers(views, source, scope);
}
const whole = { kind: 'partition', partition: 0, partitions: 1 } as const;
const rowsOf = async (...words: Parameters<typeof look>) => {
  const found = await look(...words);
  found.close();
  return found.rows;
};

describe('a look at the signals of customers', () => {
  it('part by part sees everybody once and says the same as a look at all, and as one at a customer by name', async () => {
    const all = await rowsOf(whole);
    expect(all.map(({ id }) => id)).toEqual(IDS.toSorted());
    const parts = await Promise.all(
      [0, 1, 2].map((partition) => rowsOf({ kind: 'partition', partition, partitions: 3 })),
    );
    expect(parts.flat().toSorted((a, b) => (a.id < b.id ? -1 : 1))).toEqual(all);
    for (const id of ['c-1', 'c-5', 'c-6'])
      expect(await rowsOf({ kind: 'customers', ids: [id] })).toEqual(all.filter((each) => each.id === id));
  });

  it('sees equal identity data wherever the other customer is kept, not those of a household, and names fact and customer', async () => {
    expect(bucketOf('c-1', manifest.content.buckets)).not.toBe(bucketOf('c-2', manifest.content.buckets));
    const found = await look({ kind: 'customers', ids: ['c-1', 'c-3'] });
    expect(
      found.rows.map(({ id, signals }) => [id, signals['identity_shared_customers'], signals['identity_shared_kinds']]),
    ).toEqual([
      ['c-1', 1, 2],
      ['c-3', 0, 0],
    ]);
    expect(await found.othersOf(['c-1', 'c-3'])).toEqual([
      { id: 'c-1', other: 'c-2', kind: 'identity', exposure: 100, isHead: false },
      { id: 'c-3', other: 'c-4', kind: 'group', exposure: null, isHead: false },
    ]);
    const evidence = (await found.evidenceOf(['c-1'], 10)).get('c-1') ?? [];
    expect(evidence.filter(({ topic }) => topic === 'identity_shared_customers')).toEqual([
      { topic: 'identity_shared_customers', table: 'contacts', key: 'c-1-address', on: '2023-01-02', amount: 1 },
      { topic: 'identity_shared_customers', table: 'contacts', key: 'c-1-phone', on: '2023-01-02', amount: 1 },
    ]);
    found.close();
  });

  it('counts facts that were acknowledged since the snapshot, and only those', async () => {
    const fact = (sequence: number): AddedFact => ({
      table: 'credit_lines',
      values: { credit_line_id: 'l-8', party_id: 'c-8', kind: 'trade', limit_amount: 1000, balance: 1250.5 },
      happenedAt: instant('2025-07-02'),
      knownFrom: instant('2025-07-02T01:00:00Z'),
      sequence,
    });
    const excess = async (added: readonly AddedFact[]) =>
      (await rowsOf({ kind: 'customers', ids: ['c-8'] }, added))[0]?.signals['limit_excess'];
    expect(await excess([])).toBe(0);
    expect(await excess([fact(5)])).toBe(0);
    expect(await excess([fact(6)])).toBe(250.5);
  });

  it('adds a group up against the whole portfolio, and falls of the score against its own movement', async () => {
    const months = [600, 601, 599, 600, 602, 530].map(
      (points, i) =>
        `SELECT 'c-6' AS party_id, 0.02 AS pd, ${points} AS points, ${points < 550 ? 6 : 3} AS grade_rank, TIMESTAMP '2025-0${1 + i}-20' AS happened_at`,
    );
    const [found] = await rowsOf({ kind: 'customers', ids: ['c-6'] }, [], months.join(' UNION ALL '));
    // Twenty-four customers with a line drawn by 100, one of whom owes three bills of 50.
    expect(found?.signals['group_exposure']).toBe(200);
    expect(found?.signals['concentration_share']).toBeCloseTo(200 / (24 * 100 + 150), 12);
    expect(found?.signals['score_drop']).toBe(72);
    expect(found?.signals['score_drop_own']).toBeCloseTo(72 / 5, 12);
    expect(found?.signals['grade_migration_90d']).toBe(3);
    expect(found?.pd).toBe(0.02);
  });

  it('groups industries with their customers and exposure', async () => {
    const source = { folder: join(folder, manifest.hash), manifest, asOf: BOOK_AT, scores: null };
    const found = await lookAtIndustries(views, source);
    expect(found.rows.map(({ id, signals }) => [id, signals['industry_exposure']])).toEqual([
      ['services', 1200],
      ['trade', 1350],
    ]);
    expect(await found.membersOf('services')).toHaveLength(12);
    expect((await found.membersOf('trade')).find(({ id }) => id === 'c-5')).toEqual({ id: 'c-5', exposure: 250 });
    found.close();
  });
});
