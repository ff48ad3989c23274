import { ActivityCancellationType, proxyActivities, type ActivityOptions } from '@temporalio/workflow';
import { FINAL_CODES } from '../final-codes.ts';
import type { FeaturesActivities, TrainingActivities } from '../activities/index.ts';
import type { Scope } from '../messages.ts';

const DEFAULT_HEARTBEAT_TIMEOUT_MS = 20_000;

/**
 * Options of every activity: it heartbeats, is tried again with growing pauses unless its code is final, may take up to 12 hours,
 * and a cancelled one is waited for, so that it has cleaned up before the workflow ends. A worker that dies counts as an attempt;
 * there are enough of them for many restarts.
 */
function options(scope: Scope, taskQueue: string): ActivityOptions {
  return {
    taskQueue,
    startToCloseTimeout: '12 hours',
    heartbeatTimeout: scope.heartbeatTimeoutMs ?? DEFAULT_HEARTBEAT_TIMEOUT_MS,
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
    retry: {
      initialInterval: '500 ms',
      backoffCoefficient: 2,
      maximumInterval: '1 minute',
      maximumAttempts: 50,
      nonRetryableErrorTypes: FINAL_CODES,
    },
  };
}

export function featuresActivities(scope: Scope): FeaturesActivities {
  return proxyActivities<FeaturesActivities>(options(scope, scope.queues.features));
}

export function trainingActivities(scope: Scope): TrainingActivities {
  return proxyActivities<TrainingActivities>(options(scope, scope.queues.training));
}
