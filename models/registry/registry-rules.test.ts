import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { decide, parseSlotKey, slotKey, type CandidateState } from './index.ts';

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

  it.each([
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
