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

  const later = '2026-06-06T00:00:00.000Z';
  const tightened = (to: 'condition' | 'decline') =>
    made({ ratingId: '5-bb', from: 'approve', to, amountMinor: null, exposure: null, stoodFrom: later });

  it('is lifted by no later decision that names no amount: a tightening stays under the cap, and under an end declines', () => {
    for (const under of [
      (by: Override) => underOf(tightened('condition'), [by], 'approve'),
      (by: Override) => underOf(null, [tightened('condition'), by], 'approve'),
    ]) {
      expect(under(review('lower', 100))).toMatchObject({
        outcome: 'condition',
        limit: { totalMinor: 100, availableMinor: 80 },
      });
      expect(under(review('end', 0))).toMatchObject({ outcome: 'decline', limit: { totalMinor: 0 } });
    }
    for (const by of [review('lower', 100), review('end', 0)])
      expect(underOf(tightened('decline'), [by], 'approve')).toMatchObject({
        outcome: 'decline',
        limit: { totalMinor: 0, availableMinor: 0 },
      });
  });

  it('gives way to what a person lends after it by that amount alone, whatever model and rules would give', () => {
    const little = lent({ from: 'condition', amountMinor: 10, stoodFrom: later });
    for (const by of [review('lower', 100), review('end', 0)]) {
      const under = underOf(little, [by], 'condition');
      expect(under).toMatchObject({ outcome: 'approve', limit: { totalMinor: 30, availableMinor: 10 } });
      const request = { request: { amountMinor: null }, limit: { ...limits, grantedMinor: 280 } } as never;
      expect(grantedUnder(under.seen!.override, request)).toBe(10);
    }
  });

  it('holds beside what was decided of the very rating that was reviewed, before it and after it', () => {
    const signed = (over: Override, by = review('lower', 100)) => ({ ...by, over: { ...over, ratingId: '3-aa' } });
    for (const stoodFrom of ['2026-06-04T00:00:00.000Z', later]) {
      const declined = { ...tightened('decline'), stoodFrom };
      expect(underOf(signed(declined), [], 'approve').outcome).toBe('decline');
      expect(underOf(null, [signed(declined)], 'approve').outcome).toBe('decline');
    }
    const before = lent({ from: 'refer', stoodFrom: '2026-06-04T00:00:00.000Z' });
    expect(underOf(signed(before), [], 'refer')).toMatchObject({ outcome: 'approve', limit: { totalMinor: 100 } });
    const after = { ...before, stoodFrom: later };
    expect(underOf(signed(after), [], 'refer')).toMatchObject({ outcome: 'approve', limit: { totalMinor: 420 } });
    const ended = { ...before, expiresAt: '2026-06-07T00:00:00.000Z' };
    expect(underOf(signed(ended), [], 'approve')).toMatchObject({ outcome: 'approve', limit: { totalMinor: 100 } });
    expect(underOf(signed(before, review('end', 0)), [], 'refer').outcome).toBe('decline');
    expect(underOf(signed(after, review('end', 0)), [], 'refer').outcome).toBe('approve');
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
  property.prop([
    fc.constantFrom(...OUTCOMES),
    fc.option(anyone),
    fc.array(anyone),
    fc.integer({ min: 1, max: 500 }),
    fc.boolean(),
  ])(
    'never lends more than it says, nor more than without it, whatever else was decided before it, of its own rating too',
    (outcome, own, earlier, cap, onMine) => {
      const of = ({ day, ...rest }: NonNullable<typeof own>, ratingId: string) =>
        made({ ...rest, ratingId, stoodFrom: `2026-06-0${day}T00:00:00.000Z` });
      const mine = own && of(own, '9-ee');
      const others = earlier.map((each, i) => of(each, `${8 - i}-dd`));
      const without = underOf(mine, others, outcome);
      const under = (by: Override) =>
        onMine && mine
          ? underOf({ ...by, ratingId: mine.ratingId, over: mine }, others, outcome)
          : underOf(mine, [...others, by], outcome);
      const lowered = under(review('lower', cap));
      expect(lowered.outcome).toBe(without.outcome);
      expect(lowered.limit.totalMinor).toBeLessThanOrEqual(without.limit.totalMinor);
      expect(lowered.limit.availableMinor).toBeLessThanOrEqual(without.limit.availableMinor);
      const lends = lowered.outcome === 'approve' || lowered.outcome === 'condition';
      if (lends) expect(lowered.limit.totalMinor).toBe(Math.min(cap, without.limit.totalMinor));
      expect(under(review('end', 0)).outcome).toBe('decline');
    },
  );

  property.prop([
    fc.constantFrom(...OUTCOMES),
    fc.option(anyone),
    fc.array(anyone),
    fc.integer({ min: 1, max: 500 }),
    fc.constantFrom('lower' as const, 'end' as const),
  ])(
    'is exceeded by nothing decided after it, but by the amount that a person lends there',
    (outcome, own, earlier, cap, conclusion) => {
      const of = ({ day, ...rest }: NonNullable<typeof own>, ratingId: string) =>
        made({ ...rest, ratingId, stoodFrom: `2026-06-0${day + 4}T00:00:00.000Z` });
      const mine = own && of(own, '9-ee');
      const others = earlier.map((each, i) => of(each, `${8 - i}-dd`));
      const by = review(conclusion, conclusion === 'end' ? 0 : cap, { stoodFrom: '2026-06-04T12:00:00.000Z' });
      const under = underOf(mine, [...others, by], outcome);
      const { override } = under.seen!;
      const lends = under.seen!.inForce && override.review === undefined ? override.amountMinor : null;
      if (under.outcome === 'refer') return;
      if (under.outcome === 'decline' && !under.seen!.inForce) return;
      expect(under.limit.totalMinor).toBeLessThanOrEqual(lends === null ? by.review!.limitMinor : 20 + lends);
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
