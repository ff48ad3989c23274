import { fc, it as property } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { defaultAuthority } from '../cases/index.ts';
import { OUTCOMES, type Outcome } from '../decision/index.ts';
import { loadReviewPolicy, type CustomerReview } from '../reviews/index.ts';
import {
  grantedUnder,
  limitUnder,
  reviewInForce,
  seenOf,
  standsAt,
  type LaterDecision,
  type Override,
} from './index.ts';

const none = { never: [] };
const at = '2026-06-10T00:00:00.000Z';
const decision = (outcome: Outcome): LaterDecision => ({
  outcome,
  causes: [],
  requestMinor: null,
  existingMinor: 20,
  minorDigits: 2,
});
const made = (more: Partial<Override>): Override =>
  ({
    ratingId: '3-aa',
    from: 'approve',
    to: 'approve',
    amountMinor: null,
    exposure: 1,
    state: 'stands',
    stoodFrom: '2026-06-05T00:00:00.000Z',
    expiresAt: '2027-06-05T00:00:00.000Z',
    closedAt: null,
    ...more,
  }) as Override;
const review = (conclusion: 'lower' | 'end', limitMinor: number, more: Partial<Override> = {}): Override =>
  made({ review: { reviewId: 'r', conclusion, limitMinor }, ...more });
const lent = (more: Partial<Override> = {}): Override =>
  made({ ratingId: '5-bb', from: 'decline', to: 'approve', amountMinor: 400, exposure: 9, ...more });
const limits = { totalMinor: 300, availableMinor: 280, existingMinor: 20 };
const underOf = (own: Override | null, earlier: readonly Override[], outcome: Outcome) => {
  const seen = seenOf(own, earlier, decision(outcome), at, none);
  const override = seen?.inForce ? seen.override : null;
  return { seen, outcome: override?.to ?? outcome, limit: (override && limitUnder(override, limits)) ?? limits };
};

describe('the sign-off of a review', () => {
  it('that lowers caps what rules give, own rating or later, and leaves the outcome as it is', () => {
    for (const outcome of ['approve', 'condition'] as const)
      for (const under of [underOf(review('lower', 100), [], outcome), underOf(null, [review('lower', 100)], outcome)])
        expect(under).toMatchObject({ outcome, limit: { totalMinor: 100, availableMinor: 80 } });
    expect(underOf(null, [review('lower', 900)], 'approve').limit).toMatchObject({
      totalMinor: 300,
      availableMinor: 280,
    });
    for (const [outcome, notCarried] of [
      ['refer', 'referred'],
      ['decline', 'same-outcome'],
    ] as const)
      expect(underOf(null, [review('lower', 100)], outcome).seen).toMatchObject({ inForce: false, notCarried });
  });

  it('that ends credit declines whatever is decided later, until a person decides otherwise after it', () => {
    for (const outcome of ['approve', 'condition', 'refer'] as const)
      expect(underOf(null, [review('end', 0)], outcome)).toMatchObject({
        outcome: 'decline',
        limit: { totalMinor: 0 },
      });
    expect(underOf(null, [review('end', 0)], 'decline').seen?.inForce).toBe(false);
    const after = lent({ stoodFrom: '2026-06-06T00:00:00.000Z' });
    const before = lent({ stoodFrom: '2026-06-04T00:00:00.000Z' });
    expect(underOf(after, [review('end', 0)], 'decline')).toMatchObject({ outcome: 'approve' });
    expect(underOf(before, [review('end', 0)], 'decline')).toMatchObject({
      outcome: 'decline',
      limit: { totalMinor: 0 },
    });
  });

  it('caps what a person lent before it, and not what one lends after it', () => {
    const before = lent({ stoodFrom: '2026-06-04T00:00:00.000Z' });
    const capped = underOf(before, [review('lower', 100)], 'decline');
    expect(capped).toMatchObject({ outcome: 'approve', limit: { totalMinor: 100, availableMinor: 80 } });
    const request = { request: { amountMinor: 90 }, limit: { ...limits, grantedMinor: 0 } } as never;
    expect(grantedUnder(capped.seen!.override, request)).toBe(80);
    const after = lent({ stoodFrom: '2026-06-06T00:00:00.000Z' });
    expect(underOf(after, [review('lower', 100)], 'decline').limit.totalMinor).toBe(420);
  });

  it('gives way to the next review, and to its own end or revocation', () => {
    const later = review('lower', 200, { ratingId: '4-cc', stoodFrom: '2026-06-08T00:00:00.000Z' });
    expect(underOf(null, [later, review('end', 0)], 'approve')).toMatchObject({ limit: { totalMinor: 200 } });
    const revoked = review('lower', 100, { state: 'revoked', closedAt: '2026-06-06T00:00:00.000Z' });
    expect(standsAt(revoked, at)).toBe(false);
    expect(underOf(revoked, [], 'approve')).toMatchObject({
      outcome: 'approve',
      limit: limits,
      seen: { inForce: false },
    });
  });

  const anyone = fc.record({
    to: fc.constantFrom('approve' as const, 'condition' as const, 'decline' as const),
    from: fc.constantFrom(...OUTCOMES),
    amountMinor: fc.option(fc.integer({ min: 1, max: 600 })),
    day: fc.integer({ min: 1, max: 4 }),
  });
  property.prop([fc.constantFrom(...OUTCOMES), fc.option(anyone), fc.array(anyone), fc.integer({ min: 1, max: 500 })])(
    'never lends more than it says, nor more than without it, whatever else was decided before it',
    (outcome, own, earlier, cap) => {
      const of = ({ day, ...rest }: NonNullable<typeof own>, ratingId: string) =>
        made({ ...rest, ratingId, stoodFrom: `2026-06-0${day}T00:00:00.000Z` });
      const mine = own && of(own, '9-ee');
      const others = earlier.map((each, i) => of(each, `${8 - i}-dd`));
      const without = underOf(mine, others, outcome);
      const lowered = underOf(mine, [...others, review('lower', cap)], outcome);
      expect(lowered.outcome).toBe(without.outcome);
      expect(lowered.limit.totalMinor).toBeLessThanOrEqual(without.limit.totalMinor);
      expect(lowered.limit.availableMinor).toBeLessThanOrEqual(without.limit.availableMinor);
      const lends = lowered.outcome === 'approve' || lowered.outcome === 'condition';
      if (lends) expect(lowered.limit.totalMinor).toBe(Math.min(cap, without.limit.totalMinor));
      expect(underOf(mine, [...others, review('end', 0)], outcome).outcome).toBe('decline');
    },
  );

  it('is put in force by who signed, for as long as the policy says; kept limits and reviews of before put nothing', () => {
    const opinion = { conclusion: 'lower', limit: 30.5, actor: 'li', reason: 'late since May', at } as const;
    const signed = {
      reviewId: 'r-1',
      findings: { now: { ratingId: '3-aa', limit: 80, exposure: null } },
      state: 'signed-off',
      signOffs: [opinion],
      conclusion: 'lower',
      limit: 30.5,
      closedAt: at,
    } as unknown as CustomerReview;
    const put = (more: Partial<CustomerReview>, outcome: Outcome = 'approve') =>
      reviewInForce({ ...signed, ...more }, { outcome, minorDigits: 2 }, defaultAuthority(), loadReviewPolicy(null));
    expect(put({})).toMatchObject({
      ratingId: '3-aa',
      reasonCode: 'REVIEW_LOWERED',
      proposedBy: 'li',
      note: 'late since May',
      stoodFrom: at,
      expiresAt: '2028-06-09T00:00:00.000Z',
      review: { reviewId: 'r-1', conclusion: 'lower', limitMinor: 3050 },
    });
    expect(put({ conclusion: 'end', limit: 0 }, 'refer')).toMatchObject({ to: 'decline', review: { limitMinor: 0 } });
    const { limit: _, ...older } = signed;
    expect(reviewInForce(older, decision('approve'), defaultAuthority(), loadReviewPolicy(null))).toBeNull();
    expect(put({ conclusion: 'keep', limit: null })).toBeNull();
    expect(put({ state: 'open', closedAt: null, conclusion: null })).toBeNull();
  });
});
