import { sql } from 'kysely';
import { canonicalJson, instant, sha256, type Instant, type Tenant } from '../../base/index.ts';
import type { MonitoringAction, PlannedActions, TakenAction } from '../../rating/index.ts';
import type { MonitoringReport } from '../../models/monitoring/index.ts';
import type { Appender } from '../audit/index.ts';
import type { Database } from '../database/index.ts';
import type { MonitoringReports } from './monitoring-reports.ts';

/** Kind of the records of actions in the audit chain. */
export const MONITORING_ACTION_KIND = 'monitoring-action';

/** How an action ended: done, or refused, as its conditions were not met. */
export interface SettledAction {
  readonly state: 'done' | 'refused';
  readonly detail: string;
}

/** An action that followed a report. */
export interface StoredAction {
  readonly action: MonitoringAction;
  readonly state: 'planned' | 'limited' | SettledAction['state'];
  readonly plannedAt: Instant;
  readonly settledAt: Instant | null;
  readonly detail: string | null;
}

/** What a report calls for, after what was taken before in its slot. */
export type Decide = (report: Pick<MonitoringReport, 'verdict'>, taken: readonly TakenAction[]) => PlannedActions;

/** What follows the reports of one tenant. */
export interface MonitoringActionStore {
  /**
   * Plans what a report calls for by `decide`, once: asked again, the same answer. What its limits keep from being done is on record, too. Answers what is
   * still to be done.
   */
  plan(reportId: string, decide: Decide, now: string): Promise<readonly MonitoringAction[]>;
  /** Puts the end of an action on record, here and in the audit chain; once. */
  settle(reportId: string, action: MonitoringAction, settled: SettledAction, now: string): Promise<void>;
  of(reportId: string): Promise<readonly StoredAction[]>;
}

export function createMonitoringActions(
  { db }: Database,
  tenant: Tenant,
  appender: Pick<Appender, 'append'>,
  reports: Pick<MonitoringReports, 'find'>,
): MonitoringActionStore {
  const rows = () => db.selectFrom('monitoring_actions').selectAll().where('tenant', '=', tenant);
  return {
    async plan(reportId, decide, now) {
      const report = await reports.find(reportId);
      const { slot } = report;
      return db.transaction().execute(async (trx) => {
        await sql`select pg_advisory_xact_lock(hashtextextended(${`monitoring ${tenant} ${slot}`}, 0))`.execute(trx);
        const known = await trx
          .selectFrom('monitoring_actions')
          .select(['report_id', 'action', 'state', 'planned_at'])
          .where('tenant', '=', tenant)
          .where('slot', '=', slot)
          .execute();
        const mine = known.filter((row) => row.report_id === reportId);
        if (mine.length > 0) return mine.filter(({ state }) => state === 'planned').map(({ action }) => action);
        const taken = known
          .filter(({ state }) => state === 'planned' || state === 'done')
          .map((row) => ({ action: row.action, at: instant(row.planned_at) }));
        const { due, limited } = decide(report, taken);
        const values = [
          ...due.map((action) => ({ action, state: 'planned' as const, settled_at: null, detail: null })),
          ...limited.map((action) => ({ action, state: 'limited' as const, settled_at: now, detail: 'rate limit' })),
        ].map((each) => ({ ...each, tenant, slot, report_id: reportId, planned_at: now }));
        if (values.length > 0) await trx.insertInto('monitoring_actions').values(values).execute();
        return due;
      });
    },
    async settle(reportId, action, { state, detail }, now) {
      const { slot, model } = await reports.find(reportId);
      const stored = await db
        .updateTable('monitoring_actions')
        .set({ state, detail, settled_at: now })
        .where('tenant', '=', tenant)
        .where('report_id', '=', reportId)
        .where('action', '=', action)
        .where('state', '=', 'planned')
        .returning(['state'])
        .executeTakeFirst();
      const settled =
        stored === undefined
          ? await rows().where('report_id', '=', reportId).where('action', '=', action).executeTakeFirst()
          : { state, detail, settled_at: new Date(now) };
      if (settled === undefined || settled.state === 'limited') return;
      const body = canonicalJson({
        format: 'probity.monitoring-action/1',
        reportId,
        slot,
        model,
        action,
        state: settled.state,
        detail: settled.detail,
        at: settled.settled_at === null ? now : instant(settled.settled_at),
      });
      // A settlement whose record was lost with its process is repeated by the workflow: the key keeps it one record.
      await appender.append({
        kind: MONITORING_ACTION_KIND,
        subject: null,
        body: Buffer.from(body),
        once: { key: `monitoring ${reportId} ${action}`, fingerprint: sha256(`${reportId} ${action}`) },
      });
    },
    of: (reportId) => actionsOfReport({ db }, tenant, reportId),
  };
}

/** What followed a report, by action. */
export async function actionsOfReport(
  { db }: Pick<Database, 'db'>,
  tenant: Tenant,
  reportId: string,
): Promise<readonly StoredAction[]> {
  const found = await db
    .selectFrom('monitoring_actions')
    .selectAll()
    .where('tenant', '=', tenant)
    .where('report_id', '=', reportId)
    .orderBy('action')
    .execute();
  return found.map((row) => ({
    action: row.action,
    state: row.state,
    plannedAt: instant(row.planned_at),
    settledAt: row.settled_at === null ? null : instant(row.settled_at),
    detail: row.detail,
  }));
}
