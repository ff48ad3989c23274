import type { PipelineDependencies, SignalLookRequest, SignalsFound } from './dependencies.ts';
import { withHeartbeat } from './heartbeat.ts';

/** Activities that look at signals of customers. */
export function signalActivities({ signals }: PipelineDependencies) {
  return {
    /** Which snapshot a look is at, fixed once at its start. */
    signalTarget: (): Promise<{ readonly snapshotId: string; readonly asOf: string; readonly buckets: number }> =>
      withHeartbeat(() => signals.target()),

    /** Looks at one part of the customers, and stores what stands. */
    lookAtPartition: (
      request: SignalLookRequest & { readonly partition: number; readonly partitions: number },
    ): Promise<SignalsFound> => withHeartbeat((context) => signals.look(request, context)),

    /** Looks at the industries of companies. */
    lookAtIndustries: (request: SignalLookRequest): Promise<SignalsFound> =>
      withHeartbeat((context) => signals.lookAtIndustries(request, context)),

    /** Looks at the customers of facts acknowledged since the last time. */
    lookAtTouched: (request: { readonly at: string }): Promise<SignalsFound & { readonly more: boolean }> =>
      withHeartbeat((context) => signals.lookAtTouched(request, context)),
  };
}
