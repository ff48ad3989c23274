import type { PipelineDependencies } from './dependencies.ts';
import { withHeartbeat } from './heartbeat.ts';

/** Whose erasure a step is of: pseudonyms. */
export interface Subjects {
  readonly subjects: readonly string[];
}

/** Steps of an erasure on the training queue; they carry pseudonyms, never ids. */
export function erasureActivities({ erasure }: PipelineDependencies) {
  return {
    unfinishedErasures: () => withHeartbeat(() => erasure.unfinished()),
    endErasedWorkflows: ({ subjects }: Subjects) => withHeartbeat(() => erasure.endWorkflows(subjects)),
    eraseScores: ({ subjects }: Subjects) => withHeartbeat((context) => erasure.eraseScores(subjects, context)),
    finishErasures: ({ subjects }: Subjects) => withHeartbeat((context) => erasure.finish(subjects, context)),
  };
}

/** Steps of an erasure on the features queue, where the warehouse has its one writer. */
export function erasureWarehouseActivities({ erasure }: PipelineDependencies) {
  return {
    eraseFromWarehouse: (request: Subjects & { now: string }) =>
      withHeartbeat((context) => erasure.eraseWarehouse(request, context)),
    eraseFiles: ({ subjects }: Subjects) => withHeartbeat((context) => erasure.eraseFiles(subjects, context)),
  };
}
