import type { CaseEvent, ReferralCase } from '../../rating/cases/case.ts';
import type { PipelineDependencies } from './dependencies.ts';
import { withHeartbeat } from './heartbeat.ts';

/** Activities on referred cases; the store makes each of them safe to repeat. */
export function caseActivities({ cases }: PipelineDependencies) {
  return {
    /** Stores a case as it stands after an event. */
    saveCase: (request: { case: ReferralCase; revision: number; event: CaseEvent; at: string }): Promise<void> =>
      withHeartbeat(() => cases.save(request.case, request.revision, request.event, request.at)),
  };
}
