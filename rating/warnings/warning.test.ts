import { fc, it as property } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import {
  applyWarningEvent,
  instructionsOf,
  loadWarningHandling,
  parseWarningHandling,
  raiseWarning,
  warningWakesAt,
  WARNING_ENDINGS,
  WARNING_LEVELS,
  type EarlyWarning,
  type Sighting,
  type WarningEvent,
  type WarningHandling,
} from './index.ts';

const handling = loadWarningHandling(null);
const staffed: WarningHandling = {
  ...handling,
  staff: [
    { segment: null, owner: 'chen', deputy: 'zhao' },
    { segment: 'retail', owner: 'li', deputy: null },
  ],
};
const at = (hours: number): string => new Date(Date.UTC(2026, 0, 1) + hours * 3_600_000).toISOString();
const sighting = (more: Partial<Sighting> = {}): Sighting => ({
  ratingId: '1-aa',
  level: 'warning',
  exposure: 8000,
  pd: 0.09,
  grade: 'C1',
  at: at(0),
  ...more,
});
const raised = (more: Partial<Sighting> = {}, code = 'PD_HIGH', by = handling): EarlyWarning =>
  raiseWarning({ warningId: 'w-1', customerId: 'c-1', segment: null, code, sighting: sighting(more) }, by, at(0));
const officer = { actor: 'li', roles: ['credit-officer'] } as const;
const manager = { actor: 'wang', roles: ['credit-manager'] } as const;
const erp = { actor: 'erp', roles: ['applicant-system'] } as const;
const apply = (before: EarlyWarning, event: WarningEvent, hours = 1, by = handling): EarlyWarning =>
  applyWarningEvent(at(hours), before, event, by);
const refused = (before: EarlyWarning, event: WarningEvent): readonly string[] => {
  try {
    apply(before, event);
  } catch (error) {
    return (error as { problems: readonly { at: string }[] }).problems.map((each) => each.at);
  }
  return [];
};

describe('an early warning', () => {
  it('recommends the countermeasures of its code and level, and approves those that policy lets run at its exposure', () => {
    const states = (warning: EarlyWarning) =>
      warning.measures.map(({ code, state, approvedBy }) => [code, state, approvedBy]);
    expect(states(raised())).toEqual([
      ['shorter-terms', 'approved', 'policy'],
      ['guarantee', 'proposed', null],
    ]);
    expect(states(raised({ exposure: 20_001 }))[0]).toEqual(['shorter-terms', 'proposed', null]);
    expect(states(raised({ exposure: null }))[0]).toEqual(['shorter-terms', 'proposed', null]);
    expect(raised({ level: 'critical' }).measures.map(({ code }) => code)).toEqual([
      'stop-shipment',
      'limit-cut',
      'visit',
    ]);
  });

  it('belongs to who looks after the segment; ignored, it goes to the deputy and then up the ladder', () => {
    expect(raised({}, 'PD_HIGH', staffed).owner).toBe('chen');
    const first = apply(raised({}, 'PD_HIGH', staffed), { kind: 'time-passed' }, 24, staffed);
    expect(first).toMatchObject({
      owner: 'zhao',
      role: 'credit-officer',
      escalations: 1,
      ignored: true,
      acknowledgeBy: at(48),
    });
    const second = apply(first, { kind: 'time-passed' }, 48, staffed);
    expect(second).toMatchObject({ owner: null, role: 'credit-manager', escalations: 2 });
    expect(refused(second, { kind: 'acknowledge', ...officer })).toEqual(['roles']);
    expect(apply(second, { kind: 'acknowledge', ...manager }, 49)).toMatchObject({
      state: 'acknowledged',
      owner: 'wang',
    });
  });

  it('that is acknowledged and not closed in time goes up as well', () => {
    const known = apply(raised(), { kind: 'acknowledge', ...officer });
    const { measureId } = known.measures[0]!;
    const done = apply(known, { kind: 'confirm', measureId, ...erp });
    expect(warningWakesAt(done)).toBe(at(24 * 30));
    expect(apply(done, { kind: 'time-passed' }, 24 * 30)).toMatchObject({
      role: 'credit-manager',
      ignored: false,
      closeBy: at(24 * 31),
    });
  });

  it('needs a second person, of the role that the catalogue asks for, where policy does not approve', () => {
    const warned = apply(raised({ exposure: 90_000 }), {
      kind: 'propose',
      measure: 'limit-cut',
      reason: 'orders fell',
      ...manager,
    });
    const { measureId } = warned.measures.at(-1)!;
    expect(refused(warned, { kind: 'approve', measureId, ...manager })).toEqual(['actor']);
    expect(refused(warned, { kind: 'approve', measureId, ...officer })).toEqual(['roles']);
    for (const actor of [' WANG', 'wa\u200bng', 'wang\u00ad', 'ｗａｎｇ', 'w\ufe0fang'])
      expect(refused(warned, { kind: 'approve', measureId, actor, roles: ['credit-manager'] })).toEqual(['actor']);
    const approved = apply(warned, { kind: 'approve', measureId, actor: 'zhao', roles: ['credit-manager'] });
    expect(approved.measures.at(-1)).toMatchObject({ state: 'approved', approvedBy: 'zhao', dueBy: at(1 + 48) });
    expect(refused(approved, { kind: 'propose', measure: 'limit-cut', reason: 'again', ...manager })).toEqual([
      'measure',
    ]);
  });

  it('closes only after what was sent out is confirmed or has failed; what was confirmed can be undone', () => {
    const warned = apply(raised(), { kind: 'acknowledge', ...officer });
    const { measureId } = warned.measures[0]!;
    const close = { kind: 'close', outcome: 'paid', reason: 'all invoices settled', ...officer } as const;
    expect(refused(warned, close)).toEqual(['measures']);
    const confirmed = apply(warned, { kind: 'confirm', measureId, ...erp });
    expect(refused(confirmed, { kind: 'confirm', measureId, ...erp })).toEqual(['measureId']);
    const undoing = apply(confirmed, { kind: 'undo', measureId, reason: 'paid', ...officer });
    expect(refused(undoing, close)).toEqual(['measures']);
    const failedToUndo = apply(undoing, { kind: 'fail', measureId, reason: 'the ERP is down', ...erp });
    expect(failedToUndo.measures[0]!.state).toBe('confirmed');
    expect(refused(failedToUndo, { kind: 'propose', measure: 'shorter-terms', reason: 'x', ...officer })).toEqual([
      'measure',
    ]);
    expect(apply(failedToUndo, { kind: 'undo', measureId, reason: 'paid', ...officer }).measures[0]!.state).toBe(
      'undoing',
    );
    const undone = apply(undoing, { kind: 'confirm', measureId, ...erp });
    expect(undone.measures[0]!.state).toBe('undone');
    expect(apply(undone, close, 5)).toMatchObject({ state: 'closed', outcome: 'paid', closedAt: at(5) });
    expect(() => apply(apply(undone, close), { kind: 'acknowledge', ...officer })).toThrow(/closed/);
  });

  it('tells whoever carries a countermeasure out again, by another instruction, what could not be undone the first time', () => {
    const { measureId } = raised().measures[0]!;
    const undo = { kind: 'undo', measureId, reason: 'paid', ...officer } as const;
    const undoing = apply(apply(raised(), { kind: 'confirm', measureId, ...erp }), undo, 100);
    expect(undoing.measures[0]!.dueBy).toBe(at(100 + 48));
    const again = apply(apply(undoing, { kind: 'fail', measureId, reason: 'the ERP is down', ...erp }, 101), undo, 102);
    const ids = [raised(), undoing, again].flatMap(instructionsOf).map(({ instructionId }) => instructionId);
    expect(ids).toEqual(['w-1.1/carry-out', 'w-1.1/undo', 'w-1.1/undo.2']);
  });

  it('takes back what stands until it is closed, and is closed once that is confirmed', () => {
    const warned = raised({ level: 'critical', exposure: 4000 });
    const confirmed = warned.measures
      .filter(({ state }) => state === 'approved')
      .reduce((before, { measureId }) => apply(before, { kind: 'confirm', measureId, ...erp }), warned);
    const closing = apply(confirmed, { kind: 'close', outcome: 'paid', reason: 'all settled', ...officer }, 30);
    const stopped = closing.measures.find(({ code }) => code === 'stop-shipment')!;
    expect([closing.state, closing.closing, stopped.state]).toEqual(['acknowledged', 'paid', 'undoing']);
    expect(closing.measures.find(({ code }) => code === 'limit-cut')!.state).toBe('confirmed');
    expect(instructionsOf(closing).map(({ measure, action }) => [measure, action])).toEqual([
      ['stop-shipment', 'undo'],
    ]);
    const { measureId } = stopped;
    expect(apply(closing, { kind: 'confirm', measureId, ...erp }, 31)).toMatchObject({
      state: 'closed',
      outcome: 'paid',
      closedAt: at(31),
    });
    // What could not be taken back is in force, and the warning stands.
    expect(apply(closing, { kind: 'fail', measureId, reason: 'no such hold', ...erp }, 31)).toMatchObject({
      state: 'acknowledged',
      closing: null,
      closedAt: null,
    });
  });

  it('goes to the deputy, then up, where a countermeasure is not reported on in time, asleep or not', () => {
    const known = apply(raised({}, 'PD_HIGH', staffed), { kind: 'acknowledge', ...officer }, 1, staffed);
    expect(warningWakesAt(known)).toBe(at(48));
    const late = apply(known, { kind: 'time-passed' }, 48, staffed);
    expect(late).toMatchObject({ owner: 'zhao', escalations: 1, ignored: false, closeBy: known.closeBy });
    expect(warningWakesAt(late)).toBe(at(72));
    const asleep = apply(known, { kind: 'snooze', until: at(500), reason: 'promised', ...officer }, 2, staffed);
    expect(warningWakesAt(asleep)).toBe(at(48));
    expect(apply(asleep, { kind: 'time-passed' }, 48, staffed)).toMatchObject({ state: 'snoozed', escalations: 1 });
    const done = apply(known, { kind: 'confirm', measureId: known.measures[0]!.measureId, ...erp }, 3, staffed);
    expect(warningWakesAt(done)).toBe(known.closeBy);
  });

  it('is one warning however often its trigger is seen; a rising level opens it again with more countermeasures', () => {
    const until = at(24 * 10);
    const { measureId: first } = raised().measures[0]!;
    const done = apply(raised(), { kind: 'confirm', measureId: first, ...erp });
    const put = apply(done, { kind: 'snooze', until, reason: 'payment promised', ...officer });
    expect(warningWakesAt(put)).toBe(until);
    const same = apply(put, { kind: 'seen', sighting: sighting({ ratingId: '2-bb', exposure: 9000 }) }, 24);
    expect(same).toMatchObject({ state: 'snoozed', sightings: 2, exposure: 9000 });
    const worse = apply(same, { kind: 'seen', sighting: sighting({ ratingId: '3-cc', level: 'critical' }) }, 48);
    expect(worse).toMatchObject({ state: 'open', level: 'critical', snoozedUntil: null, acknowledgeBy: at(52) });
    expect(worse.measures.map(({ code }) => code)).toEqual([
      'shorter-terms',
      'guarantee',
      'stop-shipment',
      'limit-cut',
      'visit',
    ]);
    expect(refused(raised(), { kind: 'snooze', until: at(24 * 31 + 2), reason: 'x', ...officer })).toEqual(['until']);
  });

  it('whose trigger has gone closes by itself where nothing was done, and else waits for a person', () => {
    const unapproved = raised({ exposure: null });
    expect(apply(unapproved, { kind: 'ceased', ratingId: '2-bb' })).toMatchObject({
      state: 'closed',
      outcome: 'ceased',
    });
    expect(apply(raised(), { kind: 'ceased', ratingId: '2-bb' }, 7)).toMatchObject({ state: 'open', ceasedAt: at(7) });
    const returned = apply(apply(raised(), { kind: 'ceased', ratingId: '2-bb' }), {
      kind: 'seen',
      sighting: sighting(),
    });
    expect(returned.ceasedAt).toBeNull();
    expect(refused(raised(), { kind: 'close', outcome: 'ceased', reason: 'gone', ...officer })).toContain('outcome');
  });

  const anyone = fc.constantFrom(officer, manager, erp, { actor: 'zhao', roles: ['credit-manager'] } as const);
  const measureId = fc.constantFrom('w-1.1', 'w-1.2', 'w-1.3', 'w-1.4');
  const anyEvent: fc.Arbitrary<WarningEvent> = fc.oneof(
    fc.constant({ kind: 'time-passed' } as const),
    fc.constant({ kind: 'ceased', ratingId: '9-ff' } as const),
    fc.constantFrom(...WARNING_LEVELS).map((level) => ({ kind: 'seen', sighting: sighting({ level }) }) as const),
    anyone.map((who) => ({ kind: 'acknowledge', ...who }) as const),
    fc
      .tuple(anyone, fc.constantFrom(...handling.measures.map(({ code }) => code)))
      .map(([who, measure]) => ({ kind: 'propose', measure, reason: 'seen', ...who }) as const),
    fc
      .tuple(fc.constantFrom('approve', 'confirm', 'reject', 'fail', 'undo'), measureId, anyone)
      .map(([kind, id, who]) => ({ kind, measureId: id, reason: 'seen', ...who })),
    fc
      .tuple(anyone, fc.constantFrom(...WARNING_ENDINGS))
      .map(([who, outcome]) => ({ kind: 'close', outcome, reason: 'seen', ...who }) as const),
  );

  property.prop([fc.array(anyEvent, { maxLength: 40 }), fc.boolean()])(
    'is, after whatever anybody does: one live instruction a countermeasure, nothing approved by who proposed it, nothing on its way once closed, and awake until then',
    (events, known) => {
      let warning = raised({ exposure: known ? 8000 : null });
      events.forEach((event, i) => {
        const before = warning;
        try {
          warning = apply(before, event, i + 1);
        } catch {
          expect(warning).toBe(before);
        }
      });
      const live = warning.measures.filter(({ state }) =>
        ['proposed', 'approved', 'confirmed', 'undoing'].includes(state),
      );
      expect(new Set(live.map(({ code }) => code)).size).toBe(live.length);
      expect(new Set(warning.measures.map((each) => each.measureId)).size).toBe(warning.measures.length);
      for (const { approvedBy, proposedBy } of warning.measures)
        if (approvedBy !== null && approvedBy !== 'policy') expect(approvedBy).not.toBe(proposedBy);
      if (warning.state !== 'closed') expect(warningWakesAt(warning)).not.toBeNull();
      else
        expect(warning.measures.some(({ state }) => ['proposed', 'approved', 'undoing'].includes(state))).toBe(false);
    },
  );
});

describe('the handling of warnings', () => {
  it('is refused with every problem', () => {
    const broken = {
      ...handling,
      ladder: ['credit-officer'],
      responses: [{ warning: null, from: null, measures: ['pray'] }],
      staff: [...staffed.staff, ...staffed.staff],
    };
    // A clock that escalates every microsecond would never rest.
    for (const escalationHours of [-1, 0, 1e-9, Number.NaN, 1e300])
      expect(() => parseWarningHandling({ ...handling, escalationHours })).toThrow(
        expect.objectContaining({ code: 'INVALID_SPEC' }),
      );
    expect(() => parseWarningHandling(broken)).toThrow(expect.objectContaining({ code: 'INVALID_SPEC' }));
    try {
      parseWarningHandling(broken);
    } catch (error) {
      const places = (error as { problems: { at: string }[] }).problems.map((each) => each.at);
      expect(places).toEqual([
        'measures.4.approval',
        'measures.6.approval',
        'measures.11.approval',
        'measures.12.approval',
        'responses.0.measures.0',
        'staff.2.segment',
        'staff.3.segment',
      ]);
    }
  });
});
