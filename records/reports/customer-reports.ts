import { sql } from 'kysely';
import { contentHash, instant, ProbityError, type Instant, type Json, type Tenant } from '../../base/index.ts';
import type { customerReport, CustomerReport, EarlyWarning, LossFile, MasterScale } from '../../rating/index.ts';
import type { Database } from '../database/index.ts';
import type { Vault } from '../privacy/index.ts';
import type { Ratings } from '../ratings/index.ts';
import { ratedPoint } from './rated-points.ts';

/** A report on a customer, and its name: the SHA-256 of its content. */
export interface StoredCustomerReport extends CustomerReport {
  readonly reportId: string;
}

/** The reports on single customers of one tenant. They are never changed; an erasure destroys them. */
export interface CustomerReports {
  /** Makes a report of what is on record at this instant, and keeps it. Throws CUSTOMER_NOT_RATED where no decision about the customer is there, SUBJECT_ERASED. */
  make(customerId: string, at: Instant): Promise<StoredCustomerReport>;
  /** Throws UNKNOWN_REPORT. */
  find(customerId: string, reportId: string): Promise<StoredCustomerReport>;
  /** Newest first, before a place. */
  page(
    customerId: string,
    options: {
      readonly before?: { readonly asOf: string; readonly reportId: string } | undefined;
      readonly limit: number;
    },
  ): Promise<readonly { readonly reportId: string; readonly asOf: Instant }[]>;
}

/** Decisions that a report tells of, at most. */
const MOST_RATINGS = 24;

export function createCustomerReports(of: {
  readonly database: Database;
  readonly tenant: Tenant;
  readonly vault: Pick<Vault, 'seal' | 'open'>;
  readonly ratings: Pick<Ratings, 'newestOf' | 'find'>;
  readonly warningsOf: (customerId: string) => Promise<readonly EarlyWarning[]>;
  /** How a report is made. */
  readonly report: typeof customerReport;
  readonly standards: () => Promise<{ readonly masterScale: MasterScale; readonly loss: LossFile }>;
}): CustomerReports {
  const { database, tenant, vault, ratings, warningsOf, report: made, standards } = of;
  const { db } = database;
  const placeOf = (reportId: string): string => `customer report ${reportId}`;
  const rows = (customerId: string) =>
    db
      .selectFrom('customer_reports')
      .select(['report_id', 'as_of', 'sealed'])
      .where('tenant', '=', tenant)
      .where('customer_id', '=', customerId)
      .orderBy('as_of', 'desc')
      .orderBy('report_id', 'desc');
  const opened = async (
    customerId: string,
    row: { readonly report_id: string; readonly sealed: string } | undefined,
  ): Promise<StoredCustomerReport | null> => {
    if (row === undefined) return null;
    const report = (await vault.open(customerId, placeOf(row.report_id), row.sealed)) as CustomerReport | null;
    return report === null ? null : { ...report, reportId: row.report_id };
  };
  return {
    async make(customerId, at) {
      const ids = await ratings.newestOf(customerId, MOST_RATINGS);
      const stored = await Promise.all(ids.map((ratingId) => ratings.find(ratingId)));
      const [newest, ...before] = stored.flatMap((each) => ratedPoint(each) ?? []);
      if (newest === undefined)
        throw new ProbityError('CUSTOMER_NOT_RATED', 'No decision about this customer is on record.');
      const last = await opened(
        customerId,
        await rows(customerId).where('as_of', '<', new Date(at)).limit(1).executeTakeFirst(),
      );
      const report = made(
        {
          customerId,
          asOf: at,
          ratings: [newest, ...before],
          warnings: await warningsOf(customerId),
          earlier: last === null ? null : { reportId: last.reportId, report: last },
        },
        await standards(),
      );
      const reportId = contentHash(report as unknown as Json);
      const sealed = await vault.seal(customerId, placeOf(reportId), report as unknown as Json);
      await db
        .insertInto('customer_reports')
        .values({ tenant, report_id: reportId, customer_id: customerId, as_of: at, sealed })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
      return { ...report, reportId };
    },
    async find(customerId, reportId) {
      const row = await rows(customerId).where('report_id', '=', reportId).executeTakeFirst();
      const found = await opened(customerId, row);
      if (found === null) throw new ProbityError('UNKNOWN_REPORT', 'No report with this id is on record.');
      return found;
    },
    async page(customerId, { before, limit }) {
      let query = rows(customerId).limit(limit);
      if (before !== undefined)
        query = query.where(sql<boolean>`(as_of, report_id) < (${before.asOf}::timestamptz, ${before.reportId})`);
      return (await query.execute()).map((row) => ({ reportId: row.report_id, asOf: instant(row.as_of) }));
    },
  };
}
