import { warningWords } from '../../serving/compose/warning-words.ts';
import { instant, ProbityError } from '../../base/index.ts';
import {
  applyDisputeEvent,
  loadDisputeDeadlines,
  openDispute,
  applyCaseEvent,
  applyReviewEvent,
  applyWarningEvent,
  decisionTimes,
  defaultAuthority,
  loadControlPolicy,
  loadPortfolioAssumptions,
  loadWarningHandling,
  openCase,
  verdictInForce,
  type CustomerReview,
  type EarlyWarning,
  type Override,
} from '../../rating/index.ts';
import type { StoredCase, StoredCaseEvent } from '../../records/cases/index.ts';
import { urlProblem } from '../../records/webhooks/index.ts';
import type { CustomerReports } from '../../records/reports/index.ts';
import type { StoredReview, StoredReviewEvent } from '../../records/reviews/index.ts';
import type { StoredWarning, StoredWarningEvent } from '../../records/warnings/index.ts';
import type { ServingDependencies } from '../../serving/dependencies.ts';
import type { CaseDesk } from '../../serving/cases/desk.ts';
import type { StoredDispute } from '../../records/disputes/index.ts';
import type { DisputeDesk } from '../../serving/disputes/desk.ts';
import type { ReviewDesk } from '../../serving/reviews/desk.ts';
import type { ControlDesk } from '../../serving/portfolio/control-desk.ts';
import type { AlertDesk } from '../../serving/alerts/desk.ts';
import type { WebhookDesk } from '../../serving/webhooks/desk.ts';
import type { WarningDesk } from '../../serving/warnings/desk.ts';

/** What the desks in memory answer for a step; receipts that prove something are tested where there is a chain. */
const receipt = { sequence: 1, hash: 'a'.repeat(64), at: instant('2026-06-01T12:00:00.000Z') };

/** A desk in memory under the real law of cases, for tests of the server alone; `decisions` counts the recorded ratings. */
export function memoryDesk(
  now: string,
  decisions: () => number,
  putVerdict: (verdict: Override) => unknown = () => {},
): CaseDesk {
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
      const verdict = verdictInForce(after, authority);
      if (verdict !== null) putVerdict(verdict);
      return { ...after, receipt };
    },
    ofCustomer: async (customerId) =>
      [...stored.values()].map(({ found }) => found.case).filter((each) => each.customerId === customerId),
    times: async () =>
      decisionTimes(
        { asked: decisions(), rerated: 0 },
        [...stored.values()].map(({ found }) => found.case),
      ),
  };
}

/** A desk of warnings in memory under their real law: `raised` stand on it from the start. */
export function memoryWarnings(now: string, raised: () => readonly EarlyWarning[]): WarningDesk {
  const handling = loadWarningHandling(null);
  const seen = new Map<string, { readonly found: StoredWarning; readonly events: readonly StoredWarningEvent[] }>();
  const known = (warningId: string) => {
    const warning = raised().find((each) => each.warningId === warningId);
    if (warning === undefined) throw new ProbityError('UNKNOWN_WARNING', 'No warning with this id is on record.');
    return seen.get(warningId) ?? { found: { warning, revision: 0 }, events: [] };
  };
  return {
    handling,
    words: warningWords(null),
    async page({ customerId, level, owner, state, after, limit }) {
      return raised()
        .map(({ warningId }) => known(warningId).found)
        .filter(({ warning: each }) => customerId === undefined || each.customerId === customerId)
        .filter(({ warning: each }) => level === undefined || each.level === level)
        .filter(({ warning: each }) => owner === undefined || each.owner === owner)
        .filter(({ warning: each }) => state === undefined || (each.closedAt === null) === (state === 'standing'))
        .filter(({ warning: each }) => after === undefined || each.warningId > after.warningId)
        .slice(0, limit);
    },
    async find(warningId) {
      const { found, events } = known(warningId);
      return { ...found, events, related: [] };
    },
    async members(warningId) {
      known(warningId);
      return [];
    },
    async act(warningId, event) {
      const { found, events } = known(warningId);
      const warning = applyWarningEvent(now, found.warning, event, handling);
      const revision = found.revision + 1;
      seen.set(warningId, {
        found: { warning, revision },
        events: [...events, { revision, event, at: instant(now) }],
      });
      return { ...warning, receipt };
    },
    opened: async () => raised(),
  };
}

/** A desk of disputes in memory under their real law. */
export function memoryDisputes(now: string): DisputeDesk {
  const all = new Map<string, StoredDispute>();
  const deadlines = loadDisputeDeadlines(null);
  return {
    async open({ jurisdiction = deadlines.default, ...given }) {
      const deadline = deadlines.laws[jurisdiction];
      if (deadline === undefined) throw new ProbityError('INVALID_INPUT', 'The request is not valid.');
      const { disputeId = `dispute-${all.size + 1}` } = given;
      const opened = openDispute({ ...given, disputeId, jurisdiction }, deadline, now);
      all.set(opened.disputeId, { dispute: opened, revision: 0, settled: false, ratingId: null });
      return { ...opened, receipt };
    },
    of: async (customerId) => [...all.values()].filter(({ dispute }) => dispute.customerId === customerId),
    waiting: async ({ limit, after }) =>
      [...all.values()]
        .map(({ dispute }) => dispute)
        .filter(({ state, disputeId }) => state === 'open' && disputeId > (after?.disputeId ?? ''))
        .slice(0, limit),
    async act(customerId, disputeId, event) {
      const found = all.get(disputeId);
      if (found?.dispute.customerId !== customerId)
        throw new ProbityError('NOT_FOUND', 'This customer has no dispute with this id.');
      const entry = 'entry' in event && event.entry !== null ? { version: 2, removed: false } : null;
      const dispute = applyDisputeEvent(now, found.dispute, event.kind === 'decide' ? { ...event, entry } : event);
      all.set(disputeId, { ...found, dispute, revision: found.revision + 1 });
      return { ...dispute, receipt };
    },
    rateBy: () => {},
  };
}
const noReport = () => Promise.reject(new ProbityError('UNKNOWN_REPORT', 'No report with this id is on record.'));

/** Reviews in memory under their real law: `opened` stand on the desk from the start. */
export function memoryReviews(now: string, opened: () => readonly CustomerReview[]): ReviewDesk {
  const authority = defaultAuthority();
  const seen = new Map<string, { readonly found: StoredReview; readonly events: readonly StoredReviewEvent[] }>();
  const known = (reviewId: string) => {
    const review = opened().find((each) => each.reviewId === reviewId);
    if (review === undefined) throw new ProbityError('UNKNOWN_REVIEW', 'No review with this id is on record.');
    return seen.get(reviewId) ?? { found: { review, revision: 0 }, events: [] };
  };
  return {
    begin() {},
    end: async () => {},
    open: async () => {
      throw new ProbityError('REVIEW_REFUSED', 'No review can be opened.');
    },
    async next(customerId) {
      const standing = opened().find((each) => each.customerId === customerId);
      return standing === undefined ? null : { at: standing.dueAt, reviewId: standing.reviewId };
    },
    async page({ queue, customerId, state, dueBy, after, limit }) {
      return opened()
        .map(({ reviewId }) => known(reviewId).found)
        .filter(({ review: each }) => queue === undefined || each.queue === queue)
        .filter(({ review: each }) => customerId === undefined || each.customerId === customerId)
        .filter(({ review: each }) => state === undefined || (each.closedAt === null) === (state === 'standing'))
        .filter(({ review: each }) => dueBy === undefined || each.dueAt <= dueBy)
        .filter(({ review: each }) => after === undefined || each.reviewId > after.reviewId)
        .slice(0, limit);
    },
    async find(reviewId) {
      const { found, events } = known(reviewId);
      return { ...found, events };
    },
    async act(reviewId, event) {
      const { found, events } = known(reviewId);
      const review = applyReviewEvent(now, found.review, event, authority);
      const revision = found.revision + 1;
      seen.set(reviewId, { found: { review, revision }, events: [...events, { revision, event, at: instant(now) }] });
      return { ...review, receipt };
    },
  };
}

/** No webhook was ever made. */
export const noWebhooks: WebhookDesk = {
  urlProblem: (url) => urlProblem(url, { privateAddresses: false, loopback: false }),
  webhooks: {
    list: async () => [],
    create: unknownWebhook,
    get: unknownWebhook,
    change: unknownWebhook,
    rotate: unknownWebhook,
    pause: unknownWebhook,
    resume: unknownWebhook,
    remove: unknownWebhook,
  },
  deliveries: {
    page: async () => [],
    test: unknownWebhook,
    again: unknownWebhook,
    counts: async () => ({ pending: 1, delivered: 5, dead: 2, retries: 7 }),
  },
};

/** No control reports, for tests that are not about them. */
export const noControl: ControlDesk = {
  policy: loadControlPolicy(null),
  page: async () => [],
  find: async () => {
    throw new ProbityError('UNKNOWN_REPORT', 'No report with this id is on record.');
  },
  make: async () => {
    throw new ProbityError('INVALID_INPUT', 'The period must end after it begins.');
  },
};

/** No reports on customers, for tests that are not about them. */
export const noCustomerReports: CustomerReports = {
  page: async () => [],
  find: async () => {
    throw new ProbityError('UNKNOWN_REPORT', 'No report with this id is on record.');
  },
  make: async () => {
    throw new ProbityError('CUSTOMER_NOT_RATED', 'No decision about this customer is on record.');
  },
};

/** Empty inboxes. */
export const noAlerts: AlertDesk = {
  handling: loadWarningHandling(null),
  inbox: async () => [],
  unread: async () => 0,
  markRead: async () => {
    throw new ProbityError('UNKNOWN_ALERT', 'Some entries are not in this inbox; none was marked.');
  },
  counts: async () => ({
    inbox: { warning: 3, monitoring: 1, report: 2, reconciliation: 5, webhook: 6, dispute: 7, case: 8, review: 9 },
    mails: { pending: 1, delivered: 4, dead: 1 },
    retries: 6,
    escalated: 1,
  }),
};

function unknownWebhook(): Promise<never> {
  return Promise.reject(new ProbityError('UNKNOWN_WEBHOOK', 'No webhook with this id is on record.'));
}

/** No report was ever made, on the portfolio or on a model. */
export const noReports: Pick<
  ServingDependencies,
  'portfolio' | 'monitoring' | 'control' | 'customerReports' | 'alerts'
> = {
  portfolio: { assumptions: loadPortfolioAssumptions(null), page: async () => [], find: noReport },
  monitoring: {
    page: async () => [],
    newest: async () => [],
    find: noReport,
    actionsOf: async () => [],
    gaps: async () => [],
  },
  control: noControl,
  customerReports: noCustomerReports,
  alerts: noAlerts,
};
