import { sameActor } from '../../base/actor.ts';
import { ProbityError, type Problem } from '../../base/errors.ts';
import type { Role } from '../../base/roles.ts';
import { levelFor, needsFourEyes, type Askers, type AuthorityLimits, type CaseOutcome } from '../cases/index.ts';
import { majorOf, OUTCOMES, type Decision, type Outcome } from '../decision/index.ts';
import type { Texts } from '../texts.ts';
import { actorProblems, amountProblems, barredProblems, expiryProblems, reasonProblems } from './checks.ts';
import type { OverridePolicy } from './policy.ts';

/** What a person may put in the place of a decision. A referral is decided in its case, and asking for one is no override. */
export const OVERRIDE_TARGETS = ['approve', 'condition', 'decline'] as const;
export type OverrideTarget = (typeof OVERRIDE_TARGETS)[number];

/** What a person says about an override. */
export interface OverrideOpinion {
  readonly actor: string;
  readonly agrees: boolean;
  readonly reason: string | null;
  readonly at: string;
}

/** What a verdict puts in force beside outcome and amount. */
export interface Verdict extends Pick<CaseOutcome, 'limitMinor' | 'terms' | 'conditions' | 'reasons'> {
  readonly caseId: string;
  /** Codes of the causes that the rating was referred for: what was looked at. */
  readonly causes: readonly string[];
}

/** What the sign-off of a review puts in force: no more credit, or a limit in total that nothing decided before it exceeds. */
export interface ReviewedLimit {
  readonly reviewId: string;
  readonly conclusion: 'lower' | 'end';
  /** In total, minor units; 0 where it ends. */
  readonly limitMinor: number;
}

/** A person's decision in the place of one that model and rules made, or of a referral: an override, or the verdict of a case. Instants are ISO texts. */
export interface Override extends Askers {
  readonly ratingId: string;
  /** An id of the proposal that its caller gave, so that it is made once. Absent: none. */
  readonly proposalId?: string;
  readonly from: Outcome;
  readonly to: OverrideTarget;
  /** What may be drawn under it, minor units; null where it lends nothing. */
  readonly amountMinor: number | null;
  /** What is at stake, in major units: its amount and what the customer owes already. Null: no amount is known. */
  readonly exposure: number | null;
  /** The exposure with the amounts of other overrides of the customer's ratings that count together: what authority and four eyes went by. Absent: alone. */
  readonly together?: number;
  readonly reasonCode: string;
  readonly reason: Texts;
  readonly note: string | null;
  readonly proposedBy: string;
  readonly proposedAt: string;
  /** Stands until then; afterwards the decision of model and rules holds again. */
  readonly expiresAt: string;
  /** Index into the authority levels whose role it needs. */
  readonly level: number;
  readonly state: 'second' | 'stands' | 'refused' | 'revoked';
  readonly opinions: readonly OverrideOpinion[];
  /** From when it stands. */
  readonly stoodFrom: string | null;
  readonly closedAt: string | null;
  /** Names and versions of the data that allowed it. */
  readonly under: { readonly policy: string; readonly authority: string };
  /** Where it is the verdict of a case: from a referral, by people who decided there. */
  readonly verdict?: Verdict;
  /** Where it is, or is capped by, the sign-off of a review. */
  readonly review?: ReviewedLimit;
  /** Where it is a sign-off: what a person decided of the same rating, before it or after; it goes on beside it. */
  readonly over?: Override;
  /** The sign-off before it in whose place it lends its own amount, whatever model and rules would give; told, never stored. */
  readonly insteadOf?: ReviewedLimit;
}

/** What people do about an override. */
export type OverrideEvent =
  | {
      readonly kind: 'propose';
      readonly actor: string;
      readonly roles: readonly Role[];
      readonly to: OverrideTarget;
      readonly amountMinor: number | null;
      readonly reasonCode: string;
      readonly note: string | null;
      readonly expiresAt: string;
      readonly proposalId?: string;
    }
  | { readonly kind: 'confirm'; readonly actor: string; readonly roles: readonly Role[] }
  | {
      readonly kind: 'refuse' | 'revoke';
      readonly actor: string;
      readonly roles: readonly Role[];
      readonly reason: string;
    };

/** What an override is of. */
export interface OverrideSubject extends Askers {
  readonly ratingId: string;
  readonly decision: Pick<Decision, 'outcome' | 'causes' | 'request' | 'limit' | 'currency' | 'validUntil'>;
  /** Overrides of this customer's ratings, this one's included, each as its last step left it. */
  readonly others: readonly Override[];
}

/** The data that say who may override what. */
export interface OverrideLaw {
  readonly policy: OverridePolicy;
  readonly authority: AuthorityLimits;
}

const DAY = 86_400_000;
const rank = (outcome: Outcome): number => OUTCOMES.indexOf(outcome);

/** What the last step of a rating says is in force: itself, and what a person decided of the same rating beside the sign-off of a review. */
export function partsOf(last: Override): readonly Override[] {
  const { over, ...alone } = last;
  return over === undefined ? [last] : [alone, over];
}

/** Whether it lends to somebody, or more freely, than the decision would. */
export function isLoosening({ from, to }: Pick<Override, 'from' | 'to'>): boolean {
  return rank(to) < rank(from);
}

/** Whether an override takes the place of the decision at an instant. */
export function standsAt(override: Override | null, at: string): boolean {
  if (override === null || override.stoodFrom === null || at < override.stoodFrom) return false;
  const end = override.state === 'revoked' ? (override.closedAt ?? override.stoodFrom) : override.expiresAt;
  return (override.state === 'stands' || override.state === 'revoked') && at < end && at < override.expiresAt;
}

/** The outcome that holds at an instant: the override's while it stands, else the decision's. */
export function outcomeAt(decision: Pick<Decision, 'outcome'>, override: Override | null, at: string): Outcome {
  return override !== null && standsAt(override, at) ? override.to : decision.outcome;
}

/**
 * The override of a rating after an event. Laws: at most one is open or stands; it goes to another outcome than the decision's, never from a referral, and never to a
 * better one past a cause that the policy says nobody overrides; its reason is one of the policy's and points that way; it ends, within the policy's days and the
 * rating's validity; a better outcome names its amount, at most what was asked for; the actor's role covers the exposure, and is not who asked for the rating; from the
 * threshold on, a second person confirms; the sign-off of a review that asked for two nobody revokes alone: the next review's, or what a person lends of a later rating, takes its place. Where a decision stands
 * beside a sign-off, that is what is revoked. Amounts of other overrides of the customer that count together are added to the exposure before both are judged. Throws OVERRIDE_REFUSED with every problem.
 */
export function applyOverrideEvent(
  now: string,
  before: Override | null,
  event: OverrideEvent,
  subject: OverrideSubject,
  law: OverrideLaw,
): Override {
  if (event.kind === 'propose') return proposed(now, before, event, subject, law);
  const problems: Problem[] = [];
  if (before === null) throw refused([{ at: 'override', message: 'This rating has no override.' }]);
  if (before.over?.state === 'stands' && now < before.over.expiresAt)
    return { ...before, over: applyOverrideEvent(now, before.over, event, subject, law) };
  const awaited = event.kind === 'revoke' ? 'stands' : 'second';
  if (before.state !== awaited || !(now < before.expiresAt))
    problems.push({
      at: 'state',
      message:
        now < before.expiresAt
          ? `This override is ${stateName[before.state]}.`
          : 'This override has expired: the decision of model and rules holds.',
    });
  problems.push(...actorProblems(event, before, law.authority));
  if (event.kind === 'revoke' && before.review !== undefined && needsFourEyes(before.exposure, law.authority))
    problems.push({
      at: 'override',
      message:
        'Two people signed this review off: review the customer anew, or rate anew and lend an amount by an override of that rating.',
    });
  if (event.kind === 'confirm' && sameActor(event.actor, before.proposedBy))
    problems.push({ at: 'actor', message: 'A second person must confirm (four eyes).' });
  if (event.kind !== 'confirm' && event.reason.trim() === '')
    problems.push({ at: 'reason', message: 'Give a written reason.' });
  if (problems.length > 0) throw refused(problems);
  const opinion: OverrideOpinion = {
    actor: event.actor,
    agrees: event.kind === 'confirm',
    reason: event.kind === 'confirm' ? null : event.reason.trim(),
    at: now,
  };
  const opinions = [...before.opinions, opinion];
  if (event.kind === 'confirm') return { ...before, opinions, state: 'stands', stoodFrom: now };
  return { ...before, opinions, state: event.kind === 'refuse' ? 'refused' : 'revoked', closedAt: now };
}

const taken = ({ review }: Override): string =>
  review === undefined
    ? 'This rating has an override already: revoke or refuse it first.'
    : 'The sign-off of a review stands here: rate anew, and override that rating.';

const stateName: Readonly<Record<Override['state'], string>> = {
  second: 'waiting for a second person',
  stands: 'in force already',
  refused: 'refused already',
  revoked: 'revoked already',
};

function proposed(
  now: string,
  before: Override | null,
  event: Extract<OverrideEvent, { kind: 'propose' }>,
  { ratingId, decision, requestedBy, onBehalfOf, others }: OverrideSubject,
  { policy, authority }: OverrideLaw,
): Override {
  const { actor, to, amountMinor, reasonCode } = event;
  const behalf = onBehalfOf === undefined ? {} : { onBehalfOf };
  const from = decision.outcome;
  const loosening = isLoosening({ from, to });
  const owed = decision.limit.existingMinor;
  const stake = loosening ? amountMinor : decision.request.amountMinor;
  const exposure = stake === null ? null : majorOf(stake + owed, decision.currency.minorDigits);
  const beside = loosening ? amountsTogether(others, now, policy) : 0;
  const together =
    beside === 0 || stake === null ? exposure : majorOf(stake + owed + beside, decision.currency.minorDigits);
  const level = levelFor(together, authority);
  const reason = policy.reasons.find(({ code, casesOnly }) => code === reasonCode && !casesOnly);
  const note = event.note?.trim() ? event.note.trim() : null;
  const problems = [
    ...actorProblems(event, { level, requestedBy, ...behalf }, authority),
    ...outcomeProblems(decision, to, policy),
    ...amountProblems(amountMinor, decision.request, loosening),
    ...expiryProblems(now, event.expiresAt, decision.validUntil, policy),
    ...(before !== null && now < before.expiresAt && (before.state === 'second' || before.state === 'stands')
      ? [{ at: 'override', message: taken(before) }]
      : []),
    ...reasonProblems(reasonCode, { loosening, ofCase: false, note }, policy),
  ];
  if (problems.length > 0 || reason === undefined) throw refused(problems);
  const second = needsFourEyes(together, authority);
  return {
    ratingId,
    ...(event.proposalId === undefined ? {} : { proposalId: event.proposalId }),
    from,
    to,
    amountMinor,
    exposure,
    ...(together === exposure || together === null ? {} : { together }),
    reasonCode,
    reason: reason.text,
    note,
    requestedBy,
    ...behalf,
    proposedBy: actor,
    proposedAt: now,
    expiresAt: new Date(event.expiresAt).toISOString(),
    level,
    state: second ? 'second' : 'stands',
    opinions: [{ actor, agrees: true, reason: null, at: now }],
    stoodFrom: second ? null : now,
    closedAt: null,
    under: { policy: `${policy.name}@${policy.version}`, authority: `${authority.name}@${authority.version}` },
  };
}

/**
 * Minor units that overrides towards a better outcome lend together at an instant: those that wait for a second person or stand, and those that stood within the policy's days before,
 * as what was drawn under them is still owed.
 */
export function amountsTogether(
  overrides: readonly Override[],
  now: string,
  { togetherDays }: Pick<OverridePolicy, 'togetherDays'>,
): number {
  const since = new Date(Date.parse(now) - togetherDays * DAY).toISOString();
  const counts = (one: Override): boolean => {
    if (one.state === 'second') return now < one.expiresAt;
    if (one.stoodFrom === null) return false;
    const end = one.closedAt !== null && one.closedAt < one.expiresAt ? one.closedAt : one.expiresAt;
    return end > since;
  };
  return overrides
    .filter((one) => isLoosening(one) && counts(one))
    .reduce((sum, { amountMinor }) => sum + (amountMinor ?? 0), 0);
}

function refused(problems: readonly Problem[]): ProbityError {
  return new ProbityError('OVERRIDE_REFUSED', 'This cannot be done to the decision.', { problems });
}

function outcomeProblems(
  { outcome, causes }: OverrideSubject['decision'],
  to: OverrideTarget,
  policy: OverridePolicy,
): Problem[] {
  if (outcome === 'refer') return [{ at: 'to', message: 'A referred rating is decided in its case.' }];
  if (outcome === to) return [{ at: 'to', message: 'The decision says so already.' }];
  return barredProblems(causes, to, policy);
}
