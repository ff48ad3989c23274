import { fc, it as property } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import {
  applyCaseEvent,
  CASE_VERDICTS,
  decisionTimes,
  defaultAuthority,
  levelFor,
  needsFourEyes,
  openCase,
  parseAuthority,
  type CaseEvent,
  type ReferralCase,
} from './index.ts';

const authority = defaultAuthority();
const at = (hours: number): string => new Date(Date.UTC(2026, 0, 1) + hours * 3_600_000).toISOString();
const opened = (exposure: number | null): ReferralCase =>
  openCase(
    { caseId: 'k-1', ratingId: 'r-1', customerId: 'c-1', exposure, causes: ['BETWEEN_CUTOFFS'], requestedBy: 'shop' },
    authority,
    at(0),
  );
const officer = { actor: 'li', roles: ['credit-officer'] } as const;
const manager = { actor: 'wang', roles: ['credit-manager'] } as const;
const decide = (
  by: { actor: string; roles: readonly ['credit-officer'] | readonly ['credit-manager'] },
  verdict: 'approve' | 'decline',
) => ({ kind: 'decide', ...by, verdict, reason: 'seen the accounts' }) as const;
const apply = (before: ReferralCase, event: CaseEvent, hours = 1) =>
  applyCaseEvent(at(hours), before, event, authority);

describe('a referred case', () => {
  it('goes to the lowest queue whose authority covers its exposure', () => {
    expect(opened(50_000).queue).toBe('officer');
    expect(opened(50_000.01).queue).toBe('manager');
    expect(opened(null).queue).toBe('officer');
  });

  it('is decided by one person below the four-eyes threshold, with a reason', () => {
    expect(apply(opened(1000), decide(officer, 'approve'))).toMatchObject({ state: 'decided', verdict: 'approve' });
    expect(() => apply(opened(1000), { ...decide(officer, 'approve'), reason: ' ' })).toThrow(/cannot be done/);
  });

  it('cannot be decided by who asked for the rating, in whatever spelling, nor below its level', () => {
    expect(() => apply(opened(1000), { ...decide(officer, 'approve'), actor: ' SHOP ' })).toThrow(/cannot be done/);
    expect(() => apply(opened(60_000), decide(officer, 'decline'))).toThrow(/cannot be done/);
    expect(apply(opened(60_000), decide(manager, 'decline')).state).toBe('decided');
  });

  it('needs two different people who agree from the threshold on; a disagreement sends it on', () => {
    const first = apply(opened(100_000), decide(manager, 'approve'));
    expect(first).toMatchObject({ state: 'second', verdict: null });
    expect(() => apply(first, decide(manager, 'approve'))).toThrow(/cannot be done/);
    const zhao = { actor: 'zhao', roles: ['credit-manager'] } as const;
    expect(apply(first, decide(zhao, 'approve'))).toMatchObject({ state: 'decided', verdict: 'approve' });
    const split = apply(first, decide(zhao, 'decline'));
    expect(split).toMatchObject({ state: 'open', verdict: null, escalations: 1 });
    expect(split.opinions).toHaveLength(2);
    // After the disagreement two people must agree anew.
    expect(apply(split, decide(manager, 'decline')).state).toBe('second');
  });

  it('is not approved while a document is awaited, and may be declined', () => {
    const waiting = apply(opened(1000), { kind: 'ask-documents', ...officer, documents: ['licence', 'accounts'] });
    expect(() => apply(waiting, decide(officer, 'approve'))).toThrow(/cannot be done/);
    expect(apply(waiting, decide(officer, 'decline')).state).toBe('decided');
    const system = { actor: 'erp', roles: ['applicant-system'] } as const;
    const half = apply(waiting, { kind: 'documents-arrived', ...system, documents: ['licence'] });
    expect(half).toMatchObject({ state: 'documents', documentsAwaited: ['accounts'] });
    const whole = apply(half, { kind: 'documents-arrived', ...system, documents: ['accounts'] });
    expect(apply(whole, decide(officer, 'approve')).state).toBe('decided');
    expect(() => apply(whole, { kind: 'documents-arrived', ...system, documents: ['other'] })).toThrow(
      /cannot be done/,
    );
  });

  it('goes to the next level when its deadline passes, and stays with the highest', () => {
    const late = apply(opened(1000), { kind: 'deadline-passed' }, 48);
    expect(late).toMatchObject({ queue: 'manager', escalations: 1, deadline: at(72), assignee: null });
    expect(apply(late, { kind: 'deadline-passed' }, 72)).toMatchObject({ queue: 'manager', escalations: 2 });
  });

  property.prop([
    fc.option(fc.nat(300_000), { nil: null }),
    fc.array(
      fc.record({
        kind: fc.constantFrom('claim', 'ask-documents', 'documents-arrived', 'decide', 'withdraw', 'deadline-passed'),
        actor: fc.constantFrom('li', 'wang', 'zhao', 'shop'),
        roles: fc.constantFrom(['credit-officer'], ['credit-manager'], ['viewer']),
        documents: fc.subarray(['a', 'b']),
        verdict: fc.constantFrom(...CASE_VERDICTS),
        reason: fc.constantFrom('', 'because'),
      }),
      { maxLength: 25 },
    ),
  ])('keeps its laws under any sequence of events', (exposure, events) => {
    let current = opened(exposure);
    for (const event of events) {
      const before = current;
      try {
        current = apply(current, event);
      } catch {
        current = before;
      }
      expect(current.level).toBeGreaterThanOrEqual(before.level);
      expect(current.opinions.slice(0, before.opinions.length)).toEqual(before.opinions);
    }
    if (current.state !== 'decided') return;
    const last = current.opinions.at(-1);
    expect(current.verdict).toBe(last?.verdict);
    expect(last?.actor).not.toBe('shop');
    expect(last?.reason).toBe('because');
    if (current.verdict !== 'decline') expect(current.documentsAwaited).toEqual([]);
    if (!needsFourEyes(exposure, authority)) return;
    const second = current.opinions.at(-2);
    expect(second?.verdict).toBe(last?.verdict);
    expect(second?.actor).not.toBe(last?.actor);
  });
});

describe('authority limits', () => {
  property.prop([fc.double({ min: 0, max: 1e9, noNaN: true }), fc.double({ min: 0, max: 1e9, noNaN: true })])(
    'never give a larger exposure to a lower level',
    (a, b) => {
      expect(levelFor(Math.max(a, b), authority)).toBeGreaterThanOrEqual(levelFor(Math.min(a, b), authority));
    },
  );

  it('are refused with all problems: no open end, a queue twice', () => {
    const level = { queue: 'a', role: 'credit-officer', upTo: 10 };
    for (const escalationHours of [-1, 0, 1e-9, Number.NaN])
      expect(() => parseAuthority({ ...authority, escalationHours })).toThrow(
        expect.objectContaining({ code: 'INVALID_SPEC' }),
      );
    expect(() => parseAuthority({ ...authority, levels: [level, level] })).toThrow(
      expect.objectContaining({ code: 'INVALID_SPEC', problems: expect.objectContaining({ length: 2 }) }),
    );
  });
});

describe('decision times', () => {
  it('count what was automatic, and how long people took', () => {
    // What the system asked for again is no further decision, but somebody’s work.
    const again = { ...opened(1), requestedBy: 'system:reviews' };
    const older = { ...opened(1), requestedBy: 'probity' };
    const quick = applyCaseEvent(at(2), opened(1), decide(officer, 'approve'), authority);
    const slow = applyCaseEvent(
      at(50),
      apply(opened(1), { kind: 'deadline-passed' }, 48),
      decide(manager, 'decline'),
      authority,
    );
    expect(decisionTimes({ asked: 10, rerated: 2 }, [quick, slow, opened(1), again, older])).toEqual({
      decisions: 10,
      rerated: 2,
      automatic: 7,
      automaticShare: 0.7,
      decidedCases: 2,
      openCases: 3,
      medianHours: 2,
      p90Hours: 50,
      inTimeShare: 0.5,
    });
    expect(decisionTimes({ asked: 0, rerated: 0 }, [])).toMatchObject({
      automaticShare: null,
      medianHours: null,
      inTimeShare: null,
    });
  });
});
