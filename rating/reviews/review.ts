import { sameActor } from '../../base/actor.ts';
import { ProbityError, type Problem } from '../../base/errors.ts';
import type { Role } from '../../base/roles.ts';
import type { AuthorityLimits } from '../cases/authority-schema.ts';
import { levelFor, needsFourEyes } from '../cases/case.ts';
import type { ReviewFindings } from './findings.ts';

/** What opened a review, as the credit file names it. */
export const REVIEW_REASONS = ['grade', 'exposure', 'date', 'event', 'request'] as const;
export type ReviewReason = (typeof REVIEW_REASONS)[number];

/** How a review ends: the limit stands, is to be lowered, or the relation on credit ends. */
export const REVIEW_CONCLUSIONS = ['keep', 'lower', 'end'] as const;
export type ReviewConclusion = (typeof REVIEW_CONCLUSIONS)[number];

/** One person's sign-off. */
export interface SignOff {
  readonly conclusion: ReviewConclusion;
  /** To what the limit is lowered in total, major units; 0 where credit ends, null where it is kept. Absent: from before a sign-off had an effect. */
  readonly limit?: number | null;
  readonly actor: string;
  readonly reason: string;
  readonly at: string;
}

/** A customer's review, from its opening to its sign-off. Instants are ISO texts. */
export interface CustomerReview {
  readonly reviewId: string;
  readonly customerId: string;
  readonly because: readonly ReviewReason[];
  readonly findings: ReviewFindings;
  readonly openedAt: string;
  readonly dueAt: string;
  readonly state: 'open' | 'documents' | 'second' | 'signed-off' | 'cancelled';
  readonly level: number;
  readonly queue: string;
  /** When the clock hands it on. */
  readonly deadline: string;
  readonly escalations: number;
  readonly assignee: string | null;
  readonly documentsAwaited: readonly string[];
  readonly signOffs: readonly SignOff[];
  readonly conclusion: ReviewConclusion | null;
  /** The limit that it ends with, as in a sign-off. */
  readonly limit?: number | null;
  readonly closedAt: string | null;
  /** Who asked for it, and why; absent: nobody. */
  readonly asked?: { readonly actor: string; readonly reason: string };
  /** When it is reminded of before it is due, ascending; absent in reviews of before there were reminders. */
  readonly reminders?: readonly string[];
}

type ByPerson = { readonly actor: string; readonly roles: readonly Role[] };

/** What people, a new rating and the clock do to a review. */
export type ReviewEvent =
  | ({ readonly kind: 'claim' } & ByPerson)
  | ({ readonly kind: 'ask-documents' | 'documents-arrived'; readonly documents: readonly string[] } & ByPerson)
  | ({
      readonly kind: 'sign-off';
      readonly conclusion: ReviewConclusion;
      /** With `lower`: in total, major units; a second person who names none agrees to the first's. Absent as in a sign-off. */
      readonly limit?: number | null;
      readonly reason: string;
    } & ByPerson)
  | ({ readonly kind: 'cancel'; readonly reason: string } & ByPerson)
  | ({ readonly kind: 'reassign'; readonly assignee: string; readonly reason: string } & ByPerson)
  | { readonly kind: 'rerated'; readonly findings: ReviewFindings }
  | { readonly kind: 'reminder'; readonly dueAt: string }
  | { readonly kind: 'deadline-passed' };

/** Events that people bring. */
export type PersonalReviewEvent = Extract<ReviewEvent, ByPerson>;

const HOUR = 3_600_000;
const after = (at: string, hours: number): string => new Date(Date.parse(at) + hours * HOUR).toISOString();

/** Exposure by which a review's queue goes: what is drawn, or the limit where that is more. */
export function exposureOf({ now }: ReviewFindings): number {
  return Math.max(now.exposure ?? 0, now.limit);
}

/** A new review, in the queue that its exposure belongs to, due at an instant. */
export function openReview(
  opened: Pick<CustomerReview, 'reviewId' | 'customerId' | 'because' | 'findings' | 'dueAt' | 'asked'>,
  authority: AuthorityLimits,
  at: string,
  remindDays: readonly number[] = [],
): CustomerReview {
  const level = levelFor(exposureOf(opened.findings), authority);
  return {
    ...opened,
    openedAt: at,
    state: 'open',
    level,
    queue: authority.levels[level]?.queue ?? '',
    deadline: opened.dueAt,
    escalations: 0,
    assignee: null,
    documentsAwaited: [],
    signOffs: [],
    conclusion: null,
    closedAt: null,
    ...(remindDays.length === 0 ? {} : { reminders: remindersOf(opened.dueAt, at, remindDays) }),
  };
}

/** The instants so many days before it is due, those that are still to come. */
function remindersOf(dueAt: string, at: string, days: readonly number[]): readonly string[] {
  const instants = days.map((number) => after(dueAt, -24 * number)).filter((instant) => instant > at);
  return [...new Set(instants)].sort();
}

/** When the clock acts on a review next: a reminder, or its deadline. */
export function reviewWakesAt({ reminders = [], deadline }: CustomerReview): string {
  const [next] = reminders;
  return next !== undefined && next < deadline ? next : deadline;
}

/** What the clock does then. */
export function reviewTimePassed({ reminders = [], deadline, dueAt }: CustomerReview): ReviewEvent {
  const [next] = reminders;
  return next !== undefined && next < deadline ? { kind: 'reminder', dueAt } : { kind: 'deadline-passed' };
}

/**
 * The review after an event. Laws: nobody acts on a closed one; only a role of its level or a higher one signs off, with a reason; nobody keeps a limit while
 * documents are awaited; who lowers it says to what; from the four-eyes threshold on two people must agree, on the limit too, and a second who disagrees sends it on; it may be
 * given to another person, with a reason; it is reminded of before it is due, and one that is late goes to the next level.
 * Throws REVIEW_CLOSED, or REVIEW_REFUSED with every problem.
 */
export function applyReviewEvent(
  now: string,
  before: CustomerReview,
  event: ReviewEvent,
  authority: AuthorityLimits,
): CustomerReview {
  if (before.closedAt !== null) throw new ProbityError('REVIEW_CLOSED', `This review is ${before.state} already.`);
  if (event.kind === 'deadline-passed') return escalated(before, authority, now);
  if (event.kind === 'reminder') return { ...before, reminders: (before.reminders ?? []).slice(1) };
  if (event.kind === 'rerated') return { ...before, findings: event.findings };
  refuseUnlawful(before, event, authority);
  switch (event.kind) {
    case 'claim':
      return { ...before, assignee: event.actor };
    case 'ask-documents': {
      const documentsAwaited = [...new Set([...before.documentsAwaited, ...event.documents])];
      return { ...before, assignee: event.actor, documentsAwaited, state: 'documents' };
    }
    case 'documents-arrived': {
      const documentsAwaited = before.documentsAwaited.filter((name) => !event.documents.includes(name));
      const state = documentsAwaited.length > 0 ? 'documents' : before.signOffs.length > 0 ? 'second' : 'open';
      return { ...before, documentsAwaited, state };
    }
    case 'reassign':
      return { ...before, assignee: event.assignee.trim() };
    case 'cancel':
      return { ...before, state: 'cancelled', closedAt: now };
    default:
      return signedOff(before, event, authority, now);
  }
}

function signedOff(
  before: CustomerReview,
  event: Extract<ReviewEvent, { kind: 'sign-off' }>,
  authority: AuthorityLimits,
  now: string,
): CustomerReview {
  const { conclusion, actor, reason } = event;
  const first = before.state === 'second' ? before.signOffs.at(-1) : undefined;
  const limit = limitOf(event, first);
  // An end is one, whether or not its event is of before limits were signed off.
  const agrees =
    first?.conclusion === conclusion && (conclusion === 'end' || (first.limit ?? null) === (limit.limit ?? null));
  const signOffs = [...before.signOffs, { conclusion, ...limit, actor, reason: reason.trim(), at: now }];
  const closed = { ...before, signOffs, state: 'signed-off', conclusion, ...limit, closedAt: now } as const;
  // What is signed counts as well: after an end, any limit lends anew.
  const stake = Math.max(exposureOf(before.findings), limit.limit ?? 0, first?.limit ?? 0);
  if (!needsFourEyes(stake, authority)) return closed;
  if (first === undefined) return { ...before, signOffs, state: 'second', assignee: null };
  if (agrees)
    return conclusion === 'end' && limit.limit === undefined && first.limit !== undefined
      ? { ...closed, limit: first.limit }
      : closed;
  return { ...escalated(before, authority, now), signOffs, state: 'open' };
}

/** The limit of a sign-off; nothing where the event is of before limits were signed off. */
function limitOf(
  { conclusion, limit }: Extract<ReviewEvent, { kind: 'sign-off' }>,
  first: SignOff | undefined,
): { readonly limit?: number | null } {
  if (limit === undefined) return {};
  if (conclusion !== 'lower') return { limit: conclusion === 'end' ? 0 : null };
  return { limit: limit ?? (first?.conclusion === 'lower' ? (first.limit ?? null) : null) };
}

function escalated(before: CustomerReview, authority: AuthorityLimits, now: string): CustomerReview {
  const level = Math.min(before.level + 1, authority.levels.length - 1);
  return {
    ...before,
    level,
    queue: authority.levels[level]?.queue ?? before.queue,
    deadline: after(now, authority.escalationHours),
    escalations: before.escalations + 1,
    assignee: null,
  };
}

function refuseUnlawful(before: CustomerReview, event: PersonalReviewEvent, authority: AuthorityLimits): void {
  const problems: Problem[] = [];
  const report = (at: string, message: string): void => void problems.push({ at, message });
  if (event.actor.trim() === '') report('actor', 'Nobody is named as the one who acts.');
  const highest = authority.levels.findLastIndex(({ role }) => event.roles.includes(role));
  if (event.kind !== 'documents-arrived' && highest < before.level)
    report('roles', `This review is in the queue "${before.queue}": your role does not reach it.`);
  if (event.kind === 'ask-documents' && event.documents.length === 0)
    report('documents', 'Name the documents to ask for.');
  if (event.kind === 'documents-arrived')
    for (const name of event.documents)
      if (!before.documentsAwaited.includes(name)) report('documents', 'A document that arrived was not asked for.');
  if (event.kind === 'reassign' && event.assignee.trim() === '') report('assignee', 'Name who is to review.');
  if ((event.kind === 'sign-off' || event.kind === 'cancel' || event.kind === 'reassign') && event.reason.trim() === '')
    report('reason', 'Give a written reason.');
  if (event.kind === 'sign-off') {
    if (before.documentsAwaited.length > 0 && event.conclusion === 'keep')
      report('conclusion', 'Documents are awaited: the limit cannot be kept on.');
    const first = before.state === 'second' ? before.signOffs.at(-1) : undefined;
    // An event without a limit is from before it was asked for: its history is replayed.
    if (event.limit !== undefined && event.conclusion === 'lower' && limitOf(event, first).limit === null)
      report('limit', 'Say to what the limit is lowered, in total.');
    if (typeof event.limit === 'number' && !(Number.isFinite(event.limit) && event.limit >= 0))
      report('limit', 'A limit is an amount of 0 or more.');
    if (typeof event.limit === 'number' && highest >= before.level && highest < levelFor(event.limit, authority))
      report('roles', 'A limit of this amount is above the authority of your role.');
    if (event.conclusion !== 'lower' && (event.limit ?? null) !== null)
      report('limit', 'Only what is lowered has a limit.');
    if (first !== undefined && sameActor(event.actor, first.actor))
      report('actor', 'A second person must sign off (four eyes).');
  }
  if (problems.length > 0) throw new ProbityError('REVIEW_REFUSED', 'This cannot be done to the review.', { problems });
}
