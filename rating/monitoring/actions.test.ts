import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { loadActionPolicy, MONITORING_ACTIONS, planActions, type TakenAction } from './index.ts';

const policy = loadActionPolicy(null);
const alarm = { result: 'alarm', broken: [] } as const;
const at = (day: number) => new Date(Date.parse('2026-01-01T00:00:00Z') + day * 86_400_000).toISOString();

describe('what follows an alarm', () => {
  it('is what the policy says; nothing follows what is no alarm, and broken inputs teach nobody', () => {
    expect(planActions(policy, alarm, [], at(0)).due).toEqual(['notify', 'retrain', 'shadow']);
    for (const result of ['quiet', 'immaterial'] as const)
      expect(planActions(policy, { result, broken: [] }, [], at(0))).toEqual({ due: [], limited: [] });
    expect(planActions(policy, { result: 'alarm', broken: ['x'] }, [], at(0)).due).toEqual(['notify']);
  });

  test.prop([fc.array(fc.nat(200), { minLength: 1, maxLength: 120 })])(
    'is taken no oftener than its limit in any of its windows, whatever the days of the alarms',
    (days) => {
      const taken: TakenAction[] = [];
      for (const day of days.toSorted((a, b) => a - b))
        for (const action of planActions(policy, alarm, taken, at(day)).due) taken.push({ action, at: at(day) });
      for (const action of MONITORING_ACTIONS) {
        const { most, days: within } = policy.limits[action];
        const on = taken.filter((each) => each.action === action).map((each) => Date.parse(each.at) / 86_400_000);
        for (const first of on)
          expect(on.filter((day) => day >= first && day < first + within).length).toBeLessThanOrEqual(most);
      }
    },
  );

  it('is not taken again by a clock that went back', () => {
    expect(planActions(policy, alarm, [{ action: 'retrain', at: at(50) }], at(0)).limited).toEqual(['retrain']);
  });

  it('is read from the project, every problem named', () => {
    const folder = mkdtempSync(join(tmpdir(), 'probity-actions-'));
    writeFileSync(
      join(folder, 'monitoring-actions.json'),
      JSON.stringify({ ...policy, onAlarm: ['fall-back'], shadowShare: 2 }),
    );
    expect(() => loadActionPolicy(folder)).toThrow(expect.objectContaining({ code: 'INVALID_SPEC' }));
  });
});
