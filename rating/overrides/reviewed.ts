import type { Texts } from '../texts.ts';
import { levelFor, type AuthorityLimits } from '../cases/index.ts';
import { exposureOf, type CustomerReview, type ReviewPolicy } from '../reviews/index.ts';
import type { LaterDecision } from './carry.ts';
import type { Override } from './override.ts';

const DAY = 86_400_000;

/** Why a review lends less, as a customer is told. */
const REASONS: Readonly<Record<'lower' | 'end', { readonly code: string; readonly text: Texts }>> = {
  lower: {
    code: 'REVIEW_LOWERED',
    text: { en: 'A person lowered the limit in a review.', 'zh-CN': '经人工复审，授信额度已下调。' },
  },
  end: {
    code: 'REVIEW_ENDED',
    text: { en: 'A person ended the credit relation in a review.', 'zh-CN': '经人工复审，授信关系已终止。' },
  },
};

/**
 * What a review that is signed off puts in force, held, read and revoked as overrides are: of the rating that was reviewed, by who signed it off, until the next review says otherwise, and at most as many
 * days as the policy gives. `rated`: what that rating decided. Null: the limit was kept, the review is not signed off, or was before a sign-off had an effect.
 */
export function reviewInForce(
  { reviewId, findings, state, signOffs, conclusion, limit, closedAt }: CustomerReview,
  { outcome, minorDigits }: Pick<LaterDecision, 'outcome' | 'minorDigits'>,
  authority: AuthorityLimits,
  policy: Pick<ReviewPolicy, 'name' | 'version' | 'standsDays'>,
): Override | null {
  if (state !== 'signed-off' || closedAt === null || conclusion === null || conclusion === 'keep') return null;
  if (limit === undefined || limit === null) return null;
  const last = signOffs.at(-1);
  if (last === undefined) return null;
  const before = signOffs.at(-2);
  const agreed =
    before?.conclusion === conclusion && (conclusion === 'end' || before.limit === limit) ? [before, last] : [last];
  const { code, text } = REASONS[conclusion];
  const exposure = exposureOf(findings);
  return {
    ratingId: findings.now.ratingId,
    from: outcome,
    to: conclusion === 'end' || outcome === 'refer' ? 'decline' : outcome,
    amountMinor: null,
    exposure,
    reasonCode: code,
    reason: text,
    note: agreed.map(({ reason }) => reason).join('\n'),
    requestedBy: '',
    proposedBy: (agreed[0] ?? last).actor,
    proposedAt: (agreed[0] ?? last).at,
    expiresAt: new Date(Date.parse(closedAt) + policy.standsDays * DAY).toISOString(),
    level: levelFor(exposure, authority),
    state: 'stands',
    opinions: agreed.map(({ actor, reason, at }) => ({ actor, agrees: true, reason, at })),
    stoodFrom: closedAt,
    closedAt: null,
    under: {
      policy: `${policy.name}@${policy.version}`,
      authority: `${authority.name}@${authority.version}`,
    },
    review: { reviewId, conclusion, limitMinor: Math.floor(limit * 10 ** minorDigits + 1e-6) },
  };
}

/** A proposal that waits for a second person, when the sign-off of a review takes its place. */
export function refusedBy(waits: Override, { review, proposedBy: actor, stoodFrom }: Override): Override {
  const at = stoodFrom !== null && stoodFrom > waits.proposedAt ? stoodFrom : waits.proposedAt;
  const reason = `Review ${review?.reviewId ?? ''} takes its place.`;
  return {
    ...waits,
    state: 'refused',
    opinions: [...waits.opinions, { actor, agrees: false, reason, at }],
    closedAt: at,
  };
}

/** The sign-off of a review, with what a person decided of its rating and still stands beside it, also where that was decided after it; null where a later review's is there. */
export function signedOver(before: Override | null, reviewed: Override): Override | null {
  const signedAt = reviewed.stoodFrom ?? '';
  if (before?.review !== undefined && (before.stoodFrom ?? '') > signedAt) return null;
  const decided = before?.review === undefined ? before : before.over;
  const stands = decided?.state === 'stands' && decided.expiresAt > signedAt;
  return stands ? { ...reviewed, over: decided } : reviewed;
}

/** When the first of what a step puts in force ends by its time. */
export function nextEnd(step: Override): string {
  const { over, expiresAt } = step;
  return over !== undefined && over.state === 'stands' && over.expiresAt < expiresAt ? over.expiresAt : expiresAt;
}

/** What goes on of a sign-off and the decision beside it where one of them has ended by its time; null: both or neither goes on. */
export function outlasting({ over, ...signedOff }: Override, now: string): Override | null {
  if (over === undefined) return null;
  const [isOver, isSigned] = [over.expiresAt <= now, signedOff.expiresAt <= now];
  if (isOver === isSigned) return null;
  return isOver ? signedOff : over;
}
