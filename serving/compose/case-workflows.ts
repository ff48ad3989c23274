import type { Tenant } from '../../base/index.ts';
import { actOnCase, followCase } from '../../pipelines/cases.ts';
import type { TaskQueues } from '../../pipelines/task-queues.ts';
import type { AuthorityLimits, CaseEvent, ReferralCase } from '../../rating/index.ts';
import type { TemporalLink } from './temporal-link.ts';

/** The workflows of cases, as the server needs them. */
export interface CaseWorkflows {
  /** Starts the workflow of a case, where none follows it yet. Throws SERVICE_UNAVAILABLE. */
  follow(opened: ReferralCase): Promise<void>;
  /** Throws CASE_REFUSED, CASE_CLOSED, WORKFLOW_NOT_FOUND, SERVICE_UNAVAILABLE. */
  act(caseId: string, event: CaseEvent): Promise<ReferralCase>;
}

/** The workflows on the Temporal server of a project. */
export function temporalCases(of: {
  readonly tenant: Tenant;
  readonly queues: TaskQueues;
  readonly authority: AuthorityLimits;
  readonly link: TemporalLink;
}): CaseWorkflows {
  const { tenant, queues, authority, link } = of;
  return {
    follow: (opened) => link.within((client) => followCase(client, { tenant, queues, case: opened, authority })),
    act: (caseId, event) => link.within((client) => actOnCase(client, tenant, caseId, event)),
  };
}
