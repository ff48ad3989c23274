import type { PipelineDependencies } from './dependencies.ts';
import type { RetentionRequest } from './upkeep.ts';
import { withHeartbeat } from './heartbeat.ts';

/** Steps of retention on the training queue. */
export function retentionActivities({ retention }: PipelineDependencies) {
  return {
    retainRecords: (request: RetentionRequest) => withHeartbeat(() => retention.records(request)),
    retainScores: (request: RetentionRequest) => withHeartbeat(() => retention.scores(request)),
  };
}

/** Steps of retention on the features queue, where the warehouse has its one writer. */
export function retentionWarehouseActivities({ retention }: PipelineDependencies) {
  return {
    retainFacts: (request: RetentionRequest) => withHeartbeat((context) => retention.facts(request, context)),
    removeOlderSnapshots: () => withHeartbeat((context) => retention.snapshots(context)),
  };
}
