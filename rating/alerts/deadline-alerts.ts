import type { Role } from '../../base/roles.ts';
import type { AuthorityLimits, ReferralCase } from '../cases/index.ts';
import type { Dispute } from '../disputes/index.ts';
import { exposureOf, type CustomerReview } from '../reviews/index.ts';
import type { Texts } from '../texts.ts';
import { alertOf, type Alert, type Recipient } from './alert.ts';

/** What waits for people by a deadline, beside warnings. */
export const DEADLINE_KINDS = ['dispute', 'case', 'review'] as const;
export type DeadlineKind = (typeof DEADLINE_KINDS)[number];

/** Something open that waits for people, and whose turn it is. */
export interface WaitingThing {
  readonly kind: DeadlineKind;
  readonly id: string;
  readonly customerId: string | null;
  /** Major units; null: not known. */
  readonly exposure: number | null;
  readonly deadline: string;
  /** When the deadline is near. */
  readonly nearFrom: string;
  /** How often it was handed up because it was late. */
  readonly escalations: number;
  readonly to: Recipient;
  readonly next: readonly Recipient[];
}

const HOUR = 3_600_000;
/** The workflow hands up what is late; where none runs, people are told so much later all the same. */
const UNFOLLOWED_MS = HOUR / 6;
const before = (at: string, hours: number): string => new Date(Date.parse(at) - hours * HOUR).toISOString();
const toRole = (name: Role): Recipient => ({ kind: 'role', name });

const NAMES: Readonly<Record<DeadlineKind, Texts>> = {
  dispute: { en: 'A dispute of a customer', 'zh-CN': '客户异议' },
  case: { en: 'A referred case', 'zh-CN': '转人工审批的申请' },
  review: { en: 'A review of a customer', 'zh-CN': '客户授信复审' },
};

/** An open dispute: near once its clock has reminded; officers decide it, managers once it was handed up. */
export function waitingDispute(dispute: Dispute): WaitingThing {
  const { disputeId, customerId, openedAt, deadline, wakesAt, reminded, escalations } = dispute;
  const isUp = escalations > 0;
  return {
    kind: 'dispute',
    id: disputeId,
    customerId,
    exposure: null,
    deadline,
    nearFrom: reminded ? openedAt : wakesAt,
    escalations,
    to: toRole(isUp ? 'credit-manager' : 'credit-officer'),
    next: [toRole(isUp ? 'admin' : 'credit-manager')],
  };
}

/** An open case, near so many hours before its deadline. */
export function waitingCase(
  { caseId, customerId, exposure, deadline, escalations, assignee, level }: ReferralCase,
  authority: AuthorityLimits,
  nearHours: number,
): WaitingThing {
  const turn = turnOf(assignee, level, authority);
  const nearFrom = before(deadline, nearHours);
  return { kind: 'case', id: caseId, customerId, exposure, deadline, nearFrom, escalations, ...turn };
}

/** A standing review, near so many days before it is due. */
export function waitingReview(review: CustomerReview, authority: AuthorityLimits, nearDays: number): WaitingThing {
  const { reviewId, customerId, findings, deadline, escalations, assignee, level } = review;
  const turn = turnOf(assignee, level, authority);
  const nearFrom = before(deadline, nearDays * 24);
  return {
    kind: 'review',
    id: reviewId,
    customerId,
    exposure: exposureOf(findings),
    deadline,
    nearFrom,
    escalations,
    ...turn,
  };
}

/** Who took it, else the role of its level; behind them the roles above. */
function turnOf(
  assignee: string | null,
  level: number,
  { levels }: AuthorityLimits,
): Pick<WaitingThing, 'to' | 'next'> {
  const roles = levels.slice(level).map(({ role }) => toRole(role));
  const [role = toRole('credit-manager'), ...above] = roles;
  return assignee === null
    ? { to: role, next: above }
    : { to: { kind: 'person', name: assignee }, next: [role, ...above] };
}

/**
 * What those whose turn it is are told of a deadline at an instant; null: it is far. That it is near once, that it has passed once for each time it was handed up. As long as
 * it is so the answer is the same alert: who puts it again puts nothing, and what is answered no more has ended.
 */
export function deadlineAlert(thing: WaitingThing, at: string): Alert | null {
  const { kind, id: about, customerId, exposure, deadline, nearFrom, escalations, to, next } = thing;
  const isLate = escalations > 0 || Date.parse(at) >= Date.parse(deadline) + UNFOLLOWED_MS;
  if (!isLate && at < nearFrom) return null;
  const cause = isLate ? 'overdue' : 'due-soon';
  const facts = { code: kind.toUpperCase(), meaning: NAMES[kind], exposure, dueBy: deadline, measures: [] };
  const level = isLate ? 'critical' : 'warning';
  return alertOf(
    { kind, cause, about, level, customerId, to, next, facts, at },
    isLate ? String(escalations) : deadline,
  );
}
