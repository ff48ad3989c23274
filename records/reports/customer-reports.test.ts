import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { instant, packageRoot, type Tenant } from '../../base/index.ts';
import {
  customerReport,
  defaultStandards,
  loadRuleFiles,
  loadWarningHandling,
  raiseWarning,
  readLossFile,
  type EarlyWarning,
} from '../../rating/index.ts';
import { startTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { createVault, type MasterKeys } from '../privacy/index.ts';
import { pseudonymsUnder, type StoredRating } from '../ratings/index.ts';
import { createCustomerReports, type CustomerReports } from './index.ts';
import { ratedPoint } from './rated-points.ts';

/** Evidence of decisions of before and of now, as they were recorded. */
const folder = join(packageRoot(), 'test', 'ratings-corpus', 'ratings');
const corpus = readdirSync(folder)
  .toSorted((a, b) => (a < b ? -1 : 1))
  .map((name, i): StoredRating => {
    const evidence = readFileSync(join(folder, name), 'utf8');
    return {
      ratingId: `${i + 1}-00`,
      receipt: { sequence: i + 1, hash: 'aa', at: instant('2026-05-01T00:00:00Z') },
      evidence,
    };
  });
const decided = corpus.filter((each) => ratedPoint(each) !== null);
const plainKeys = {
  wrap: (key: Uint8Array) => Buffer.from(key).toString('hex'),
  unwrap: (text: string) => Buffer.from(text, 'hex'),
} as unknown as MasterKeys;

describe('reports on customers', () => {
  const tenant = 'acme' as Tenant;
  let server: TestDatabase;
  let reports: CustomerReports;
  let vault: ReturnType<typeof createVault>;
  let known: StoredRating[] = [];
  let standing: EarlyWarning[] = [];
  beforeAll(async () => {
    server = await startTestDatabase();
    vault = createVault(server.database, tenant, plainKeys, pseudonymsUnder(Buffer.alloc(32, 1)));
    reports = createCustomerReports({
      database: server.database,
      tenant,
      vault,
      ratings: {
        newestOf: async () => known.map(({ ratingId }) => ratingId),
        find: async (ratingId) => known.find((each) => each.ratingId === ratingId)!,
      },
      report: customerReport,
      warningsOf: async () => standing,
      standards: async () => ({
        masterScale: defaultStandards().masterScale,
        loss: readLossFile(loadRuleFiles(null)),
      }),
    });
  });
  afterAll(() => server?.stop());
  const at = (day: string) => instant(`2026-05-${day}T08:00:00Z`);

  it('read the decisions of every engine that decided', () => {
    expect(decided.length).toBeGreaterThan(10);
    for (const each of decided) expect(ratedPoint(each)!.pd).toBeGreaterThan(0);
    expect(ratedPoint({ ...corpus[0]!, evidence: null })).toBeNull();
  });

  it('are named by their content, once for an instant, sealed, and tell what changed since the one before', async () => {
    await expect(reports.make('c-1', at('01'))).rejects.toMatchObject({ code: 'CUSTOMER_NOT_RATED' });
    known = decided.slice(0, 2);
    const first = await reports.make('c-1', at('01'));
    expect(first.change).toBeNull();
    expect(await reports.make('c-1', at('01'))).toEqual(first);
    const sighting = { ratingId: '1-aa', level: 'warning', exposure: 7, pd: 0.1, grade: 'C1', at: at('02') } as const;
    const request = { warningId: 'w', customerId: 'c-1', segment: null, code: 'PD_HIGH', sighting };
    standing = [raiseWarning(request, loadWarningHandling(null), at('02'))];
    known = decided.slice(1, 4);
    const second = await reports.make('c-1', at('03'));
    expect(second.change).toMatchObject({ reportId: first.reportId, openWarnings: 1, gradeBefore: first.rating.grade });
    expect(first.rating.pd + second.change!.pd).toBeCloseTo(second.rating.pd, 12);
    expect(second.openWarnings[0]).toMatchObject({
      warningId: 'w',
      measures: [{ code: 'shorter-terms' }, { code: 'guarantee' }],
    });
    expect(await reports.find('c-1', first.reportId)).toEqual(first);
    const listed = await reports.page('c-1', { limit: 10 });
    expect(listed.map(({ reportId }) => reportId)).toEqual([second.reportId, first.reportId]);
    expect(await reports.page('c-1', { limit: 10, before: listed[0]! })).toEqual([listed[1]]);
    await expect(reports.find('c-2', first.reportId)).rejects.toMatchObject({ code: 'UNKNOWN_REPORT' });
    const { rows } = await sql<{
      n: number;
    }>`select count(*)::int as n from customer_reports where sealed like '%PD_HIGH%'`.execute(server.database.db);
    expect(rows[0]).toEqual({ n: 0 });
  });

  it('are gone with the customer’s key, and none is made again', async () => {
    const [newest] = await reports.page('c-1', { limit: 1 });
    await vault.erase('c-1', { actor: 'dpo', ground: 'request' });
    await expect(reports.find('c-1', newest!.reportId)).rejects.toMatchObject({ code: 'UNKNOWN_REPORT' });
    await expect(reports.make('c-1', at('05'))).rejects.toMatchObject({ code: 'SUBJECT_ERASED' });
  });
});
