import type { Texts } from '../texts.ts';
import { levelFor, type AuthorityLimits } from '../cases/index.ts';
import { exposureOf, type CustomerReview, type ReviewPolicy } from '../reviews/index.ts';
import type { LaterDecision } from './carry.ts';
import type { Override, ReviewedLimit } from './override.ts';

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

/** Why a review lends less: its code, and what a customer is told. */
export function reviewReason({ conclusion }: Pick<ReviewedLimit, 'conclusion'>): (typeof REASONS)['lower' | 'end'] {
  return REASONS[conclusion];
}

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
