import { describe, expect, it } from 'vitest';
import type { ImprovementAgreement } from './index.ts';
import { agreementEffects, cancelAgreement, reviewAgreement } from './index.ts';

const agreement: ImprovementAgreement = {
  agreementId: 'a-1',
  customerId: 'c-1',
  ratingId: 'r-1',
  agreedAt: '2026-06-01T00:00:00.000Z',
  agreedBy: 'li',
  target: { outcome: 'condition', grade: null },
  acts: [
    {
      act: 'pay-overdue',
      size: 2100,
      due: '2026-06-06',
      measure: { field: 'features.overdue_amount', to: 300, way: 'at-most' },
    },
    {
      act: 'offer-guarantee',
      size: null,
      due: '2026-06-15',
      measure: { field: 'guarantee.offered', to: true, way: 'equals' },
    },
  ],
  due: '2026-06-15',
  before: { outcome: 'decline', grade: 'C3', pd: 0.4, score: 500 },
  promised: { outcome: 'approve', grade: 'B2', pd: 0.03, score: 580 },
  state: 'open',
  closedAt: null,
};
const facts =
  (values: { readonly [field: string]: number | boolean }) =>
  (field: string): number | boolean | null =>
    values[field] ?? null;

describe('an improvement agreement', () => {
  it('is kept once every act is done, and missed once its day has passed without', () => {
    const paid = facts({ 'features.overdue_amount': 250 });
    const both = facts({ 'features.overdue_amount': 300, 'guarantee.offered': true });
    expect(reviewAgreement(agreement, '2026-06-15T23:00:00.000Z', paid)).toEqual(agreement);
    expect(reviewAgreement(agreement, '2026-06-16T00:00:00.000Z', paid).state).toBe('missed');
    const kept = reviewAgreement(agreement, '2026-06-10T00:00:00.000Z', both);
    expect(kept).toMatchObject({ state: 'kept', closedAt: '2026-06-10T00:00:00.000Z' });
    expect(reviewAgreement(kept, '2027-01-01T00:00:00.000Z', facts({}))).toEqual(kept);
    expect(() => cancelAgreement(kept, '2026-06-11T00:00:00.000Z')).toThrow(
      expect.objectContaining({ code: 'INVALID_INPUT' }),
    );
  });

  it('reports what later ratings won of what was promised, those before it left out', () => {
    const result = { outcome: 'approve', grade: 'B3', pd: 0.05, score: 560 } as const;
    const effects = agreementEffects(agreement, [
      { ratingId: 'r-3', at: '2026-08-01T00:00:00.000Z', result: agreement.promised },
      { ratingId: 'r-0', at: '2026-05-01T00:00:00.000Z', result },
      { ratingId: 'r-2', at: '2026-07-01T00:00:00.000Z', result },
    ]);
    expect(effects).toMatchObject([
      { ratingId: 'r-2', points: 60, shareOfPromise: 0.75, reachesPromise: false },
      { ratingId: 'r-3', points: 80, shareOfPromise: 1, reachesPromise: true },
    ]);
  });
});
