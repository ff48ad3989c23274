import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Tenant } from '../../base/index.ts';
import {
  defaultStandards,
  loadPortfolioAssumptions,
  loadRuleFiles,
  portfolioReport,
  readLossFile,
  type PortfolioReport,
} from '../../rating/index.ts';
import { startTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { createPortfolioReports, type PortfolioReports } from './index.ts';

const standards = {
  masterScale: defaultStandards().masterScale,
  loss: readLossFile(loadRuleFiles(null)),
  assumptions: loadPortfolioAssumptions(null),
};
const reportAsOf = (asOf: string): PortfolioReport =>
  portfolioReport(
    {
      customers: ['li-ming', 'wang-fang'],
      segments: [null, null],
      vintages: Int32Array.of(2020, 2021),
      pd: Float64Array.of(0.01, 0.2),
      previousPd: Float64Array.of(Number.NaN, Number.NaN),
      exposure: Float64Array.of(100, 300),
      sales: Float64Array.of(Number.NaN, 10),
    },
    { asOf, snapshotId: 's', modelHash: 'm', scores: 'h', before: null },
    standards,
  );

describe('stored portfolio reports', () => {
  let server: TestDatabase;
  let reports: PortfolioReports;
  beforeAll(async () => {
    server = await startTestDatabase();
    reports = createPortfolioReports(server.database, 'acme' as Tenant);
  });
  afterAll(() => server?.stop());

  it('are named by their content, once, and belong to one tenant', async () => {
    const report = reportAsOf('2026-05-01T00:00:00.000Z');
    const reportId = await reports.keep(report);
    expect(await reports.keep(report)).toBe(reportId);
    expect(await reports.keep(reportAsOf('2026-06-01T00:00:00.000Z'))).not.toBe(reportId);
    const { reportId: _, madeAt: __, ...stored } = await reports.find(reportId);
    expect(stored).toEqual(report);
    const other = createPortfolioReports(server.database, 'globex' as Tenant);
    await expect(other.find(reportId)).rejects.toMatchObject({ code: 'UNKNOWN_REPORT' });
    expect(await other.page({ limit: 10 })).toEqual([]);
  });

  it('are listed newest first, page by page', async () => {
    const all = await reports.page({ limit: 10 });
    const [first] = await reports.page({ limit: 1 });
    expect(first).toEqual(all[0]);
    const rest = await reports.page({ limit: 10, before: { madeAt: first!.madeAt, reportId: first!.reportId } });
    expect([first, ...rest]).toEqual(all);
    expect(all[0]).toMatchObject({ customers: 2, exposure: 400 });
  });

  it('know the one on the instant before, not one of the same', async () => {
    expect(await reports.earlier('2026-05-01T00:00:00.000Z')).toBeNull();
    const before = await reports.earlier('2026-06-01T00:00:00.000Z');
    expect(before).toMatchObject({ asOf: '2026-05-01T00:00:00.000Z', customers: 2, openWarnings: null });
  });

  it('forget the name of an erased customer and keep every figure, whoever makes them again', async () => {
    const report = reportAsOf('2026-07-01T00:00:00.000Z');
    const reportId = await reports.keep(report);
    expect(await reports.eraseCustomer('wang-fang')).toBeGreaterThan(0);
    await reports.keep(report);
    const stored = await reports.find(reportId);
    expect(stored.topExposures.map(({ customerId }) => customerId)).toEqual([null, 'li-ming']);
    expect(stored.topExposures[0]).toMatchObject({ exposure: 300, pd: 0.2 });
    const { rows } =
      await sql`select count(*)::int as n from portfolio_reports where body::text like '%wang-fang%'`.execute(
        server.database.db,
      );
    expect(rows[0]).toEqual({ n: 0 });
  });
});
