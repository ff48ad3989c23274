import type { EarlyWarning, WarningEvent } from '../../rating/warnings/warning.ts';
import type { PipelineDependencies } from './dependencies.ts';
import { withHeartbeat } from './heartbeat.ts';

/** Activities on early warnings; the store makes each of them safe to repeat. */
export function warningActivities({ warnings }: PipelineDependencies) {
  return {
    /** Stores a warning as it stands after an event. */
    saveWarning: (request: {
      warning: EarlyWarning;
      revision: number;
      event: WarningEvent;
      at: string;
    }): Promise<void> =>
      withHeartbeat(() => warnings.save(request.warning, request.revision, request.event, request.at)),
  };
}
