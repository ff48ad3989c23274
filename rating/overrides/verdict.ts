import { isProbityError, ProbityError, type Problem } from '../../base/errors.ts';
import type { Role } from '../../base/roles.ts';
import {
  applyCaseEvent,
  levelFor,
  sameOutcome,
  type AuthorityLimits,
  type CaseEvent,
  type CaseOutcome,
  type CaseVerdict,
  type ReferralCase,
  type VerdictTerms,
} from '../cases/index.ts';
import { hasExpired, majorOf, type Decision } from '../decision/index.ts';
import { amountProblems, barredProblems, expiryProblems, reasonProblems } from './checks.ts';
import { amountsTogether, type Override, type OverrideLaw } from './override.ts';
import type { OverridePolicy } from './policy.ts';

/** How a person decides a case. A second person who names no figures agrees to the first's. */
export interface AskedVerdict {
  readonly actor: string;
  readonly roles: readonly Role[];
  readonly verdict: CaseVerdict;
  readonly reason: string;
  /** Principal reasons by their codes in the override policy, the most important first. */
  readonly reasonCodes: readonly string[];
  /** What may be drawn, minor units; null where it declines. */
  readonly amountMinor: number | null;
  /** Null: those of the rating. */
  readonly terms: VerdictTerms | null;
  readonly conditions: readonly { readonly code: string; readonly note: string | null }[];
  /** Null: as long as the policy and the rating's validity allow. */
  readonly expiresAt: string | null;
}

/** What a verdict is about. */
export interface VerdictSubject {
  readonly case: ReferralCase;
  readonly decision: Pick<Decision, 'causes' | 'request' | 'limit' | 'currency' | 'validUntil'>;
  /** Overrides and verdicts of the customer's ratings, each as its last step left it. */
  readonly others: readonly Override[];
  /** Cases of the customer, this one among them or not. */
  readonly cases: readonly ReferralCase[];
}

const DAY = 86_400_000;
/** As many principal reasons as a notice can tell. */
export const MOST_VERDICT_REASONS = 4;

/**
 * The event by which a person decides a case, with what it puts in force. Laws beside the case's own (`applyCaseEvent`): an approval names its amount, at most what was asked for; it lifts no cause that nobody
 * may override; its reasons are the policy's and point its way; it ends within the policy's days and the rating's validity; terms and conditions are within the policy, and only with an
 * approval; an approval with conditions sets some. Authority and four eyes go by the exposure in total: what is owed, what is lent, and what else the customer waits for or was lent by people.
 * Throws CASE_CLOSED, or CASE_REFUSED with every problem.
 */
export function decideEvent(
  now: string,
  asked: AskedVerdict,
  subject: VerdictSubject,
  { policy, authority }: OverrideLaw,
): Extract<CaseEvent, { kind: 'decide' }> {
  const { actor, roles, verdict, reason } = asked;
  const { outcome, problems } = outcomeOf(now, asked, subject, { policy, authority });
  const event = { kind: 'decide', actor, roles, verdict, reason, outcome } as const;
  try {
    applyCaseEvent(now, subject.case, event, authority);
  } catch (error) {
    if (!isProbityError(error, 'CASE_REFUSED')) throw error;
    problems.push(...error.problems);
  }
  if (problems.length > 0) throw new ProbityError('CASE_REFUSED', 'This cannot be done to the case.', { problems });
  return event;
}

function outcomeOf(
  now: string,
  asked: AskedVerdict,
  { case: opened, decision, others, cases }: VerdictSubject,
  { policy, authority }: OverrideLaw,
): { readonly outcome: CaseOutcome; readonly problems: Problem[] } {
  const { limit, request, currency, validUntil, causes } = decision;
  const loosening = asked.verdict !== 'decline';
  const beside = loosening ? amountsTogether(others, now, policy) + waitingBeside(opened, others, cases, currency) : 0;
  const exposures = (amountMinor: number | null) => {
    const stake =
      limit.existingMinor + (loosening ? (amountMinor ?? 0) : (request.amountMinor ?? limit.availableMinor));
    return {
      exposure: majorOf(stake, currency.minorDigits),
      together: majorOf(stake + beside, currency.minorDigits),
    };
  };
  const under = { policy: `${policy.name}@${policy.version}`, authority: `${authority.name}@${authority.version}` };
  const reasonsAsked = reasonsOf(asked.reasonCodes, policy);
  const ofReasons = asked.reasonCodes.flatMap((code) =>
    reasonProblems(code, { loosening, ofCase: true, note: asked.reason.trim() || null }, policy, 'reasonCodes'),
  );
  const first = opened.state === 'second' ? opened.opinions.at(-1) : undefined;
  if (first?.outcome !== undefined && first.verdict === asked.verdict && namesNoFigures(asked)) {
    const reasons = [...first.outcome.reasons, ...reasonsAsked];
    const outcome: CaseOutcome = {
      ...first.outcome,
      ...exposures(first.outcome.amountMinor),
      reasons: reasons
        .filter(({ code }, i) => reasons.findIndex((other) => other.code === code) === i)
        .slice(0, MOST_VERDICT_REASONS),
      under,
    };
    const ended = expiryProblems(now, outcome.expiresAt, loosening ? validUntil : null, policy);
    return {
      outcome,
      problems: [
        ...ofReasons,
        ...ended,
        ...(loosening ? barredProblems(causes, asked.verdict, policy, 'verdict') : []),
      ],
    };
  }
  const { amountMinor, terms } = asked;
  const expiresAt =
    asked.expiresAt ?? first?.outcome?.expiresAt ?? latestEnd(now, loosening ? validUntil : null, policy);
  const isExpired = loosening && hasExpired({ validUntil }, now);
  const problems: Problem[] = [
    ...(loosening ? barredProblems(causes, asked.verdict, policy, 'verdict') : []),
    ...amountProblems(amountMinor, request, loosening, 'amount'),
    ...(isExpired
      ? [{ at: 'verdict', message: 'The rating’s validity has ended: rate again, or decline.' }]
      : expiryProblems(now, expiresAt, loosening ? validUntil : null, policy)),
    ...ofReasons,
    ...(asked.reasonCodes.length === 0
      ? [{ at: 'reasonCodes', message: 'Name the principal reasons by their codes, the most important first.' }]
      : []),
    ...settingProblems(asked, policy),
  ];
  const outcome: CaseOutcome = {
    amountMinor,
    limitMinor: amountMinor === null ? 0 : limit.existingMinor + amountMinor,
    currency: { code: currency.code, minorDigits: currency.minorDigits },
    terms,
    conditions: asked.conditions.flatMap(({ code, note }) => {
      const known = policy.conditions.find((each) => each.code === code);
      return known === undefined ? [] : [{ code, text: known.text, note }];
    }),
    reasons: reasonsAsked,
    expiresAt: Number.isNaN(Date.parse(expiresAt)) ? expiresAt : new Date(expiresAt).toISOString(),
    ...exposures(amountMinor),
    under,
  };
  return { outcome, problems };
}

const namesNoFigures = ({ amountMinor, terms, conditions, expiresAt }: AskedVerdict): boolean =>
  amountMinor === null && terms === null && conditions.length === 0 && expiresAt === null;

function latestEnd(now: string, validUntil: string | null, { longestDays }: OverridePolicy): string {
  const end = Date.parse(now) + longestDays * DAY;
  return new Date(validUntil === null ? end : Math.min(end, Date.parse(validUntil))).toISOString();
}

const reasonsOf = (codes: readonly string[], { reasons }: OverridePolicy): CaseOutcome['reasons'] =>
  [...new Set(codes)].flatMap((code) => {
    const known = reasons.find((each) => each.code === code);
    return known === undefined
      ? []
      : [{ code, text: known.text, ...(known.asRated ? { asRated: true as const } : {}) }];
  });

/** Minor units that other cases of the customer wait for, or that were approved there and are not in force yet. */
function waitingBeside(
  { caseId }: ReferralCase,
  others: readonly Override[],
  cases: readonly ReferralCase[],
  { minorDigits }: Decision['currency'],
): number {
  const minor = (major: number): number => Math.round(major * 10 ** minorDigits);
  return cases
    .filter((one) => one.caseId !== caseId)
    .map((one) => {
      if (one.closedAt === null) return minor(one.asked ?? one.exposure ?? 0);
      return others.some(({ ratingId, review }) => review === undefined && ratingId === one.ratingId)
        ? 0
        : (one.outcome?.amountMinor ?? 0);
    })
    .reduce((sum, each) => sum + each, 0);
}

function settingProblems({ verdict, terms, conditions }: AskedVerdict, policy: OverridePolicy): Problem[] {
  const problems: Problem[] = [];
  const report = (at: string, message: string): void => void problems.push({ at, message });
  if (verdict === 'decline' && terms !== null) report('terms', 'Who is declined has no payment terms.');
  if (verdict !== 'condition' && conditions.length > 0)
    report('conditions', 'Conditions are set by the verdict "condition" alone.');
  if (verdict === 'condition' && conditions.length === 0 && terms === null)
    report('conditions', 'Set at least one condition, or payment terms.');
  if (terms !== null && terms.days > policy.longestTermDays)
    report('terms.days', `Payment terms are ${policy.longestTermDays} days at most.`);
  const known = policy.conditions.map(({ code }) => code);
  conditions.forEach(({ code }, i) => {
    if (!known.includes(code))
      report('conditions', `There is no such condition. Conditions: ${known.join(', ') || 'none'}.`);
    else if (conditions.findIndex((other) => other.code === code) < i)
      report('conditions', 'A condition stands twice.');
  });
  return problems;
}

/**
 * What a decided case puts in force, in the place of the referral: held, read and revoked as overrides are. Null: the case is not decided, or was before verdicts had
 * an effect.
 */
export function verdictInForce(decided: ReferralCase, authority: AuthorityLimits): Override | null {
  const { state, verdict, outcome, closedAt, opinions } = decided;
  if (state !== 'decided' || verdict === null || outcome === undefined || closedAt === null) return null;
  const [main] = outcome.reasons;
  const last = opinions.at(-1);
  if (main === undefined || last === undefined) return null;
  const before = opinions.at(-2);
  const isAgreed = before !== undefined && before.verdict === verdict && sameOutcome(before.outcome, outcome);
  const agreed = isAgreed ? [before, last] : [last];
  const { amountMinor, limitMinor, terms, conditions, reasons, exposure, together, expiresAt, under } = outcome;
  return {
    ratingId: decided.ratingId,
    from: 'refer',
    to: verdict,
    amountMinor,
    exposure,
    ...(together === exposure ? {} : { together }),
    reasonCode: main.code,
    reason: main.text,
    note: agreed.map(({ reason }) => reason).join('\n'),
    requestedBy: decided.requestedBy,
    ...(decided.onBehalfOf === undefined ? {} : { onBehalfOf: decided.onBehalfOf }),
    proposedBy: agreed[0]?.actor ?? last.actor,
    proposedAt: agreed[0]?.at ?? last.at,
    expiresAt,
    level: levelFor(together, authority),
    state: 'stands',
    opinions: agreed.map(({ actor, reason, at }) => ({ actor, agrees: true, reason, at })),
    stoodFrom: closedAt,
    closedAt: null,
    under,
    verdict: { caseId: decided.caseId, causes: decided.causes, limitMinor, terms, conditions, reasons },
  };
}
