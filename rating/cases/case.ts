import { ProbityError, type Problem } from '../../base/errors.ts';
import { sameActor } from '../../base/actor.ts';
import type { Role } from '../../base/roles.ts';
import { askedForIt, isSystem, type Askers } from './askers.ts';
import type { AuthorityLimits } from './authority-schema.ts';
import { sameOutcome, type CaseOutcome } from './outcome.ts';

/** How a person may decide a case. */
export const CASE_VERDICTS = ['approve', 'condition', 'decline'] as const;
export type CaseVerdict = (typeof CASE_VERDICTS)[number];

/** One person's opinion of a case. */
export interface CaseOpinion {
  readonly verdict: CaseVerdict;
  readonly actor: string;
  readonly reason: string;
  readonly at: string;
  /** What it would put in force; absent in opinions from before verdicts had an effect. */
  readonly outcome?: CaseOutcome;
}

/** A referred rating that waits for people. Instants are ISO texts. */
export interface ReferralCase extends Askers {
  readonly caseId: string;
  readonly ratingId: string;
  readonly customerId: string | null;
  /**
   * What the decision is about, in major units of the rule set's currency: what is asked for and what is owed already. In cases from before 2026-11-27, what was asked for alone, null without an amount.
   */
  readonly exposure: number | null;
  /** What of it is asked for: the amount, or where none was named, what the limit by rules leaves. Absent in older cases: all of `exposure`. */
  readonly asked?: number;
  /** Codes of the causes that referred it. */
  readonly causes: readonly string[];
  readonly openedAt: string;
  readonly state: 'open' | 'documents' | 'second' | 'decided' | 'withdrawn';
  /** Index into the authority levels: whose queue it is in. */
  readonly level: number;
  readonly queue: string;
  readonly deadline: string;
  readonly escalations: number;
  readonly assignee: string | null;
  /** Documents asked for and not there yet. */
  readonly documentsAwaited: readonly string[];
  /** Opinions in order; with four eyes, the last two agree when the case is decided. */
  readonly opinions: readonly CaseOpinion[];
  readonly verdict: CaseVerdict | null;
  /** What the verdict puts in force; absent: nothing, as it was given before verdicts had an effect. */
  readonly outcome?: CaseOutcome;
  readonly closedAt: string | null;
}

/** What people and the clock do to a case. */
export type CaseEvent =
  | { readonly kind: 'claim'; readonly actor: string; readonly roles: readonly Role[] }
  | {
      readonly kind: 'ask-documents';
      readonly actor: string;
      readonly roles: readonly Role[];
      readonly documents: readonly string[];
    }
  | {
      readonly kind: 'documents-arrived';
      readonly actor: string;
      readonly roles: readonly Role[];
      readonly documents: readonly string[];
    }
  | {
      readonly kind: 'decide';
      readonly actor: string;
      readonly roles: readonly Role[];
      readonly verdict: CaseVerdict;
      readonly reason: string;
      /** What is put in force, judged by the override policy before it comes here (`judgedOutcome`). */
      readonly outcome?: CaseOutcome;
    }
  | { readonly kind: 'withdraw'; readonly actor: string; readonly roles: readonly Role[]; readonly reason: string }
  | { readonly kind: 'deadline-passed' };

/** What opens a case. */
export interface NewCase extends Askers {
  readonly caseId: string;
  readonly ratingId: string;
  readonly customerId: string | null;
  readonly exposure: number | null;
  readonly asked?: number;
  readonly causes: readonly string[];
}

const HOUR = 3_600_000;
const after = (at: string, hours: number): string => new Date(Date.parse(at) + hours * HOUR).toISOString();

/** The level whose authority covers an exposure; without an amount, the lowest. */
export function levelFor(exposure: number | null, { levels }: AuthorityLimits): number {
  const found = levels.findIndex(({ upTo }) => upTo === null || (exposure ?? 0) <= upTo);
  return found < 0 ? levels.length - 1 : found;
}

/** A new case, in the queue that its exposure belongs to. */
export function openCase(request: NewCase, authority: AuthorityLimits, at: string): ReferralCase {
  const level = levelFor(request.exposure, authority);
  return {
    openedAt: at,
    state: 'open',
    level,
    queue: authority.levels[level]?.queue ?? '',
    deadline: after(at, authority.deadlineHours),
    escalations: 0,
    assignee: null,
    documentsAwaited: [],
    opinions: [],
    verdict: null,
    closedAt: null,
    ...request,
  };
}

/** Whether an exposure needs two people who agree. */
export function needsFourEyes(exposure: number | null, { fourEyesFrom }: AuthorityLimits): boolean {
  return fourEyesFrom !== null && exposure !== null && exposure >= fourEyesFrom;
}

/**
 * The case after an event. Laws: nobody acts on a closed case; only a role of the case's level or a higher one decides; who asked for
 * the rating does not; nothing is approved while a document is awaited; every verdict has a reason; its exposure in total is within the authority of who gives it; above the
 * threshold two people must agree on verdict and outcome, and a second who disagrees sends the case back to the queue of the next level. Throws CASE_CLOSED, or CASE_REFUSED with every problem.
 */
export function applyCaseEvent(
  now: string,
  before: ReferralCase,
  event: CaseEvent,
  authority: AuthorityLimits,
): ReferralCase {
  if (before.state === 'decided' || before.state === 'withdrawn')
    throw new ProbityError('CASE_CLOSED', `This case is ${before.state} already.`);
  if (event.kind === 'deadline-passed') return escalated(before, authority, now);
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
      const state = documentsAwaited.length > 0 ? 'documents' : before.opinions.length > 0 ? 'second' : 'open';
      return { ...before, documentsAwaited, state };
    }
    case 'withdraw':
      return { ...before, state: 'withdrawn', closedAt: now };
    default:
      return decided(before, event, authority, now);
  }
}

function decided(
  before: ReferralCase,
  { verdict, actor, reason, outcome }: Extract<CaseEvent, { kind: 'decide' }>,
  authority: AuthorityLimits,
  now: string,
): ReferralCase {
  const put = outcome === undefined ? {} : { outcome };
  const opinions = [...before.opinions, { verdict, actor, reason: reason.trim(), at: now, ...put }];
  const closed = { ...before, opinions, state: 'decided', verdict, ...put, closedAt: now } as const;
  const first = before.state === 'second' ? before.opinions.at(-1) : undefined;
  if (first === undefined) {
    if (!needsFourEyes(outcome === undefined ? before.exposure : outcome.together, authority)) return closed;
    return { ...before, opinions, state: 'second', assignee: null };
  }
  if (first.verdict === verdict && sameOutcome(first.outcome, outcome)) return closed;
  return { ...escalated(before, authority, now), opinions, state: 'open' };
}

function escalated(before: ReferralCase, authority: AuthorityLimits, now: string): ReferralCase {
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

function refuseUnlawful(
  before: ReferralCase,
  event: Exclude<CaseEvent, { kind: 'deadline-passed' }>,
  authority: AuthorityLimits,
): void {
  const problems: Problem[] = [];
  const report = (at: string, message: string): void => void problems.push({ at, message });
  if (event.actor.trim() === '') report('actor', 'Nobody is named as the one who acts.');
  const highest = authority.levels.findLastIndex(({ role }) => event.roles.includes(role));
  if (event.kind !== 'documents-arrived' && highest < before.level)
    report('roles', `This case is in the queue "${before.queue}": your role does not reach it.`);
  if (event.kind === 'ask-documents' && event.documents.length === 0)
    report('documents', 'Name the documents to ask for.');
  if (event.kind === 'documents-arrived')
    for (const name of event.documents)
      if (!before.documentsAwaited.includes(name)) report('documents', 'A document that arrived was not asked for.');
  if ((event.kind === 'decide' || event.kind === 'withdraw') && event.reason.trim() === '')
    report('reason', 'Give a written reason.');
  if (event.kind === 'decide') {
    if (askedForIt(event.actor, before)) report('actor', 'Who asked for the rating may not decide its case.');
    if (before.documentsAwaited.length > 0 && event.verdict !== 'decline')
      report('verdict', 'Documents are awaited: the case can be declined, not approved.');
    const needed = event.outcome === undefined ? before.level : levelFor(event.outcome.together, authority);
    if (highest >= before.level && highest < needed)
      report(
        'roles',
        `With what is owed and asked for elsewhere, this exposure is for the level "${authority.levels[needed]?.queue ?? ''}": your role does not reach it.`,
      );
    const first = before.state === 'second' ? before.opinions.at(-1) : undefined;
    if (first !== undefined && sameActor(event.actor, first.actor))
      report('actor', 'A second person must decide (four eyes).');
  }
  if (problems.length > 0) throw new ProbityError('CASE_REFUSED', 'This cannot be done to the case.', { problems });
}

/** How decisions were come to over a period. */
export interface DecisionTimes {
  readonly decisions: number;
  /** Looks of the system again, for reviews and disputes, which are no decisions of their own. */
  readonly rerated: number;
  /** Decided without a person. */
  readonly automatic: number;
  readonly automaticShare: number | null;
  readonly decidedCases: number;
  readonly openCases: number;
  /** Hours from opening to decision: median and 90th percentile of decided cases. */
  readonly medianHours: number | null;
  readonly p90Hours: number | null;
  /** Share of decided cases that were decided by their first deadline. */
  readonly inTimeShare: number | null;
}

/** Time to decision and automatic share: of `decisions` ratings that somebody asked for, those without a case were automatic. */
export function decisionTimes(
  { asked: decisions, rerated }: { readonly asked: number; readonly rerated: number },
  cases: readonly ReferralCase[],
): DecisionTimes {
  const decided = cases.filter(({ state }) => state === 'decided');
  const hours = decided
    .map(({ openedAt, closedAt }) => (Date.parse(closedAt ?? openedAt) - Date.parse(openedAt)) / HOUR)
    .sort((a, b) => a - b);
  const quantile = (share: number): number | null => hours[Math.max(0, Math.ceil(share * hours.length) - 1)] ?? null;
  const automatic = Math.max(0, decisions - cases.filter(({ requestedBy }) => !isSystem(requestedBy)).length);
  return {
    decisions,
    rerated,
    automatic,
    automaticShare: decisions > 0 ? automatic / decisions : null,
    decidedCases: decided.length,
    openCases: cases.filter(({ state }) => state !== 'decided' && state !== 'withdrawn').length,
    medianHours: quantile(0.5),
    p90Hours: quantile(0.9),
    inTimeShare:
      decided.length > 0 ? decided.filter(({ escalations }) => escalations === 0).length / decided.length : null,
  };
}
