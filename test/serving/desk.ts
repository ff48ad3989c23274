import { instant, ProbityError } from '../../base/index.ts';
import { applyCaseEvent, decisionTimes, defaultAuthority, openCase } from '../../rating/index.ts';
import type { StoredCase, StoredCaseEvent } from '../../records/cases/index.ts';
import type { CaseDesk } from '../../serving/cases/desk.ts';

/** A desk in memory under the real law of cases, for tests of the server alone; `decisions` counts the recorded ratings. */
export function memoryDesk(now: string, decisions: () => number): CaseDesk {
  const authority = defaultAuthority();
  const stored = new Map<string, { readonly found: StoredCase; readonly events: readonly StoredCaseEvent[] }>();
  const known = (caseId: string) => {
    const one = stored.get(caseId);
    if (one === undefined) throw new ProbityError('UNKNOWN_CASE', 'No case with this id is on record.');
    return one;
  };
  return {
    refer(opened, at) {
      stored.set(opened.caseId, { found: { case: openCase(opened, authority, at), revision: 0 }, events: [] });
    },
    async page({ queue, state, after, limit }) {
      return [...stored.values()]
        .map(({ found }) => found)
        .filter(({ case: each }) => queue === undefined || each.queue === queue)
        .filter(({ case: each }) => state === undefined || (each.closedAt === null) === (state === 'waiting'))
        .filter(({ case: each }) => after === undefined || each.caseId > after.caseId)
        .sort((a, b) => (a.case.caseId < b.case.caseId ? -1 : 1))
        .slice(0, limit);
    },
    async find(caseId) {
      const { found, events } = known(caseId);
      return { ...found, events };
    },
    async act(caseId, event) {
      const { found, events } = known(caseId);
      const after = applyCaseEvent(now, found.case, event, authority);
      const revision = found.revision + 1;
      stored.set(caseId, {
        found: { case: after, revision },
        events: [...events, { revision, event, at: instant(now) }],
      });
      return after;
    },
    times: async () =>
      decisionTimes(
        decisions(),
        [...stored.values()].map(({ found }) => found.case),
      ),
  };
}
