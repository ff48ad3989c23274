import type { Dispute, DisputeEvent } from '../../rating/disputes/dispute.ts';
import type { PipelineDependencies } from './dependencies.ts';
import { withHeartbeat } from './heartbeat.ts';

/** Activities on disputes; the store makes each of them safe to repeat. */
export function disputeActivities({ disputes }: PipelineDependencies) {
  return {
    /** Stores a dispute as it stands after an event. */
    saveDispute: (request: { dispute: Dispute; revision: number; event: DisputeEvent; at: string }): Promise<void> =>
      withHeartbeat(() => disputes.save(request.dispute, request.revision, request.event, request.at)),
  };
}
