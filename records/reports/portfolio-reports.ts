import { sql } from 'kysely';
import { contentHash, instant, ProbityError, type Instant, type Json, type Tenant } from '../../base/index.ts';
import type { EarlierReport, ListedCustomer, PortfolioReport, RankedCustomer } from '../../rating/index.ts';
import type { Database } from '../database/index.ts';

/** A report as it is shown. A customer who was erased has no id any more. */
export interface StoredReport extends Omit<PortfolioReport, 'topExposures' | 'topLosses' | 'bestNet' | 'worstNet'> {
  readonly reportId: string;
  readonly madeAt: Instant;
  readonly topExposures: readonly ShownCustomer[];
  readonly topLosses: readonly ShownCustomer[];
  readonly bestNet: readonly ShownRanked[];
  readonly worstNet: readonly ShownRanked[];
}

export type ShownCustomer = Omit<ListedCustomer, 'customerId'> & { readonly customerId: string | null };

export type ShownRanked = Omit<RankedCustomer, 'customerId'> & { readonly customerId: string | null };

/** The lists of customers in a report, as their names are kept. */
const LISTS = { exposures: 'topExposures', losses: 'topLosses', best: 'bestNet', worst: 'worstNet' } as const;
type ListName = keyof typeof LISTS;
const LIST_NAMES = Object.keys(LISTS) as ListName[];

/** What a list of reports tells of each. */
export interface ReportEntry {
  readonly reportId: string;
  readonly asOf: Instant;
  readonly madeAt: Instant;
  readonly customers: number;
  readonly exposure: number;
  readonly expectedLoss: number;
  readonly riskIndex: number | null;
}

/** The portfolio reports of one tenant. */
export interface PortfolioReports {
  /** Puts a report on record; the same content is the same report. Answers its id. */
  keep(report: PortfolioReport): Promise<string>;
  /** Throws UNKNOWN_REPORT. */
  find(reportId: string): Promise<StoredReport>;
  /** The newest on an instant before this one; null: there is none. */
  earlier(asOf: string): Promise<EarlierReport | null>;
  /** Newest first, before a place. */
  page(options: {
    readonly before?: { readonly madeAt: string; readonly reportId: string } | undefined;
    readonly limit: number;
  }): Promise<readonly ReportEntry[]>;
  /** Takes a customer's name out of all reports; their figures stay. Answers how many lists held it. */
  eraseCustomer(customerId: string): Promise<number>;
}

/** The report without names: what its id is the hash of. */
function nameless(report: PortfolioReport): PortfolioReport {
  const strip = <T extends ListedCustomer>(list: readonly T[]): T[] =>
    list.map((each) => ({ ...each, customerId: '' }));
  const { topExposures, topLosses, bestNet, worstNet } = report;
  return {
    ...report,
    topExposures: strip(topExposures),
    topLosses: strip(topLosses),
    bestNet: strip(bestNet),
    worstNet: strip(worstNet),
  };
}

export function createPortfolioReports({ db }: Database, tenant: Tenant): PortfolioReports {
  return {
    async keep(report) {
      const body = nameless(report);
      const reportId = contentHash(body as unknown as Json);
      const names = LIST_NAMES.flatMap((list) =>
        report[LISTS[list]].map(({ customerId }, place) => ({
          tenant,
          report_id: reportId,
          list,
          place,
          customer_id: customerId,
        })),
      );
      await db.transaction().execute(async (trx) => {
        const { numInsertedOrUpdatedRows } = await trx
          .insertInto('portfolio_reports')
          .values({ tenant, report_id: reportId, as_of: report.source.asOf, body: JSON.stringify(body) })
          .onConflict((conflict) => conflict.doNothing())
          .executeTakeFirst();
        // Made again after an erasure, it brings no name back.
        if (numInsertedOrUpdatedRows !== 0n && names.length > 0)
          await trx.insertInto('portfolio_report_names').values(names).execute();
      });
      return reportId;
    },
    async find(reportId) {
      const row = await db
        .selectFrom('portfolio_reports')
        .select(['body', 'made_at'])
        .where('tenant', '=', tenant)
        .where('report_id', '=', reportId)
        .executeTakeFirst();
      if (row === undefined) throw new ProbityError('UNKNOWN_REPORT', 'No report with this id is on record.');
      const names = await db
        .selectFrom('portfolio_report_names')
        .select(['list', 'place', 'customer_id'])
        .where('tenant', '=', tenant)
        .where('report_id', '=', reportId)
        .execute();
      const nameOf = new Map(names.map(({ list, place, customer_id: name }) => [`${list} ${place}`, name]));
      const shown = <T extends ListedCustomer>(list: ListName, customers: readonly T[] | undefined) =>
        // Reports of the first format have no ranking.
        (customers ?? []).map((each, place) => ({ ...each, customerId: nameOf.get(`${list} ${place}`) ?? null }));
      return {
        ...row.body,
        // Reports of the first format do not tell.
        openWarnings: row.body.openWarnings ?? null,
        change: row.body.change ?? null,
        reportId,
        madeAt: instant(row.made_at),
        topExposures: shown('exposures', row.body.topExposures),
        topLosses: shown('losses', row.body.topLosses),
        bestNet: shown('best', row.body.bestNet),
        worstNet: shown('worst', row.body.worstNet),
      };
    },
    async earlier(asOf) {
      const row = await db
        .selectFrom('portfolio_reports')
        .select(['report_id', 'body'])
        .where('tenant', '=', tenant)
        .where('as_of', '<', new Date(asOf))
        .orderBy('as_of', 'desc')
        .orderBy('made_at', 'desc')
        .orderBy('report_id')
        .limit(1)
        .executeTakeFirst();
      if (row === undefined) return null;
      const { report_id: reportId, body } = row;
      return { ...body, openWarnings: body.openWarnings ?? null, reportId, asOf: body.source.asOf };
    },
    async page({ before, limit }) {
      let query = db
        .selectFrom('portfolio_reports')
        .select(['report_id', 'as_of', 'made_at', 'body'])
        .where('tenant', '=', tenant);
      if (before !== undefined)
        query = query.where(
          sql<boolean>`(date_trunc('milliseconds', made_at), report_id) < (${before.madeAt}::timestamptz, ${before.reportId})`,
        );
      const rows = await query
        .orderBy(sql`date_trunc('milliseconds', made_at)`, 'desc')
        .orderBy('report_id', 'desc')
        .limit(limit)
        .execute();
      return rows.map(({ report_id: reportId, as_of: asOf, made_at: madeAt, body }) => ({
        reportId,
        asOf: instant(asOf),
        madeAt: instant(madeAt),
        customers: body.customers,
        exposure: body.exposure,
        expectedLoss: body.expectedLoss,
        riskIndex: body.riskIndex,
      }));
    },
    async eraseCustomer(customerId) {
      const { numDeletedRows } = await db
        .deleteFrom('portfolio_report_names')
        .where('tenant', '=', tenant)
        .where('customer_id', '=', customerId)
        .executeTakeFirst();
      return Number(numDeletedRows);
    },
  };
}
