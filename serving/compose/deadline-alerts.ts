import type { Clock, Tenant } from '../../base/index.ts';
import {
  deadlineAlert,
  waitingCase,
  waitingDispute,
  waitingReview,
  type Alerting,
  type AuthorityLimits,
  type ReviewPolicy,
  type WaitingThing,
} from '../../rating/index.ts';
import { createDeadlineAlerts, type MailedPeople } from '../../records/alerts/index.ts';
import { createCases } from '../../records/cases/index.ts';
import type { Database } from '../../records/database/index.ts';
import { createDisputes } from '../../records/disputes/index.ts';
import { createReviews } from '../../records/reviews/index.ts';

/** Of each kind, those with the nearest deadlines. */
const AT_ONCE = 1_000;
const EVERY_MS = 15_000;
const DAY_MS = 86_400_000;

/** Data that say whose turn it is, and when a deadline is near. */
export interface DeadlineLaw {
  readonly authority: AuthorityLimits;
  readonly reviewPolicy: Pick<ReviewPolicy, 'remindDays'>;
}

/** A step of the loop that tells people of deadlines of disputes, cases and reviews, and no more once they are settled. */
export function deadlineStep(
  of: {
    readonly tenant: Tenant;
    readonly database: Database;
    readonly alerting: Pick<Alerting, 'caseNearHours'>;
    readonly mailed: MailedPeople;
    readonly clock: Clock;
    readonly told: () => void;
    readonly everyMs?: number | undefined;
  },
  { authority, reviewPolicy }: DeadlineLaw,
): () => Promise<void> {
  const { tenant, database, clock } = of;
  const disputes = createDisputes(database, tenant);
  const cases = createCases(database, tenant);
  const reviews = createReviews(database, tenant);
  const alerts = createDeadlineAlerts(database, tenant, of.mailed);
  const nearDays = Math.max(0, ...reviewPolicy.remindDays);
  let lookFrom = 0;
  return async () => {
    if (Date.now() < lookFrom) return;
    const at = clock.now();
    const dueBy = new Date(Date.parse(at) + nearDays * DAY_MS).toISOString();
    const [disputed, referred, reviewed] = await Promise.all([
      disputes.waiting({ limit: AT_ONCE }),
      cases.waiting({ limit: AT_ONCE }),
      reviews.waiting({ dueBy, limit: AT_ONCE }),
    ]);
    const waiting: readonly WaitingThing[] = [
      ...disputed.map(waitingDispute),
      ...referred.map((each) => waitingCase(each, authority, of.alerting.caseNearHours)),
      ...reviewed.map((review) => waitingReview(review, authority, nearDays)),
    ];
    const found = waiting.flatMap((each) => deadlineAlert(each, at) ?? []);
    await alerts.settle(found, waiting, at);
    of.told();
    lookFrom = Date.now() + (of.everyMs ?? EVERY_MS);
  };
}
