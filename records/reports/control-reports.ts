import { sql } from 'kysely';
import { contentHash, instant, ProbityError, type Instant, type Json, type Tenant } from '../../base/index.ts';
import type { ControlReport } from '../../rating/index.ts';
import type { Database } from '../database/index.ts';

/** A control report as it is shown. */
export interface StoredControlReport extends ControlReport {
  readonly reportId: string;
}

/** What a list of control reports tells of each. */
export interface ControlEntry {
  readonly reportId: string;
  readonly from: Instant;
  readonly until: Instant;
  readonly madeAt: Instant;
}

/** The control reports of one tenant. They are never changed. */
export interface ControlReports {
  keep(report: ControlReport): Promise<StoredControlReport>;
  /** Throws UNKNOWN_REPORT. */
  find(reportId: string): Promise<StoredControlReport>;
  /** Newest first, before a place. */
  page(options: {
    readonly before?: { readonly madeAt: string; readonly reportId: string } | undefined;
    readonly limit: number;
  }): Promise<readonly ControlEntry[]>;
}

export function createControlReports({ db }: Database, tenant: Tenant): ControlReports {
  return {
    async keep(report) {
      const reportId = contentHash(report as unknown as Json);
      await db
        .insertInto('control_reports')
        .values({
          tenant,
          report_id: reportId,
          from_at: report.from,
          until_at: report.until,
          body: JSON.stringify(report),
        })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
      return { ...report, reportId };
    },
    async find(reportId) {
      const row = await db
        .selectFrom('control_reports')
        .select('body')
        .where('tenant', '=', tenant)
        .where('report_id', '=', reportId)
        .executeTakeFirst();
      if (row === undefined) throw new ProbityError('UNKNOWN_REPORT', 'No report with this id is on record.');
      return { ...row.body, reportId };
    },
    async page({ before, limit }) {
      let query = db
        .selectFrom('control_reports')
        .select(['report_id', 'from_at', 'until_at', 'made_at'])
        .where('tenant', '=', tenant);
      if (before !== undefined)
        query = query.where(sql<boolean>`(made_at, report_id) < (${before.madeAt}::timestamptz, ${before.reportId})`);
      const rows = await query.orderBy('made_at', 'desc').orderBy('report_id', 'desc').limit(limit).execute();
      return rows.map((row) => ({
        reportId: row.report_id,
        from: instant(row.from_at),
        until: instant(row.until_at),
        madeAt: instant(row.made_at),
      }));
    },
  };
}
