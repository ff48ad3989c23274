import type { Tenant } from '../../base/index.ts';
import { actOnWarning, followWarning } from '../../pipelines/warnings.ts';
import type { TaskQueues } from '../../pipelines/task-queues.ts';
import type { EarlyWarning, WarningEvent, WarningHandling } from '../../rating/index.ts';
import type { TemporalLink } from './temporal-link.ts';

/** The workflows of early warnings, as the server needs them. */
export interface WarningWorkflows {
  /** Starts the workflow of a warning, where none follows it yet. Throws SERVICE_UNAVAILABLE. */
  follow(raised: EarlyWarning): Promise<void>;
  /** Throws WARNING_REFUSED, WARNING_CLOSED, WORKFLOW_NOT_FOUND, SERVICE_UNAVAILABLE. */
  act(warningId: string, event: WarningEvent): Promise<EarlyWarning>;
}

/** The workflows on the Temporal server of a project. */
export function temporalWarnings(of: {
  readonly tenant: Tenant;
  readonly queues: TaskQueues;
  readonly handling: WarningHandling;
  readonly link: TemporalLink;
}): WarningWorkflows {
  const { tenant, queues, handling, link } = of;
  return {
    follow: (warning) => link.within((client) => followWarning(client, { tenant, queues, warning, handling })),
    act: (warningId, event) => link.within((client) => actOnWarning(client, tenant, warningId, event)),
  };
}
