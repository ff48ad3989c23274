import type { PipelineDependencies } from './dependencies.ts';
import type { ReconciliationWork } from './upkeep.ts';
import { withHeartbeat } from './heartbeat.ts';

/** Steps of the daily reconciliation on the features queue, where the warehouse has its one writer. */
export function reconciliationWarehouseActivities({ reconciliation }: PipelineDependencies) {
  return {
    reconcileFacts: (request: { readonly now: string }) =>
      withHeartbeat((context) => reconciliation.facts(request, context)),
    reconcileSnapshot: () => withHeartbeat((context) => reconciliation.snapshot(context)),
  };
}

/** Its end, on the training queue. */
export function reconciliationActivities({ reconciliation }: PipelineDependencies) {
  return {
    concludeReconciliation: (request: Parameters<ReconciliationWork['conclude']>[0]) =>
      withHeartbeat(() => reconciliation.conclude(request)),
  };
}
