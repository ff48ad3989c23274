import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { isProbityError } from '../../base/index.ts';
import { applyCaseEvent, openCase, referral, type CaseVerdict, type ReferralCase } from '../cases/index.ts';
import type { Decision } from '../decision/index.ts';
import {
  applyOverrideEvent,
  decideEvent,
  grantedUnder,
  laterDecision,
  limitUnder,
  loadOverrideLaw,
  notCarried,
  parseOverridePolicy,
  standsAt,
  verdictInForce,
  type AskedVerdict,
  type Override,
  type VerdictSubject,
} from './index.ts';

const law = loadOverrideLaw(null);
const now = '2026-03-01T09:00:00.000Z';
const officer = { actor: 'li', roles: ['credit-officer'] } as const;
const manager = { actor: 'wang', roles: ['credit-manager'] } as const;
const second = { actor: 'zhao', roles: ['credit-manager'] } as const;

/** A referral; amounts in minor units, two decimals. */
function referred({
  amountMinor = 4_000_000,
  owed = 0,
  total = 5_000_000,
  codes = ['BETWEEN_CUTOFFS'],
  validUntil = '2026-05-01T00:00:00.000Z',
}: {
  amountMinor?: number | null;
  owed?: number;
  total?: number;
  codes?: readonly string[];
  validUntil?: string;
} = {}): VerdictSubject {
  const decision = {
    outcome: 'refer',
    causes: codes.map((code) => ({ code, outcome: 'refer' })),
    request: { amountMinor, termDays: 30, purpose: null },
    limit: {
      totalMinor: total,
      existingMinor: owed,
      availableMinor: Math.max(0, total - owed),
      requestedMinor: amountMinor,
      grantedMinor: null,
    },
    currency: { code: 'CNY', minorDigits: 2 },
    validUntil,
  } as unknown as Decision;
  const opened = referral({
    ratingId: '7-0123456789abcdef',
    outcome: 'refer',
    causes: decision.causes,
    currency: decision.currency,
    amountMinor,
    limit: decision.limit,
    customerId: 'c-1',
    askers: { requestedBy: 'shop' },
  });
  if (opened === null) throw new Error('no case');
  return { case: openCase(opened, law.authority, now), decision, others: [], cases: [] };
}
const asks = (more: Partial<AskedVerdict> = {}): AskedVerdict => ({
  ...officer,
  verdict: 'approve',
  reason: 'Seen the accounts.',
  reasonCodes: ['REVIEWED'],
  amountMinor: 3_000_000,
  terms: null,
  conditions: [],
  expiresAt: null,
  ...more,
});
const declines = (more: Partial<AskedVerdict> = {}): AskedVerdict =>
  asks({ verdict: 'decline', amountMinor: null, reasonCodes: ['TRADE_REFERENCE'], ...more });
const decided = (of: VerdictSubject, asked: AskedVerdict, at = now): ReferralCase =>
  applyCaseEvent(at, of.case, decideEvent(at, asked, of, law), law.authority);
const inForce = (of: VerdictSubject, asked: AskedVerdict): Override => {
  const verdict = verdictInForce(decided(of, asked), law.authority);
  if (verdict === null) throw new Error('nothing in force');
  return verdict;
};
const problems = (of: VerdictSubject, asked: AskedVerdict): string[] => {
  try {
    decideEvent(now, asked, of, law);
    return [];
  } catch (error) {
    if (!isProbityError(error, 'CASE_REFUSED')) throw error;
    return error.problems.map(({ at }) => at).sort();
  }
};

describe('the verdict of a case', () => {
  it('stands in the place of the referral: outcome, amount, limit in total, reasons, until when, and who decided', () => {
    const verdict = inForce(
      referred({ owed: 500_000 }),
      asks({ terms: { days: 10, prepayment: 0.2, guaranteeNeeded: true } }),
    );
    expect(verdict).toMatchObject({
      ratingId: '7-0123456789abcdef',
      from: 'refer',
      to: 'approve',
      amountMinor: 3_000_000,
      exposure: 35_000,
      reasonCode: 'REVIEWED',
      note: 'Seen the accounts.',
      proposedBy: 'li',
      stoodFrom: now,
      expiresAt: '2026-05-01T00:00:00.000Z',
      state: 'stands',
      under: { policy: 'overrides@2', authority: 'authority@1' },
      verdict: { limitMinor: 3_500_000, causes: ['BETWEEN_CUTOFFS'], terms: { days: 10 } },
    });
    expect(standsAt(verdict, now)).toBe(true);
    expect(standsAt(verdict, '2026-05-01T00:00:00.000Z')).toBe(false);
    const declined = inForce(referred(), declines());
    expect(declined).toMatchObject({ to: 'decline', amountMinor: null, expiresAt: '2026-05-30T09:00:00.000Z' });
  });

  it('is refused with every problem at once, of policy and of authority', () => {
    const of = referred();
    const wrong = asks({
      actor: 'SHOP',
      verdict: 'condition',
      amountMinor: 4_000_001,
      reasonCodes: ['TRADE_REFERENCE', 'NO_SUCH'],
      conditions: [{ code: 'NO_SUCH', note: null }],
      terms: { days: 181, prepayment: 0, guaranteeNeeded: false },
      expiresAt: '2026-05-02T00:00:00.000Z',
    });
    expect(problems(of, wrong)).toEqual(
      ['actor', 'amount', 'conditions', 'expiresAt', 'reasonCodes', 'reasonCodes', 'terms.days'].sort(),
    );
    expect(problems(of, asks({ amountMinor: null }))).toEqual(['amount']);
    expect(problems(of, asks({ reasonCodes: [] }))).toEqual(['reasonCodes']);
    expect(problems(of, asks({ verdict: 'condition' }))).toEqual(['conditions']);
    expect(problems(of, asks({ conditions: [{ code: 'GUARANTEE', note: null }] }))).toEqual(['conditions']);
    expect(
      problems(of, declines({ amountMinor: 5, terms: { days: 1, prepayment: 0, guaranteeNeeded: false } })),
    ).toEqual(['amount', 'terms']);
  });

  it('lifts no cause that nobody may override, and an override cannot use a reason that is for cases alone', () => {
    const of = referred({ codes: ['SANCTIONS_HIT'] });
    expect(problems(of, asks())).toEqual(['verdict']);
    expect(problems(of, declines())).toEqual([]);
    const { decision } = referred();
    const subject = {
      ratingId: '1-a',
      requestedBy: 'shop',
      others: [],
      decision: { ...decision, outcome: 'decline' },
    } as const;
    const event = {
      kind: 'propose',
      ...officer,
      to: 'approve',
      amountMinor: 1,
      reasonCode: 'REVIEWED',
      note: 'x',
      expiresAt: '2026-04-01',
    } as const;
    expect(() => applyOverrideEvent(now, null, event, subject, law)).toThrow(/cannot be done/);
  });

  it('that approves needs a rating that still stands; that declines does not', () => {
    const of = referred({ validUntil: '2026-02-01T00:00:00.000Z' });
    expect(problems(of, asks())).toEqual(['verdict']);
    expect(problems(of, declines())).toEqual([]);
  });

  it('is within the authority over all that is owed, lent by people and waited for elsewhere, and of two people from the threshold', () => {
    // 30,000 lent; an officer decides up to 50,000, two people from 100,000.
    expect(problems(referred(), asks())).toEqual([]);
    expect(problems({ ...referred({ owed: 2_000_001 }), case: referred().case }, asks())).toEqual(['roles']);
    const waits = (more: Partial<ReferralCase>): ReferralCase => ({
      ...referred().case,
      caseId: 'other',
      ratingId: '9-b',
      ...more,
    });
    const beside = (one: ReferralCase): VerdictSubject => ({ ...referred(), cases: [referred().case, one] });
    expect(problems(beside(waits({ asked: 20_000 })), asks())).toEqual([]);
    expect(problems(beside(waits({ asked: 20_001 })), asks())).toEqual(['roles']);
    expect(problems(beside(waits({ asked: 20_001 })), declines())).toEqual([]);
    // Decided there, and not in force yet.
    const other = decided(referred(), asks({ amountMinor: 2_000_001 }));
    const elsewhere = { ...other, caseId: 'other', ratingId: '9-b' };
    expect(problems(beside(elsewhere), asks())).toEqual(['roles']);
    const verdict = { ...inForce(referred(), asks({ amountMinor: 2_000_001 })), ratingId: '9-b' };
    expect(problems({ ...beside(elsewhere), others: [verdict] }, asks())).toEqual(['roles']);
    const total = decideEvent(now, asks({ ...manager }), { ...beside(elsewhere), others: [verdict] }, law).outcome;
    expect(total).toMatchObject({ exposure: 30_000, together: 50_000.01 });
    expect(decided(beside(waits({ asked: 70_000 })), asks({ ...manager })).state).toBe('second');
    expect(decided(beside(waits({ asked: 69_999 })), asks({ ...manager })).state).toBe('decided');
  });

  it('on a request without an amount is judged by what it lends, and waits where the limit by rules belongs', () => {
    const of = referred({ amountMinor: null, total: 20_000_000, owed: 1_000_000 });
    expect(of.case).toMatchObject({ exposure: 200_000, asked: 190_000, queue: 'manager' });
    expect(decided(of, asks({ ...manager, amountMinor: 9_000_000 })).state).toBe('second');
    expect(decided(of, asks({ ...manager, amountMinor: 8_999_999 })).state).toBe('decided');
    expect(decided(of, declines({ ...manager })).state).toBe('second');
  });

  it('of two people is what both say: the second may name no figures, and other figures send it on', () => {
    const of = referred({ amountMinor: 12_000_000 });
    const first = { ...of, case: decided(of, asks({ ...manager, amountMinor: 11_000_000, expiresAt: '2026-04-01' })) };
    expect(first.case.state).toBe('second');
    expect(problems(first, asks({ ...manager, amountMinor: null, reasonCodes: [] }))).toEqual(['actor']);
    const agrees = asks({ ...second, amountMinor: null, reasonCodes: ['NEWER_INFORMATION'], reason: 'So do I.' });
    const agreed = verdictInForce(decided(first, agrees, '2026-03-02T09:00:00.000Z'), law.authority);
    expect(agreed).toMatchObject({
      amountMinor: 11_000_000,
      expiresAt: '2026-04-01T00:00:00.000Z',
      note: 'Seen the accounts.\nSo do I.',
      opinions: [{ actor: 'wang' }, { actor: 'zhao' }],
      verdict: { reasons: [{ code: 'REVIEWED' }, { code: 'NEWER_INFORMATION' }] },
    });
    const other = decided(first, asks({ ...second, amountMinor: 10_000_000 }));
    expect(other).toMatchObject({ state: 'open', verdict: null, escalations: 1 });
    expect(decided(first, declines({ ...second })).state).toBe('open');
  });

  it('of an older case has no effect, and its events lead where they led', () => {
    const older = { ...referred().case, exposure: null };
    const event = { kind: 'decide', ...officer, verdict: 'approve', reason: 'seen' } as const;
    const closed = applyCaseEvent(now, older, event, law.authority);
    expect(closed).toMatchObject({ state: 'decided', verdict: 'approve' });
    expect(Object.keys(closed)).not.toContain('outcome');
    expect(verdictInForce(closed, law.authority)).toBeNull();
  });

  it('is revoked as an override is, by who reaches its level', () => {
    const of = referred();
    const verdict = inForce(of, asks());
    const subject = {
      ratingId: verdict.ratingId,
      requestedBy: 'shop',
      others: [verdict],
      decision: { ...of.decision, outcome: 'refer' },
    } as const;
    const event = { kind: 'revoke', ...officer, reason: 'insolvent' } as const;
    const revoked = applyOverrideEvent('2026-03-03T00:00:00.000Z', verdict, event, subject, law);
    expect(standsAt(revoked, '2026-03-03T00:00:00.000Z')).toBe(false);
  });
});

describe('a verdict and later ratings of the customer', () => {
  const later = (outcome: Decision['outcome'], code: string, amountMinor = 3_000_000, owed = 0) =>
    laterDecision({
      outcome,
      causes: [{ code, outcome }],
      request: { amountMinor },
      limit: { existingMinor: owed },
      currency: { minorDigits: 2 },
    } as unknown as Decision);
  const why = (of: Override, ...asked: Parameters<typeof later>) => notCarried(of, later(...asked), law.policy);

  it('holds where it approved, for referrals by what was looked at and up to the exposure it was for', () => {
    const approved = inForce(referred(), asks());
    expect(why(approved, 'refer', 'BETWEEN_CUTOFFS')).toBeNull();
    expect(why(approved, 'refer', 'DATA_THIN')).toBe('referred');
    expect(why(approved, 'refer', 'BETWEEN_CUTOFFS', 3_000_001)).toBe('more-exposure');
    expect(why(approved, 'refer', 'BETWEEN_CUTOFFS', 2_000_000, 1_000_001)).toBe('more-exposure');
    expect(why(approved, 'decline', 'PD_ABOVE_CUTOFF')).toBe('worse-decision');
    expect(why(approved, 'condition', 'GUARANTEE')).toBeNull();
    expect(why(approved, 'approve', 'PD')).toBe('same-outcome');
  });

  it('is of its own rating alone where it declined', () => {
    const declined = inForce(referred(), declines());
    expect(why(declined, 'refer', 'BETWEEN_CUTOFFS')).toBe('referred');
    expect(why(declined, 'approve', 'PD')).toBe('better-decision');
    expect(why(declined, 'decline', 'PD_ABOVE_CUTOFF')).toBe('same-outcome');
  });

  test.prop([
    fc.integer({ min: 1, max: 4_000_000 }),
    fc.integer({ min: 0, max: 900_000 }),
    fc.integer({ min: 0, max: 6_000_000 }),
    fc.option(fc.integer({ min: 0, max: 6_000_000 }), { nil: null }),
    fc.constantFrom<CaseVerdict>('approve', 'condition', 'decline'),
  ])(
    'grants no more than its amount, what is asked for, and what its limit leaves',
    (amountMinor, owed, owedLater, asked, to) => {
      const of = referred({ owed });
      const conditions = to === 'condition' ? [{ code: 'GUARANTEE', note: null }] : [];
      const verdict = inForce(of, to === 'decline' ? declines() : asks({ verdict: to, amountMinor, conditions }));
      const { limit, request } = of.decision;
      const now1 = { limit: { ...limit, existingMinor: owedLater }, request: { ...request, amountMinor: asked } };
      const set = limitUnder(verdict, now1.limit);
      const granted = grantedUnder(verdict, now1);
      expect(set?.totalMinor).toBe(to === 'decline' ? 0 : owed + amountMinor);
      if (to === 'decline') {
        expect(granted).toBe(asked === null ? null : 0);
        return;
      }
      expect(granted).toBe(Math.min(amountMinor, asked ?? Infinity, Math.max(0, owed + amountMinor - owedLater)));
      expect(owedLater + (granted ?? 0)).toBeLessThanOrEqual(Math.max(owedLater, set?.totalMinor ?? 0));
    },
  );
});

describe('the policy of verdicts', () => {
  it('takes older policies as they are, and refuses a code twice and a reason of the rating that overrides could use', () => {
    const { conditions, longestTermDays, ...older } = law.policy;
    expect([conditions.length > 0, longestTermDays]).toEqual([true, 180]);
    const plain = older.reasons.filter(({ casesOnly }) => !casesOnly);
    const reasons = plain.map(({ code, towards, noteNeeded, text }) => ({ code, towards, noteNeeded, text }));
    expect(parseOverridePolicy({ ...older, reasons })).toMatchObject({ conditions: [], longestTermDays: 180 });
    const twice = { code: 'A', text: { en: 'a', 'zh-CN': '甲' } };
    const asRated = { ...twice, towards: 'worse', noteNeeded: false, asRated: true };
    expect(() => parseOverridePolicy({ ...older, reasons: [asRated], conditions: [twice, twice] })).toThrow(
      expect.objectContaining({ code: 'INVALID_SPEC', problems: expect.objectContaining({ length: 2 }) }),
    );
  });
});
