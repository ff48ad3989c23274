import type { Slot } from '../../models/registry/slot.ts';
import type { MonitoringAction } from '../../rating/monitoring/actions.ts';
import type { Monitored, NotFollowed, RetrainRequest, SlotFamily } from '../messages.ts';
import type { PipelineDependencies } from './dependencies.ts';
import { withHeartbeat } from './heartbeat.ts';

/** Looks at models; they read what became of customers from the warehouse. */
export function monitoringWarehouseActivities({ monitoring }: PipelineDependencies) {
  return {
    /** Looks at the model that scored a slot's customers last; the same book is looked at once. */
    monitorModel: (request: { readonly slot: Slot }): Promise<Monitored> =>
      withHeartbeat((context) => monitoring.look(request, context)),
  };
}

/** What follows a look; every call may be repeated without effect. */
export function monitoringActivities({ monitoring, submitRetrain }: PipelineDependencies) {
  return {
    /** The slots of a portfolio that have champions, the asked-for first, by what they tell; `only`: none but that. Throws NO_CHAMPION where there is none. */
    followedSlots: (request: { readonly slot: Slot; readonly only: boolean }): Promise<readonly SlotFamily[]> =>
      withHeartbeat(() => monitoring.followed(request)),

    /** Puts on record which slots could not be looked at, and ends what was said of the others; `only`: of one slot alone. */
    noteNotFollowed: (request: {
      readonly notFollowed: readonly NotFollowed[];
      readonly only: boolean;
    }): Promise<void> => withHeartbeat(() => monitoring.noteNotFollowed(request)),

    /** What the policy says is due for a report, planned once. */
    planMonitoringActions: (request: { readonly reportId: string }): Promise<readonly MonitoringAction[]> =>
      withHeartbeat(() => monitoring.plan(request.reportId)),

    /** Takes a planned action and puts its end on record. `retrain`: how a retraining is asked for, with an id that stays the same when it is tried again. */
    takeMonitoringAction: (request: {
      readonly reportId: string;
      readonly action: MonitoringAction;
      readonly retrain: RetrainRequest;
    }): Promise<{ readonly state: string; readonly detail: string }> =>
      withHeartbeat(() => monitoring.take(request, submitRetrain)),
  };
}
