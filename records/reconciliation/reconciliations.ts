import { sql } from 'kysely';
import { contentHash, type Json, type Tenant } from '../../base/index.ts';
import type { Database } from '../database/index.ts';
import type { DailyReconciliation } from './daily.ts';

/** A reconciliation on record. */
export interface KeptReconciliation extends DailyReconciliation {
  readonly reconciliationId: string;
}

/** The reconciliations of one tenant. They are never changed. */
export interface Reconciliations {
  keep(daily: DailyReconciliation): Promise<KeptReconciliation>;
  /** Newest first, before a place. */
  page(options: {
    readonly before?: { readonly at: string; readonly reconciliationId: string } | undefined;
    readonly limit: number;
  }): Promise<readonly KeptReconciliation[]>;
}

export function createReconciliations({ db }: Database, tenant: Tenant): Reconciliations {
  return {
    async keep(daily) {
      const reconciliationId = contentHash(daily as unknown as Json);
      await db
        .insertInto('reconciliations')
        .values({
          tenant,
          reconciliation_id: reconciliationId,
          at: daily.at,
          settled: daily.findings.length === 0,
          body: JSON.stringify(daily),
        })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
      return { ...daily, reconciliationId };
    },
    async page({ before, limit }) {
      let query = db.selectFrom('reconciliations').select(['reconciliation_id', 'body']).where('tenant', '=', tenant);
      if (before !== undefined)
        query = query.where(
          sql<boolean>`(at, reconciliation_id) < (${before.at}::timestamptz, ${before.reconciliationId})`,
        );
      const rows = await query.orderBy('at', 'desc').orderBy('reconciliation_id', 'desc').limit(limit).execute();
      return rows.map(({ reconciliation_id: reconciliationId, body }) => ({ ...body, reconciliationId }));
    },
  };
}
