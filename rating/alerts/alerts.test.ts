import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { applyWarningEvent } from '../warnings/follow-up.ts';
import { loadWarningHandling } from '../warnings/handling.ts';
import { raiseWarning, type EarlyWarning, type Sighting, type WarningEvent } from '../warnings/warning.ts';
import { escalatedAlert, mailAt, mailedPeople, monitoringAlerts, reportAlerts } from './alert.ts';
import { loadAlerting } from './alerting.ts';
import { alertingSchema, type Alerting } from './alerting-schema.ts';
import { alertText, digestText } from './letter.ts';
import { warningAlerts, type NumberedEvent } from './warning-alerts.ts';

const at = '2026-03-01T08:00:00.000Z';
const staffed = {
  ...loadWarningHandling(null),
  staff: [{ segment: null, owner: 'li', deputy: 'zhao' }],
};
const sighting: Sighting = { ratingId: '1-aa', level: 'warning', exposure: 50_000, pd: 0.09, grade: 'C1', at };
const request = { warningId: 'w', customerId: 'C-secret', segment: null, code: 'PD_HIGH', sighting };
const raised = raiseWarning(request, staffed, at);
const officer = { actor: 'li', roles: ['credit-officer'] } as const;
const chen = { actor: 'chen', roles: ['credit-officer'] } as const;

/** The warning after events, and who is told step by step. */
function follow(events: readonly WarningEvent[], start: EarlyWarning = raised, handling = staffed) {
  let warning = start;
  const numbered: NumberedEvent[] = [];
  const told: string[][] = [];
  const tell = (from: number) =>
    warningAlerts(warning, numbered, from, { handling, meaning: null, at }).map(
      ({ cause, to }) => `${cause} ${to.name}`,
    );
  told.push(tell(-1));
  for (const event of events) {
    const now = event.kind === 'time-passed' ? (warning.snoozedUntil ?? at) : at;
    warning = applyWarningEvent(now, warning, event, handling);
    numbered.push({ revision: numbered.length + 1, event });
    told.push(tell(numbered.length - 1));
  }
  return { warning, told };
}

describe('who is told of a warning', () => {
  it('its owner, or where there is none the role that it waits for', () => {
    expect(follow([]).told).toEqual([['raised li']]);
    const nobody = { ...staffed, staff: [] };
    expect(follow([], raiseWarning(request, nobody, at), nobody).told).toEqual([['raised credit-officer']]);
  });

  it('who must approve a countermeasure, where that is not the owner’s own role', () => {
    const critical = { ...request, sighting: { ...sighting, level: 'critical' as const } };
    expect(follow([], raiseWarning(critical, staffed, at)).told).toEqual([
      ['raised li', 'approval-needed credit-manager', 'approval-needed credit-manager'],
    ]);
    const proposed = follow([{ kind: 'propose', measure: 'visit', reason: 'to see', ...officer }]);
    expect(proposed.told[1]).toEqual(['approval-needed credit-officer']);
  });

  it('the deputy, then the ladder, when a deadline passes; the owner, when a warning that was put off wakes up', () => {
    const passed = { kind: 'time-passed' } as const;
    expect(follow([passed, passed]).told.slice(1)).toEqual([['escalated zhao'], ['escalated credit-manager']]);
    const snooze = { kind: 'snooze', until: '2026-03-05T00:00:00.000Z', reason: 'promised', ...officer } as const;
    expect(follow([snooze, passed]).told.slice(1)).toEqual([[], ['woken li']]);
  });

  it('the new owner, not who took it over by hand; the owner, where a countermeasure failed; nobody of what is closed', () => {
    expect(follow([{ kind: 'assign', owner: 'chen', ...officer }]).told[1]).toEqual(['assigned chen']);
    expect(follow([{ kind: 'assign', owner: 'chen', ...chen }]).told[1]).toEqual([]);
    expect(follow([{ kind: 'acknowledge', ...officer }]).told[1]).toEqual([]);
    const measureId = 'w.1';
    const erp = { actor: 'erp', roles: ['applicant-system'] } as const;
    const manager = { actor: 'wang', roles: ['credit-manager'] } as const;
    const failed = follow([
      { kind: 'acknowledge', ...officer },
      { kind: 'approve', measureId, ...manager },
      { kind: 'fail', measureId, reason: 'ERP down', ...erp },
      { kind: 'close', outcome: 'false-alarm', reason: 'looked', ...manager },
    ]);
    expect(failed.told.slice(2)).toEqual([[], ['measure-failed li'], []]);
  });

  it('anew where its level rises, and of nothing where it is only seen again', () => {
    const again = (level: Sighting['level']): WarningEvent => ({
      kind: 'seen',
      sighting: { ...sighting, ratingId: `2-${level}`, level },
    });
    const told = follow([{ kind: 'acknowledge', ...officer }, again('warning'), again('critical')]).told;
    expect(told[2]).toEqual([]);
    expect(told[3]).toContain('raised li');
  });

  it('the same each time it is asked, however the steps are bundled: telling twice is telling once', () => {
    const step = fc.constantFrom<WarningEvent>(
      { kind: 'time-passed' },
      { kind: 'acknowledge', ...officer },
      { kind: 'assign', owner: 'chen', actor: 'wang', roles: ['credit-manager'] },
      { kind: 'seen', sighting: { ...sighting, ratingId: '3-cc', level: 'critical' } },
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 6 }), (steps) => {
        let warning = raised;
        const numbered: NumberedEvent[] = [];
        for (const event of steps) {
          try {
            warning = applyWarningEvent(at, warning, event, staffed);
            numbered.push({ revision: numbered.length + 1, event });
          } catch {
            // Unlawful here: nothing happened.
          }
        }
        const ids = (told: number) =>
          warningAlerts(warning, numbered, told, { handling: staffed, meaning: null, at }).map((each) => each.alertId);
        const all = ids(-1);
        expect(ids(-1)).toEqual(all);
        expect(new Set(all).size).toBe(all.length);
        for (const id of ids(numbered.length)) expect(all).toContain(id);
      }),
    );
  });
});

describe('an alert that reaches nobody', () => {
  it('goes to the deputy, then up the ladder, each once, and ends', () => {
    let alert = warningAlerts(raised, [], -1, { handling: staffed, meaning: null, at })[0]!;
    const chain = [alert];
    for (let next = escalatedAlert(alert, at); next !== null; next = escalatedAlert(alert, at)) {
      alert = next;
      chain.push(alert);
    }
    expect(chain.map(({ to, insteadOf }) => [insteadOf, to.name])).toEqual([
      ['', 'li'],
      ['li', 'zhao'],
      ['zhao', 'credit-officer'],
      ['credit-officer', 'credit-manager'],
    ]);
    expect(new Set(chain.map(({ alertId }) => alertId)).size).toBe(4);
  });
});

const alerting: Alerting = alertingSchema.parse({
  ...loadAlerting(null),
  people: [
    { actor: 'li', email: 'li@example.com', language: 'en', roles: ['credit-officer'] },
    { actor: 'wang', email: 'wang@example.cn', language: 'zh-CN', roles: ['credit-manager'], emailFrom: 'critical' },
    { actor: 'ma', email: 'ma@example.com', language: 'en', roles: ['modeller'], emailFrom: 'never' },
  ],
});
const [first] = warningAlerts(raised, [], -1, { handling: staffed, meaning: null, at });
const mailed = (alert: Parameters<typeof mailedPeople>[0]) => mailedPeople(alert, alerting).map(({ actor }) => actor);

describe('who is told by e-mail', () => {
  it('whom data give an address, from the level on that data or the person say', () => {
    expect(mailed(first!)).toEqual(['li']);
    expect(mailed({ ...first!, level: 'watch' })).toEqual([]);
    expect(mailed({ ...first!, to: { kind: 'role', name: 'credit-manager' } })).toEqual([]);
    expect(mailed({ ...first!, level: 'critical', to: { kind: 'role', name: 'credit-manager' } })).toEqual(['wang']);
    expect(mailed({ ...first!, to: { kind: 'person', name: 'zhao' } })).toEqual([]);
    const alarms = monitoringAlerts({ alarmId: 'a', level: 'critical', code: 'DRIFT', meaning: null, at }, alerting);
    expect(alarms.map(mailed)).toEqual([[], ['wang']]);
  });

  it('of a report, the roles that subscribed to it', () => {
    const of = (report: 'portfolio' | 'customer') =>
      reportAlerts({ reportId: 'r', report, customerId: null, at }, alerting).map((each) => [
        each.to.name,
        mailed(each),
      ]);
    expect(of('portfolio')).toEqual([['credit-manager', ['wang']]]);
    expect(of('customer')).toEqual([['credit-officer', []]]);
  });

  it('nobody twice, and nobody without a name or address', () => {
    const people = [alerting.people[0], alerting.people[0]];
    expect(() => alertingSchema.parse({ ...alerting, people })).toThrow(/stands twice/);
    expect(() => alertingSchema.parse({ ...alerting, people: [{ ...people[0], email: 'li' }] })).toThrow();
  });
});

describe('a digest', () => {
  const minutes = 60;
  test.prop([fc.integer({ min: 0, max: 400 * 86_400_000 }), fc.constantFrom(5, 60, 1440)])(
    'holds an e-mail back to the end of its period and no longer, the same end for all of a period',
    (offset, period) => {
      const told = { ...first!, level: 'warning', facts: { ...first!.facts, dueBy: null } } as const;
      const when = new Date(Date.parse('2026-01-01T00:00:00.000Z') + offset).toISOString();
      const sent = mailAt({ ...told, at: when }, period);
      expect(Date.parse(sent) - Date.parse(when)).toBeGreaterThan(0);
      expect(Date.parse(sent) - Date.parse(when)).toBeLessThanOrEqual(period * 60_000);
      expect(Date.parse(sent) % (period * 60_000)).toBe(0);
      expect(mailAt({ ...told, at: new Date(Date.parse(sent) - 1).toISOString() }, period)).toBe(sent);
    },
  );

  it('holds back nothing critical, nothing that is to be acted on before it, and nothing of who asked for none', () => {
    const facts = { ...first!.facts, dueBy: null };
    const told = { ...first!, facts, at: '2026-03-01T08:10:00.000Z' };
    expect(mailAt(told, minutes)).toBe('2026-03-01T09:00:00.000Z');
    expect(mailAt({ ...told, level: 'critical' }, minutes)).toBe(told.at);
    expect(mailAt({ ...told, facts: { ...facts, dueBy: '2026-03-01T09:00:00.000Z' } }, minutes)).toBe(told.at);
    expect(mailAt(told, 0)).toBe(told.at);
    const [li, wang, ma] = alerting.people;
    const people = [{ ...li!, digestMinutes: 0 }, { ...wang!, emailFrom: null }, ma!];
    const later = alertingSchema.parse({ ...alerting, digestMinutes: minutes, people });
    const ofRole = (name: 'credit-officer' | 'credit-manager') =>
      mailedPeople({ ...told, to: { kind: 'role', name } }, later).map((each) => [each.actor, each.mailAt]);
    expect(ofRole('credit-officer')).toEqual([['li', told.at]]);
    expect(ofRole('credit-manager')).toEqual([['wang', '2026-03-01T09:00:00.000Z']]);
  });

  it('reads as one letter, the most severe first, and alone as it would have come', () => {
    const both = [first!, { ...first!, level: 'critical', about: 'w2' } as const];
    const en = digestText(both, staffed, 'en');
    expect(en.subject).toBe('2 alerts: [Critical] New warning: PD_HIGH');
    expect(en.text.indexOf('Reference: w2')).toBeLessThan(en.text.lastIndexOf('Reference: w'));
    expect(digestText(both, staffed, 'zh-CN').subject).toBe('2条提醒：[严重预警] 新预警：PD_HIGH');
    expect(digestText([first!], staffed, 'en')).toEqual(alertText(first!, staffed, 'en'));
    expect(JSON.stringify(en)).not.toContain('C-secret');
  });
});

it('the text of an alert says level, reason, stake, deadline and where to look, in both languages, and names no customer', () => {
  const en = alertText(first!, staffed, 'en');
  expect(en.subject).toBe('[Warning] New warning: PD_HIGH');
  for (const part of [
    'Exposure at stake: 50,000',
    'Countermeasures: Shorter payment terms',
    'Act by: 2026-03-02 08:00 UTC',
    'Reference: w',
  ])
    expect(en.text).toContain(part);
  const zh = alertText({ ...first!, insteadOf: 'li' }, staffed, 'zh-CN');
  expect(zh.subject).toBe('[预警] 新预警：PD_HIGH');
  for (const part of ['涉及敞口：50,000', '缩短账期', '转由您处理：li']) expect(zh.text).toContain(part);
  expect(JSON.stringify([en, zh])).not.toContain('C-secret');
});
