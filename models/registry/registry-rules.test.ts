import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { decide, inShare, parseSlotKey, placeOf, requireSplit, slotKey, type CandidateState } from './index.ts';

const name = fc.stringMatching(/^[a-z0-9][a-z0-9_-]{0,20}$/);

describe('slots', () => {
  test.prop([name, fc.option(name), fc.integer({ min: 1, max: 999 })])(
    'survive being written and read',
    (portfolio, segment, months) => {
      const slot = { portfolio, segment, horizonMonths: months };
      expect(parseSlotKey(slotKey(slot))).toEqual(slot);
    },
  );

  test.prop([name, fc.integer({ min: 1, max: 999 }), fc.integer({ min: 1, max: 999 })])(
    'for late payment have a key of their own, which no slot for default has',
    (portfolio, months, lateDays) => {
      const slot = { portfolio, segment: null, horizonMonths: months, lateDays };
      expect(parseSlotKey(slotKey(slot))).toEqual(slot);
      expect(slotKey(slot)).not.toBe(slotKey({ portfolio, segment: null, horizonMonths: months }));
    },
  );

  test.prop([name, fc.integer({ min: 1, max: 999 }), fc.integer({ min: 1, max: 999 })])(
    'for a term structure have a key of their own, which no other slot has',
    (portfolio, months, stepMonths) => {
      const slot = { portfolio, segment: null, horizonMonths: months, stepMonths };
      const others = [{}, { lateDays: stepMonths }];
      expect(parseSlotKey(slotKey(slot))).toEqual(slot);
      for (const more of others)
        expect(slotKey(slot)).not.toBe(slotKey({ portfolio, segment: null, horizonMonths: months, ...more }));
    },
  );

  it.each([
    'demo/*/36m/term-0m',
    'demo/*/36m/term-3m/late-30d',
    'demo/*/36m/term-3d',
    'demo/*/6m/late-0d',
    'demo/*/6m/',
    'demo/*/6m/late-30',
    '',
    'demo',
    'demo/*',
    'demo/*/0m',
    'demo/*/12',
    'a/b/12m/c',
    '../*/12m',
  ])('are not read from %j', (key) => {
    expect(() => parseSlotKey(key)).toThrow();
  });
});

describe('decisions', () => {
  const decided = fc.constantFrom<CandidateState>('approved', 'rejected', 'expired', 'superseded', 'promoted');
  const kind = fc.constantFrom('approve', 'reject', 'expire', 'supersede');

  test.prop([decided, kind])('are taken once: nothing but a waiting candidate can be decided', (state, taken) => {
    const candidate = { state, submitter: 'dana', gatesPassed: true };
    expect(() => decide(candidate, { kind: taken, actor: 'lee', reason: 'x' })).toThrow(/already/);
  });

  test.prop([fc.string(), fc.string(), fc.option(fc.boolean()), fc.option(fc.string())])(
    'never approve a benchmark-only model, whoever asks and whatever the reason',
    (submitter, actor, gatesPassed, reason) => {
      const candidate = { state: 'waiting', submitter, gatesPassed, use: 'benchmark-only' } as const;
      expect(() => decide(candidate, { kind: 'approve', actor, reason })).toThrow(/benchmark-only/);
    },
  );

  test.prop([fc.string(), fc.string(), fc.option(fc.boolean()), fc.option(fc.string())])(
    'never approve a deep challenger, whoever asks and whatever the reason',
    (submitter, actor, gatesPassed, reason) => {
      const candidate = { state: 'waiting', submitter, gatesPassed, use: 'challenger-only' } as const;
      const approval = () => decide(candidate, { kind: 'approve', actor, reason });
      expect(approval).toThrow(expect.objectContaining({ code: 'CHALLENGER_CANNOT_DECIDE' }));
    },
  );

  test.prop([fc.string(), fc.string(), fc.option(fc.boolean()), fc.option(fc.string())])(
    'approve only by another named person, past validation, and past a failed gate with a reason',
    (submitter, actor, gatesPassed, reason) => {
      const attempt = () => decide({ state: 'waiting', submitter, gatesPassed }, { kind: 'approve', actor, reason });
      const fold = (text: string) => text.normalize('NFKC').trim().toLowerCase();
      const allowed =
        actor.trim() !== '' &&
        fold(actor) !== fold(submitter) &&
        gatesPassed !== null &&
        (gatesPassed || (reason ?? '').trim() !== '');
      if (allowed) expect(attempt()).toBe('approved');
      else expect(attempt).toThrow();
    },
  );
});

describe('arms', () => {
  test.prop([
    fc.string(),
    fc.string(),
    fc.double({ min: 0, max: 1, noNaN: true }),
    fc.double({ min: 0, max: 1, noNaN: true }),
  ])('keep a customer in place for ever, and a larger share holds everyone of a smaller one', (key, customer, a, b) => {
    const place = placeOf(key, customer);
    expect(place).toBe(placeOf(key, customer));
    expect(place).toBeGreaterThanOrEqual(0);
    expect(place).toBeLessThan(1);
    if (inShare(key, customer, Math.min(a, b))) expect(inShare(key, customer, Math.max(a, b))).toBe(true);
    expect(inShare(key, customer, 0)).toBe(false);
    expect(inShare(key, customer, 1)).toBe(true);
  });

  it('are drawn as documented: the first 52 bits of HMAC-SHA-256', () => {
    // python3: int(hmac.new(b'key', b'customer', 'sha256').hexdigest()[:13], 16) / 2**52
    expect(placeOf('key', 'customer')).toBe(0.14163176516148024);
  });

  it('hold the share of the customers that was asked for, and are drawn anew under another key', () => {
    const customers = Array.from({ length: 20_000 }, (_, i) => `customer-${i}`);
    const [first, second] = ['a', 'b'].map((key) => customers.map((id) => inShare(key, id, 0.2)));
    const share = (of: readonly boolean[]) => of.filter(Boolean).length / of.length;
    // Five standard errors of a share of 0.2, and of the share of 0.04 in both.
    expect(Math.abs(share(first!) - 0.2)).toBeLessThan(5 * Math.sqrt((0.2 * 0.8) / customers.length));
    const both = first!.map((is, i) => is && second![i]!);
    expect(Math.abs(share(both) - 0.04)).toBeLessThan(5 * Math.sqrt((0.04 * 0.96) / customers.length));
  });
});

describe('a traffic split', () => {
  const slot = { portfolio: 'demo', segment: null, horizonMonths: 12 };
  const candidate = { slot, submitter: 'dana', state: 'waiting', gatesPassed: true, use: 'decisions' } as const;
  const trial = { slot, share: 0.2, actor: 'lee', reason: null };

  it('takes the law of approval: another person, a model that may decide, a reason past a failed gate', () => {
    expect(() => requireSplit(candidate, trial)).not.toThrow();
    expect(() => requireSplit({ ...candidate, state: 'expired' }, trial)).not.toThrow();
    expect(() => requireSplit(candidate, { ...trial, actor: 'Dana' })).toThrow(/cannot be taken/);
    expect(() => requireSplit({ ...candidate, gatesPassed: false }, trial)).toThrow(/cannot be taken/);
    expect(() => requireSplit({ ...candidate, gatesPassed: false }, { ...trial, reason: 'small pilot' })).not.toThrow();
    expect(() => requireSplit({ ...candidate, state: 'rejected' }, trial)).toThrow(/rejected/);
    expect(() => requireSplit({ ...candidate, use: 'challenger-only' }, trial)).toThrow(/deep/);
    expect(() => requireSplit({ ...candidate, use: 'benchmark-only' }, trial)).toThrow(/benchmark-only/);
    expect(() => requireSplit(candidate, { ...trial, share: 1 })).toThrow(/cannot decide/);
  });
});
