import type { Slot } from '../../models/registry/slot.ts';
import type { Monitored } from '../messages.ts';
import type { PipelineDependencies } from './dependencies.ts';
import { withHeartbeat } from './heartbeat.ts';

/** Looks at models; they read what became of customers from the warehouse. */
export function monitoringActivities({ monitoring }: PipelineDependencies) {
  return {
    /** Looks at the model that scored last; the same book is looked at once. */
    monitorModel: (request: { readonly slot: Slot }): Promise<Monitored> =>
      withHeartbeat((context) => monitoring.look(request, context)),
  };
}
