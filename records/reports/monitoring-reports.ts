import { sql } from 'kysely';
import { contentHash, instant, ProbityError, type Instant, type Json, type Tenant } from '../../base/index.ts';
import type { Growth, IdentifiedMonitoringReport, MonitoringReport } from '../../models/monitoring/index.ts';
import type { Database } from '../database/index.ts';

/** One day's look at a model, as it is kept: what the day did to the stakes of the yearly test. */
export interface KeptLook {
  /** First day of the year of looks, ISO date. */
  readonly since: string;
  /** From 0 to 364. */
  readonly day: number;
  readonly asOf: string;
  readonly snapshotId: string;
  readonly comparedThrough: number;
  readonly pairs: number;
  readonly outcomes: number;
  readonly growth: Growth;
}

/** A report as it is shown. */
export interface StoredMonitoringReport extends IdentifiedMonitoringReport {
  readonly madeAt: Instant;
}

/** What a list of reports tells of each. */
export interface MonitoringEntry {
  readonly reportId: string;
  readonly slot: string;
  readonly model: string;
  readonly asOf: Instant;
  readonly madeAt: Instant;
  readonly result: MonitoringReport['verdict']['result'];
  readonly customers: number;
  /** Of the yearly test; null: looks were not kept. */
  readonly evidence: number | null;
  readonly scorePsi: number | null;
}

/** Reports on the models of one tenant, and the looks that their yearly tests rest on. Neither is ever changed. */
export interface MonitoringReports {
  /** All looks at a model in its slot, oldest first. */
  looks(slot: string, model: string): Promise<readonly KeptLook[]>;
  /**
   * Puts a report on record, and its look where it has one; the same content is the same report. `after` is the newest look that the report knew of: where
   * another one has come since, nothing is kept and CONFLICT thrown, as the customers of a look may be in no other.
   */
  keep(
    report: MonitoringReport,
    look: { readonly look: KeptLook; readonly after: Pick<KeptLook, 'since' | 'day'> | null } | null,
  ): Promise<StoredMonitoringReport>;
  /** Throws UNKNOWN_REPORT. */
  find(reportId: string): Promise<StoredMonitoringReport>;
  /** Newest first, before a place; of one slot where it is named. */
  page(options: {
    readonly before?: { readonly madeAt: string; readonly reportId: string } | undefined;
    readonly slot?: string | undefined;
    readonly limit: number;
  }): Promise<readonly MonitoringEntry[]>;
  /** What came of the newest looks, newest first: without the bodies of their reports, as many slots' looks are asked for again and again. */
  results(
    limit: number,
  ): Promise<readonly Pick<MonitoringEntry, 'reportId' | 'slot' | 'model' | 'madeAt' | 'result'>[]>;
  /** The report of the newest book of each slot. */
  newest(): Promise<readonly StoredMonitoringReport[]>;
  /** Reports on a model of books before an instant, newest first: all, or those of some snapshots. */
  earlier(options: {
    readonly slot: string;
    readonly model: string;
    readonly before: string;
    readonly snapshots?: readonly string[] | undefined;
    readonly limit: number;
  }): Promise<readonly StoredMonitoringReport[]>;
}

interface Row {
  readonly report_id: string;
  readonly made_at: Date;
  readonly body: MonitoringReport;
}

const shown = ({ report_id: reportId, made_at: madeAt, body }: Row): StoredMonitoringReport => ({
  ...body,
  reportId,
  madeAt: instant(madeAt),
});

export function createMonitoringReports({ db }: Database, tenant: Tenant): MonitoringReports {
  const reports = () =>
    db.selectFrom('monitoring_reports').select(['report_id', 'made_at', 'body']).where('tenant', '=', tenant);
  const find = async (reportId: string): Promise<StoredMonitoringReport> => {
    const row = await reports().where('report_id', '=', reportId).executeTakeFirst();
    if (row === undefined) throw new ProbityError('UNKNOWN_REPORT', 'No report with this id is on record.');
    return shown(row);
  };
  return {
    async looks(slot, model) {
      const rows = await db
        .selectFrom('monitoring_looks')
        .select(['day', 'as_of', 'snapshot_id', 'compared_through', 'pairs', 'outcomes', 'growth'])
        .select(sql<string>`to_char(since, 'YYYY-MM-DD')`.as('first'))
        .where('tenant', '=', tenant)
        .where('slot', '=', slot)
        .where('model_hash', '=', model)
        .orderBy('since')
        .orderBy('day')
        .execute();
      return rows.map((row) => ({
        since: row.first,
        day: row.day,
        asOf: instant(row.as_of),
        snapshotId: row.snapshot_id,
        comparedThrough: row.compared_through,
        pairs: row.pairs,
        outcomes: row.outcomes,
        growth: row.growth,
      }));
    },
    async keep(report, looked) {
      const reportId = contentHash(report as unknown as Json);
      const { slot, model } = report;
      await db.transaction().execute(async (trx) => {
        await sql`select pg_advisory_xact_lock(hashtextextended(${`monitoring ${tenant} ${slot}`}, 0))`.execute(trx);
        if (looked !== null) {
          const { look, after } = looked;
          const newest = await trx
            .selectFrom('monitoring_looks')
            .select(['day', sql<string>`to_char(since, 'YYYY-MM-DD')`.as('first')])
            .where('tenant', '=', tenant)
            .where('slot', '=', slot)
            .where('model_hash', '=', model)
            .orderBy('since', 'desc')
            .orderBy('day', 'desc')
            .limit(1)
            .executeTakeFirst();
          if ((newest?.first ?? null) !== (after?.since ?? null) || (newest?.day ?? null) !== (after?.day ?? null))
            throw new ProbityError('CONFLICT', 'Another look at this model was put on record meanwhile.', {
              fix: 'Look again (`probity monitor`).',
            });
          await trx
            .insertInto('monitoring_looks')
            .values({
              tenant,
              slot,
              model_hash: model,
              since: look.since,
              day: look.day,
              as_of: look.asOf,
              snapshot_id: look.snapshotId,
              compared_through: look.comparedThrough,
              pairs: look.pairs,
              outcomes: look.outcomes,
              growth: JSON.stringify(look.growth),
            })
            .execute();
        }
        await trx
          .insertInto('monitoring_reports')
          .values({
            tenant,
            report_id: reportId,
            slot,
            model_hash: model,
            as_of: report.asOf,
            snapshot_id: report.source.snapshotId,
            result: report.verdict.result,
            body: JSON.stringify(report),
          })
          .onConflict((conflict) => conflict.doNothing())
          .execute();
        // A look back at a day before the newest does not mend what keeps the slot from being followed now.
        await trx
          .deleteFrom('monitoring_gaps')
          .where('tenant', '=', tenant)
          .where('slot', '=', slot)
          .where((where) =>
            where.not(
              where.exists(
                where
                  .selectFrom('monitoring_reports as later')
                  .select('later.report_id')
                  .where('later.tenant', '=', tenant)
                  .where('later.slot', '=', slot)
                  .where('later.as_of', '>', new Date(report.asOf)),
              ),
            ),
          )
          .execute();
      });
      return find(reportId);
    },
    find,
    async page({ before, slot, limit }) {
      let query = db
        .selectFrom('monitoring_reports')
        .select(['report_id', 'slot', 'model_hash', 'as_of', 'made_at', 'result'])
        .select([
          sql<number>`(body -> 'population' ->> 'customers')::int`.as('customers'),
          sql<number | null>`(body -> 'sequential' ->> 'evidence')::float8`.as('evidence'),
          sql<number | null>`(body -> 'looks' -> 0 -> 'score' ->> 'psi')::float8`.as('psi'),
        ])
        .where('tenant', '=', tenant);
      if (slot !== undefined) query = query.where('slot', '=', slot);
      if (before !== undefined)
        query = query.where(
          sql<boolean>`(date_trunc('milliseconds', made_at), report_id) < (${before.madeAt}::timestamptz, ${before.reportId})`,
        );
      const rows = await query
        .orderBy(sql`date_trunc('milliseconds', made_at)`, 'desc')
        .orderBy('report_id', 'desc')
        .limit(limit)
        .execute();
      return rows.map((row) => ({
        reportId: row.report_id,
        slot: row.slot,
        model: row.model_hash,
        asOf: instant(row.as_of),
        madeAt: instant(row.made_at),
        result: row.result,
        customers: row.customers,
        evidence: row.evidence,
        scorePsi: row.psi,
      }));
    },
    async results(limit) {
      const rows = await db
        .selectFrom('monitoring_reports')
        .select(['report_id', 'slot', 'model_hash', 'made_at', 'result'])
        .where('tenant', '=', tenant)
        .orderBy('made_at', 'desc')
        .orderBy('report_id', 'desc')
        .limit(limit)
        .execute();
      return rows.map((row) => ({
        reportId: row.report_id,
        slot: row.slot,
        model: row.model_hash,
        madeAt: instant(row.made_at),
        result: row.result,
      }));
    },
    async newest() {
      const rows = await reports()
        .distinctOn('slot')
        .orderBy('slot')
        .orderBy('as_of', 'desc')
        .orderBy('made_at', 'desc')
        .execute();
      return rows.map(shown);
    },
    async earlier({ slot, model, before, snapshots, limit }) {
      let query = reports()
        .where('slot', '=', slot)
        .where('model_hash', '=', model)
        .where('as_of', '<', new Date(before));
      if (snapshots !== undefined) {
        if (snapshots.length === 0) return [];
        query = query.where('snapshot_id', 'in', [...snapshots]);
      }
      const rows = await query.orderBy('as_of', 'desc').orderBy('made_at', 'desc').limit(limit).execute();
      return rows.map(shown);
    },
  };
}
