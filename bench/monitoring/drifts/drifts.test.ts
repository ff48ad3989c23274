import { describe, expect, it } from 'vitest';
import { driftingBook, ONSET, SCENARIOS } from './scenarios.ts';
import { firstAlarm } from './watch.ts';

const scenario = (name: string) => SCENARIOS.find((each) => each.name.startsWith(name))!;
const years = Array.from({ length: 8 }, (_, i) => `drifts ${i}`);
const alarms = (name: string, customers: number) =>
  years.map((seed) => firstAlarm(driftingBook(scenario(name), customers, seed), seed));

describe('a season', () => {
  it('is a drift against one month, and none against the same month a year before', () => {
    expect(alarms('a season', 2_000).filter((day) => day !== null)).toHaveLength(years.length);
    expect(alarms('the same season', 2_000).filter((day) => day !== null)).toHaveLength(0);
  });

  it('hides no drift: it is seen beside the season after its onset', () => {
    const days = alarms('one feature up by 0.5 SD beside a season', 2_000);
    for (const day of days) expect(day).toBeGreaterThanOrEqual(ONSET);
  });
});

describe('a drifting book', () => {
  it('is the same up to the onset whatever happens then, and changes as its scenario says', () => {
    const [plain, shifted, broken] = ['nothing', 'covariate shift: one', 'broken field: missing'].map((name) =>
      driftingBook(scenario(name), 300, 'same'),
    );
    let missing = 0;
    plain!.year[3]!.ids.forEach((_, seat) => {
      const before = plain!.now(ONSET - 1, 3, seat);
      expect(shifted!.now(ONSET - 1, 3, seat)).toEqual(before);
      expect(broken!.now(ONSET - 1, 3, seat)).toEqual(before);
      expect(shifted!.now(ONSET, 3, seat).values[0]).toBeCloseTo(before.values[0]! + 0.5, 12);
      if (Number.isNaN(broken!.now(ONSET, 3, seat).values[0])) missing++;
    });
    expect(missing / 300).toBeGreaterThan(0.05);
    expect(missing / 300).toBeLessThan(0.15);
  });
});
