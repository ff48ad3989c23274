import { fc, it as property } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { applyDisputeEvent, loadDisputeDeadlines, openDispute, type DisputeEvent } from './index.ts';

const given = {
  disputeId: 'd-1',
  customerId: 'c-1',
  about: { kind: 'fact', table: 'invoices', key: { invoice_id: 'i-1' } },
  claim: 'paid long ago',
  openedBy: 'key:crm',
  jurisdiction: 'CN',
} as const;
const at = '2026-06-01T00:00:00.000Z';
const { laws } = loadDisputeDeadlines(null);
const opened = openDispute(given, laws['CN']!, at);
const correction = { table: 'invoices', values: { invoice_id: 'i-1', paid: true }, happenedAt: at } as const;
const officer = { actor: 'user:li', roles: ['credit-officer'], reason: 'the bank says so' } as const;
const uphold: DisputeEvent = { kind: 'decide', ...officer, ending: 'upheld', correction };
const clock: DisputeEvent = { kind: 'time-passed' };
const day = (n: number) => new Date(Date.parse(at) + n * 86_400_000).toISOString();
const refusal = (event: DisputeEvent, of = opened) => {
  try {
    applyDisputeEvent(day(1), of, event);
  } catch (error) {
    return error as { code: string; problems: readonly { at: string }[] };
  }
  return null;
};

describe('a dispute', () => {
  it('has the deadline of its law, is reminded of before it and handed up at it, and every week after', () => {
    expect(opened).toMatchObject({ deadline: day(20), wakesAt: day(15), reminded: false, escalations: 0 });
    expect(applyDisputeEvent(day(14), opened, clock)).toBe(opened);
    const reminded = applyDisputeEvent(day(15), opened, clock);
    expect(reminded).toMatchObject({ reminded: true, escalations: 0, wakesAt: day(20) });
    const late = applyDisputeEvent(day(20), reminded, clock);
    expect(late).toMatchObject({ escalations: 1, wakesAt: day(27) });
    expect(applyDisputeEvent(day(27), late, clock)).toMatchObject({ escalations: 2, wakesAt: day(34) });
  });

  property.prop([fc.array(fc.integer({ min: 1, max: 200 }), { maxLength: 20 })])(
    'the clock never closes it, and always acts later than it last did',
    (days) => {
      let before = opened;
      for (const n of [...days].sort((a, b) => a - b)) {
        const after = applyDisputeEvent(day(n), before, clock);
        expect(after.closedAt).toBeNull();
        if (after !== before) expect(after.wakesAt > day(n)).toBe(true);
        before = after;
      }
    },
  );

  it('is upheld with what is right, and then stays as it is', () => {
    const closed = applyDisputeEvent(day(2), opened, uphold);
    expect(closed).toMatchObject({ state: 'upheld', correction, decidedBy: 'user:li', closedAt: day(2) });
    expect(() => applyDisputeEvent(day(3), closed, clock)).toThrow(/upheld already/);
  });

  it.each<readonly [string, DisputeEvent, readonly string[]]>([
    ['who put it on record', { ...uphold, actor: given.openedBy }, ['actor']],
    ['someone without the role', { ...uphold, roles: ['viewer', 'applicant-system'] }, ['roles']],
    ['nobody, without a reason', { ...uphold, actor: ' ', reason: ' ' }, ['actor', 'reason']],
    ['one who does not say what is right', { ...uphold, correction: null }, ['correction']],
    ['one who rejects and corrects', { ...uphold, ending: 'rejected' }, ['correction']],
    ['one who withdraws without a reason', { kind: 'withdraw', ...officer, reason: '' }, ['reason']],
  ])('is not decided by %s', (_who, event, where) => {
    const refused = refusal(event);
    expect(refused?.code).toBe('DISPUTE_REFUSED');
    expect(refused?.problems.map((problem) => problem.at)).toEqual(where);
  });

  it('that is late is decided by a manager', () => {
    const late = applyDisputeEvent(day(20), opened, clock);
    expect(refusal(uphold, late)?.problems).toMatchObject([{ at: 'roles' }]);
    expect(refusal({ ...uphold, roles: ['credit-manager'] }, late)).toBeNull();
  });

  it('of an entry of the file is upheld by the version that is right, and of nothing else; an event of before needs none', () => {
    const of = { ...opened, about: { kind: 'entry', entryKind: 'note', entryId: 'n-1' } } as const;
    const entry = { version: 2, removed: false };
    const bare = { ...uphold, correction: null } as const;
    const at = (event: DisputeEvent, about: typeof of | typeof opened) =>
      refusal(event, about)?.problems.map((problem) => problem.at);
    expect(at({ ...bare, entry: null }, of)).toEqual(['entry']);
    expect(at({ ...bare, entry, ending: 'rejected' }, of)).toEqual(['entry']);
    expect(at({ ...uphold, entry, facts: { age: 40 } }, opened)).toEqual(['entry', 'facts']);
    expect(applyDisputeEvent(day(1), of, { ...bare, entry })).toMatchObject({ state: 'upheld', entry });
    expect(applyDisputeEvent(day(1), of, bare)).not.toHaveProperty('entry');
  });

  it('of a rating needs no correction', () => {
    const of = { ...opened, about: { kind: 'rating', ratingId: '7-abc' } } as const;
    expect(refusal({ ...uphold, correction: null }, of)).toBeNull();
  });
});
