import { readFileSync } from 'node:fs';
import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { isProbityError, LANGUAGES, ROLES, sameActor } from '../../base/index.ts';
import { near } from '../../models/metrics/golden/sample.ts';
import { defaultAuthority } from '../cases/index.ts';
import { OUTCOMES, type Outcome } from '../decision/index.ts';
import { loadRuleFiles, parseRuleSet } from '../rules/index.ts';
import { defaultStandards } from '../standards.ts';
import {
  applyOverrideEvent,
  defaultOverridePolicy,
  isLoosening,
  measureOverrides,
  outcomeAt,
  OVERRIDE_TARGETS,
  parseOverridePolicy,
  standsAt,
  type Override,
  type OverriddenDecision,
  type OverrideEvent,
  type OverrideSubject,
} from './index.ts';

const law = { policy: defaultOverridePolicy(), authority: defaultAuthority() };
const now = '2026-03-01T09:00:00.000Z';
const later = '2026-03-02T09:00:00.000Z';
const expiresAt = '2026-04-01T00:00:00.000Z';

function subject(
  outcome: Outcome = 'decline',
  code = 'PD_ABOVE_CUTOFF',
  amountMinor: number | null = 4_000_000,
  others: readonly Override[] = [],
): OverrideSubject {
  const decision = {
    outcome,
    causes: [{ code, outcome }],
    request: { amountMinor, termDays: 30, purpose: null },
    limit: { existingMinor: 0 },
    currency: { code: 'CNY', minorDigits: 2 },
    validUntil: '2026-05-01T00:00:00.000Z',
  };
  return { ratingId: '7-0123456789abcdef', decision, requestedBy: 'shop', others } as unknown as OverrideSubject;
}
const propose = (more: Partial<Extract<OverrideEvent, { kind: 'propose' }>> = {}): OverrideEvent => ({
  kind: 'propose',
  actor: 'li',
  roles: ['credit-officer'],
  to: 'approve',
  amountMinor: 4_000_000,
  reasonCode: 'SECURITY_NOT_IN_DATA',
  note: 'Mortgage on the warehouse, seen on 28 February.',
  expiresAt,
  ...more,
});
const applied = (event: OverrideEvent, before: Override | null = null, of = subject(), at = now): Override =>
  applyOverrideEvent(at, before, event, of, law);
const problems = (event: OverrideEvent, before: Override | null = null, of = subject(), at = now): string[] => {
  try {
    applied(event, before, of, at);
    return [];
  } catch (error) {
    if (!isProbityError(error, 'OVERRIDE_REFUSED')) throw error;
    return error.problems.map((one) => one.at);
  }
};

describe('overrides of one customer', () => {
  const manager = { actor: 'wang', roles: ['credit-manager'] } as const;
  /** An override of another rating of the customer, over so many minor units. */
  const other = (amountMinor: number, more: Partial<Override> = {}): Override => ({
    ...applied(propose({ ...manager, amountMinor: 1 })),
    ratingId: '3-0123456789abcdef',
    amountMinor,
    ...more,
  });
  const beside = (others: readonly Override[]) => subject('decline', 'PD_ABOVE_CUTOFF', null, others);
  const act = (amountMinor: number, others: readonly Override[], at = now) =>
    applied(propose({ ...manager, amountMinor, expiresAt: '2026-04-20T00:00:00.000Z' }), null, beside(others), at);

  it('split into small ones on several ratings need the second person that the whole would need', () => {
    // 40,000 each: from 100,000 on, two people.
    expect(act(4_000_000, [other(4_000_000)])).toMatchObject({ state: 'stands', exposure: 40_000, together: 80_000 });
    const third = act(4_000_000, [other(4_000_000), other(4_000_000, { ratingId: '4-0123456789abcdef' })]);
    expect(third).toMatchObject({ state: 'second', exposure: 40_000, together: 120_000 });
    expect(act(4_000_000, [])).not.toHaveProperty('together');
  });

  it('need the authority that the whole would need', () => {
    expect(problems(propose(), null, beside([]))).toEqual([]);
    expect(problems(propose(), null, beside([other(2_000_000)]))).toEqual(['roles']);
  });

  it('count what waits, stands, or stood within the policy’s days; not what was refused, ended longer ago, or lends nothing more', () => {
    const at = '2026-03-10T00:00:00.000Z';
    const together = (one: Override) => act(1_000_000, [one], at).together ?? 10_000;
    const stood = (day: string) => ({ stoodFrom: '2025-10-01T00:00:00.000Z', expiresAt: `${day}T00:00:00.000Z` });
    expect(together(other(5_000_000, { state: 'second', stoodFrom: null }))).toBe(60_000);
    expect(together(other(5_000_000))).toBe(60_000);
    // 90 days before 10 March 2026: 10 December 2025.
    expect(together(other(5_000_000, stood('2025-12-11')))).toBe(60_000);
    expect(together(other(5_000_000, stood('2025-12-09')))).toBe(10_000);
    expect(together(other(5_000_000, { state: 'revoked', closedAt: '2026-03-05T00:00:00.000Z' }))).toBe(60_000);
    expect(together(other(5_000_000, { state: 'refused', stoodFrom: null, closedAt: now }))).toBe(10_000);
    const lapsed = { state: 'second', stoodFrom: null, expiresAt: '2026-03-09T00:00:00.000Z' } as const;
    expect(together(other(5_000_000, lapsed))).toBe(10_000);
    expect(together(other(5_000_000, { from: 'approve', to: 'decline' }))).toBe(10_000);
  });

  test.prop([fc.array(fc.integer({ min: 1, max: 3_000_000 }), { minLength: 2, maxLength: 6 })])(
    'never stand beside each other by one person beyond the threshold, however they are split',
    (amounts) => {
      const made: Override[] = [];
      for (const [i, amount] of amounts.entries())
        made.push({ ...act(amount, made), ratingId: `${i + 1}-0123456789abcdef` });
      const alone = made
        .filter(({ state }) => state === 'stands')
        .reduce((sum, one) => sum + (one.amountMinor ?? 0), 0);
      expect(alone).toBeLessThan(10_000_000);
    },
  );
});

describe('an override', () => {
  it('by one person stands at once below the threshold, and ends by itself', () => {
    const override = applied(propose());
    expect(override).toMatchObject({
      from: 'decline',
      to: 'approve',
      state: 'stands',
      stoodFrom: now,
      exposure: 40_000,
    });
    expect(override.reason.en).toBe('Security was given that the data did not hold.');
    expect(override.under).toEqual({ policy: 'overrides@2', authority: 'authority@1' });
    const at = (instant: string) => outcomeAt({ outcome: 'decline' }, override, instant);
    expect([at('2026-03-01T08:59:59.999Z'), at(now), at('2026-03-31T23:59:59.999Z'), at(expiresAt)]).toEqual([
      'decline',
      'approve',
      'approve',
      'decline',
    ]);
  });

  it('needs a role whose authority covers what is at stake, what is owed already included', () => {
    expect(problems(propose({ roles: ['viewer', 'modeller', 'admin'] }))).toEqual(['roles']);
    const more = subject();
    const owing = {
      ...more,
      decision: { ...more.decision, limit: { ...more.decision.limit, existingMinor: 2_000_000 } },
    };
    expect(problems(propose(), null, owing)).toEqual(['roles']);
    expect(applied(propose({ roles: ['credit-manager'] }), null, owing).exposure).toBe(60_000);
  });

  it('from the threshold on stands when a second person of that level confirms, and not before', () => {
    const large = subject('decline', 'PD_ABOVE_CUTOFF', 10_000_000);
    const roles = ['credit-manager'] as const;
    const open = applied(propose({ roles, amountMinor: 10_000_000 }), null, large);
    expect(open).toMatchObject({ state: 'second', stoodFrom: null });
    expect(standsAt(open, later)).toBe(false);
    expect(problems({ kind: 'confirm', actor: ' Ｌi', roles }, open, large, later)).toEqual(['actor']);
    expect(problems({ kind: 'confirm', actor: 'shop', roles }, open, large, later)).toEqual(['actor']);
    expect(problems({ kind: 'confirm', actor: 'wu', roles: ['credit-officer'] }, open, large, later)).toEqual([
      'roles',
    ]);
    expect(problems({ kind: 'confirm', actor: 'wu', roles }, open, large, expiresAt)).toEqual(['state']);
    const confirmed = applied({ kind: 'confirm', actor: 'wu', roles }, open, large, later);
    expect(confirmed).toMatchObject({ state: 'stands', stoodFrom: later });
    expect([standsAt(confirmed, now), standsAt(confirmed, later)]).toEqual([false, true]);
    const refused = applied({ kind: 'refuse', actor: 'wu', roles, reason: 'not convinced' }, open, large, later);
    expect(refused).toMatchObject({ state: 'refused', closedAt: later });
    expect(problems({ kind: 'confirm', actor: 'ma', roles }, refused, large, later)).toEqual(['state']);
  });

  it('never passes what the policy bars, a referral, or who asked for the rating', () => {
    for (const code of ['SANCTIONS_HIT', 'MINOR'])
      expect(problems(propose(), null, subject('decline', code))).toEqual(['to']);
    expect(
      problems(propose({ to: 'decline', amountMinor: null, reasonCode: 'CONCENTRATION' }), null, subject('refer')),
    ).toEqual(['to']);
    expect(problems(propose({ actor: 'Shop ' }))).toEqual(['actor']);
    // To a worse outcome, a barred cause bars nothing.
    const worse = propose({ to: 'decline', amountMinor: null, reasonCode: 'CONCENTRATION', note: null });
    expect(applied(worse, null, subject('condition', 'SANCTIONS_HIT'))).toMatchObject({
      to: 'decline',
      state: 'stands',
    });
  });

  it('tells all that is wrong with it at once', () => {
    const bad = propose({
      actor: ' ',
      roles: [],
      amountMinor: 4_000_001,
      reasonCode: 'TRADE_REFERENCE',
      note: ' ',
      expiresAt: now,
    });
    expect(problems(bad)).toEqual(['actor', 'roles', 'amountMinor', 'expiresAt', 'reasonCode', 'note']);
    expect(problems(propose({ reasonCode: 'BECAUSE' }))).toEqual(['reasonCode']);
    expect(problems(propose({ amountMinor: null }))).toEqual(['amountMinor']);
    expect(problems(propose({ to: 'decline' }))).toContain('to');
  });

  it('ends within the days of the policy and the validity of the rating', () => {
    expect(problems(propose({ expiresAt: '2026-05-02T00:00:00.000Z' }))).toEqual(['expiresAt']);
    const lasting = { ...subject(), decision: { ...subject().decision, validUntil: '2027-03-01T00:00:00.000Z' } };
    expect(problems(propose({ expiresAt: '2026-05-30T09:00:00.000Z' }), null, lasting)).toEqual([]);
    expect(problems(propose({ expiresAt: '2026-05-30T09:00:00.001Z' }), null, lasting)).toEqual(['expiresAt']);
    expect(problems(propose({ expiresAt: 'soon' }))).toEqual(['expiresAt']);
  });

  it('that is the sign-off of a review is revoked by one person below the threshold alone, and after the decision beside it', () => {
    const signed = (exposure: number, more: Partial<Override> = {}): Override => ({
      ...applied(propose()),
      exposure,
      level: 1,
      amountMinor: null,
      expiresAt: '2028-03-01T00:00:00.000Z',
      review: { reviewId: 'r', conclusion: 'end', limitMinor: 0 },
      ...more,
    });
    const revoke: OverrideEvent = { kind: 'revoke', actor: 'wang', roles: ['credit-manager'], reason: 'paid up' };
    expect(applied(revoke, signed(99_999), subject(), later).state).toBe('revoked');
    expect(problems(revoke, signed(100_000), subject(), later)).toEqual(['override']);
    const beside = signed(100_000, { over: applied(propose()) });
    const revoked = applied(revoke, beside, subject(), later);
    expect(revoked).toMatchObject({ state: 'stands', closedAt: null, over: { state: 'revoked', closedAt: later } });
    expect(problems(revoke, revoked, subject(), later)).toEqual(['override']);
    expect(problems(propose(), beside, subject(), later)).toEqual(['override']);
  });

  it('is one at a time: the next may come when it is revoked, refused or over', () => {
    const first = applied(propose());
    expect(problems(propose({ actor: 'wu' }), first, subject(), later)).toEqual(['override']);
    const revoke: OverrideEvent = {
      kind: 'revoke',
      actor: 'wu',
      roles: ['credit-officer'],
      reason: 'the mortgage fell through',
    };
    const revoked = applied(revoke, first, subject(), later);
    expect([standsAt(revoked, now), standsAt(revoked, later)]).toEqual([true, false]);
    expect(problems({ ...revoke, reason: ' ' }, first, subject(), later)).toEqual(['reason']);
    expect(problems(revoke, null)).toEqual(['override']);
    expect(applied(propose(), revoked, subject(), later).state).toBe('stands');
    expect(applied(propose({ expiresAt: '2026-04-20T00:00:00.000Z' }), first, subject(), expiresAt).state).toBe(
      'stands',
    );
  });

  test.prop([
    fc.constantFrom(...OUTCOMES),
    fc.record({
      to: fc.constantFrom(...OVERRIDE_TARGETS),
      actor: fc.constantFrom('li', 'shop', ' LI', ''),
      roles: fc.subarray([...ROLES]),
      amountMinor: fc.option(fc.integer({ min: -1, max: 20_000_000 }), { nil: null }),
      reasonCode: fc.constantFrom(...law.policy.reasons.map(({ code }) => code), 'NONE'),
      note: fc.constantFrom(null, '', 'seen'),
      expiresAt: fc.constantFrom(expiresAt, now, '2026-04-30T00:00:00.000Z', '2027-01-01T00:00:00.000Z'),
    }),
    fc.constantFrom('PD_ABOVE_CUTOFF', 'MINOR'),
  ])('that is let through breaks no law, whatever is proposed', (outcome, more, code) => {
    const of = subject(outcome, code, 15_000_000);
    const event = propose(more);
    if (problems(event, null, of).length > 0) return;
    const override = applied(event, null, of);
    expect(outcome).not.toBe('refer');
    expect(override.to).not.toBe(outcome);
    expect(sameActor(override.proposedBy, 'shop')).toBe(false);
    expect(override.expiresAt > now && override.expiresAt <= of.decision.validUntil).toBe(true);
    expect(isLoosening(override)).toBe(override.amountMinor !== null);
    if (isLoosening(override) && outcome === 'decline') expect(code).not.toBe('MINOR');
    expect(override.state).toBe((override.exposure ?? 0) >= 100_000 ? 'second' : 'stands');
    if ((override.exposure ?? 0) > 50_000) expect(more.roles).toContain('credit-manager');
  });
});

describe('the override policy', () => {
  it('bars causes that the package has, and gives every reason in every language', () => {
    const { texts } = parseRuleSet(loadRuleFiles(null), defaultStandards().masterScale);
    for (const code of law.policy.never) expect([...texts.keys()]).toContain(code);
    for (const { text } of law.policy.reasons)
      for (const language of LANGUAGES) expect(text[language].length).toBeGreaterThan(5);
  });

  it('with a code twice is refused', () => {
    const [first] = law.policy.reasons;
    expect(() => parseOverridePolicy({ ...law.policy, reasons: [first, first] })).toThrow(
      expect.objectContaining({ code: 'INVALID_SPEC' }),
    );
  });
});

interface Figures {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}
const golden = JSON.parse(readFileSync(new URL('golden/measure.json', import.meta.url), 'utf8')) as {
  readonly lent: Figures;
  readonly own: Figures;
  readonly againstOwn: Figures;
  readonly profit: {
    readonly mean: number;
    readonly standardError: number;
    readonly low: number;
    readonly high: number;
  };
};

const lentAgainst = (i: number): OverriddenDecision => ({
  customer: `c-${i % 45}`,
  from: 'decline',
  to: 'approve',
  reasonCode: i % 2 === 0 ? 'GROUP_SUPPORT' : 'DATA_WRONG',
  pd: 0.35,
  amount: 1000 + 100 * (i % 7),
  ead: 1000 + 100 * (i % 7),
  lgd: 0.3 + 0.05 * (i % 3),
  bad: (i * 0.7548776662466927) % 1 < 0.25,
});
const overridden = Array.from({ length: 90 }, (_, i) => lentAgainst(i));
const own = Array.from({ length: 400 }, (_, i) => ({
  customer: `own-${Math.floor(i / 2)}`,
  bad: (i * 0.5698402909980532) % 1 < 0.06,
}));

describe('what became of overridden decisions', () => {
  it('is measured as an independent source does: rate, difference, profit, clustered by customer', () => {
    const { lent, own: rate } = measureOverrides(overridden, own);
    for (const name of ['value', 'low', 'high'] as const) {
      near(lent.defaultRate?.[name] ?? Number.NaN, golden.lent[name]);
      near(rate?.[name] ?? Number.NaN, golden.own[name]);
      near(lent.againstOwn?.[name] ?? Number.NaN, golden.againstOwn[name]);
    }
    for (const name of ['mean', 'standardError', 'low', 'high'] as const)
      near(lent.profit?.[name] ?? Number.NaN, golden.profit[name]);
    expect(lent).toMatchObject({ count: 90, known: 90 });
    near(lent.expectedRate ?? Number.NaN, 0.35);
  });

  it('concludes only from enough customers, and by the whole interval', () => {
    const verdict = (rows: readonly OverriddenDecision[]) => measureOverrides(rows, own).lent.verdict;
    const customers = (count: number, badEvery: number) =>
      Array.from({ length: count }, (_, i) => ({ ...lentAgainst(i), customer: `c-${i}`, bad: i % badEvery === 0 }));
    expect(verdict(customers(29, 2))).toBe('too-few');
    // 200 decisions on 20 customers are 20 customers.
    expect(verdict(Array.from({ length: 200 }, (_, i) => ({ ...lentAgainst(i), customer: `c-${i % 20}` })))).toBe(
      'too-few',
    );
    expect(verdict(customers(200, 2))).toBe('worse-than-model');
    expect(verdict(customers(200, 50))).toBe('better-than-model');
    expect(verdict(customers(200, 4))).toBe('no-difference-shown');
    expect(verdict(customers(200, 2).map((one) => ({ ...one, bad: false })))).toBe('no-difference-shown');
  });

  it('compares the two sides with a customer on both as a pair, and not at all below the smallest sample', () => {
    const lent = (count: number) =>
      Array.from({ length: count }, (_, i) => ({ ...lentAgainst(i), customer: `c-${i}`, bad: i % 4 === 0 }));
    const ownOf = (prefix: string, count = 60) =>
      Array.from({ length: count }, (_, i) => ({ customer: `${prefix}-${i}`, bad: i % 4 === 0 || i % 10 === 1 }));
    const of = (rows: readonly OverriddenDecision[], others: readonly { customer: string; bad: boolean }[]) =>
      measureOverrides(rows, others).lent.againstOwn;
    const [apart, same] = [of(lent(60), ownOf('own')), of(lent(60), ownOf('c'))];
    near(same?.value ?? Number.NaN, apart?.value ?? 0);
    // Customers fare alike on both sides: as pairs they tell more.
    expect(same!.high - same!.low).toBeLessThan(0.7 * (apart!.high - apart!.low));
    // Decisions that name no customer are nobody's pair.
    const unnamed = lent(60).map((one) => ({ ...one, customer: null }));
    near(of(unnamed, ownOf('c'))?.low ?? Number.NaN, apart!.low);
    expect([of(lent(29), ownOf('own')), of(lent(60), ownOf('own', 29))]).toEqual([null, null]);
  });

  it('is never known of credit that was refused: the profit forgone is bounded, and by the PD between the bounds', () => {
    const refused = overridden.map((one) => ({ ...one, from: 'approve', to: 'decline', bad: null }) as const);
    const { refused: found, lent } = measureOverrides(refused, own);
    expect(lent).toMatchObject({ count: 0, known: 0, defaultRate: null, profit: null, verdict: 'too-few' });
    expect(found.count).toBe(90);
    expect(found.forgone.ifAllBad).toBeLessThan(found.forgone.byPd);
    expect(found.forgone.byPd).toBeLessThan(found.forgone.ifAllGood);
    near(found.forgone.byPd, 0.35 * found.forgone.ifAllBad + 0.65 * found.forgone.ifAllGood);
  });

  it('leaves out what is not known yet, and adds up by reason', () => {
    const some = overridden.map((one, i) => (i % 3 === 0 ? { ...one, bad: null } : one));
    const conditions = { ...lentAgainst(0), from: 'approve', to: 'condition' } as const;
    const found = measureOverrides([...some, conditions], []);
    expect(found).toMatchObject({ conditionsOnly: 1, own: null, lent: { count: 90, known: 60, againstOwn: null } });
    expect(found.byReason.map(({ reasonCode, count }) => [reasonCode, count])).toEqual([
      ['DATA_WRONG', 45],
      ['GROUP_SUPPORT', 45],
    ]);
    expect(found.byReason.reduce((sum, { known }) => sum + known, 0)).toBe(60);
  });
});
