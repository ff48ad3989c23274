import type { Slot } from '../../models/registry/slot.ts';
import type { ImportSummary, SnapshotSummary, TrainingSetSummary } from '../messages.ts';
import type { PipelineDependencies } from './dependencies.ts';
import { withHeartbeat } from './heartbeat.ts';
import { runFolder } from './run-folder.ts';

/** Activities of the features queue: the only ones that open the warehouse. */
export function warehouseActivities({ warehouse, runs, handOver }: PipelineDependencies) {
  const run = (requestId: string) => runFolder({ runs, handOver }, requestId);
  return {
    /** Imports the sources and drains acknowledged facts. */
    pullSources: (request: { requestId: string; now: string }): Promise<ImportSummary> =>
      withHeartbeat((context) =>
        run(request.requestId).step('sources', { now: request.now }, () =>
          warehouse.pullSources({ now: request.now }, context),
        ),
      ),

    /** Builds features and outcomes into a training and a test set. */
    buildTrainingSet: (request: {
      requestId: string;
      now: string;
      slot: Slot;
      seed: number;
    }): Promise<TrainingSetSummary> =>
      withHeartbeat((context) =>
        run(request.requestId).step(
          'training-set',
          { now: request.now, slot: { ...request.slot }, seed: request.seed },
          (folder) =>
            warehouse.buildTrainingSet({ now: request.now, slot: request.slot, seed: request.seed, folder }, context),
        ),
      ),

    /** Publishes an immutable snapshot of what was known at `now`. */
    publishSnapshot: (request: { requestId: string; now: string }): Promise<SnapshotSummary> =>
      withHeartbeat((context) =>
        run(request.requestId).step('snapshot', { now: request.now }, () =>
          warehouse.publishSnapshot({ now: request.now }, context),
        ),
      ),
  };
}
