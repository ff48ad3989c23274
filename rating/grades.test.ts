import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { gradeOf, parseMasterScale } from './master-scale.ts';
import { parsePointsScale, pointsOf, pointsPerLogOdds } from './points.ts';
import { defaultStandards } from './standards.ts';

const { masterScale, points } = defaultStandards();
const logOddsOf = (pd: number): number => Math.log(pd / (1 - pd));

describe('points', () => {
  it('stand at the base score where the odds are the base odds, and 20 more points double them', () => {
    expect(pointsOf(-Math.log(30), points)).toBeCloseTo(600, 10);
    expect(pointsOf(-Math.log(60), points)).toBeCloseTo(620, 10);
    expect(pointsOf(-Math.log(15), points)).toBeCloseTo(580, 10);
  });

  it('equal the published worked example of Siddiqi (600 points at 30:1, PDO 20: factor 28.8539, offset 501.8622)', () => {
    expect(pointsPerLogOdds(points)).toBeCloseTo(28.8539, 4);
    expect(pointsOf(0, points)).toBeCloseTo(501.8622, 4);
  });

  test.prop([fc.double({ min: -40, max: 40, noNaN: true }), fc.double({ min: 1e-6, max: 10, noNaN: true })])(
    'fall as the log-odds of default rise',
    (logOdds, step) => {
      expect(pointsOf(logOdds + step, points)).toBeLessThan(pointsOf(logOdds, points));
    },
  );

  it('refuse a scale with every problem at once', () => {
    expect(() =>
      parsePointsScale({ name: '', version: 0, pointsToDoubleOdds: -1, baseScore: 600, baseOdds: 0 }),
    ).toThrow(
      expect.objectContaining({ code: 'INVALID_SPEC', problems: expect.objectContaining({ length: 4 }) as unknown }),
    );
  });
});

describe('grades', () => {
  test.prop([fc.double({ min: 0, max: 1, noNaN: true })])(
    'cover every PD, and each PD lies in its grade’s bounds',
    (pd) => {
      const grade = gradeOf(pd, 12, masterScale);
      expect(pd).toBeGreaterThanOrEqual(grade.pdFrom);
      if (pd < 1) expect(pd).toBeLessThan(grade.pdBelow);
    },
  );

  test.prop([fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true })])(
    'never rank a riskier customer above a safer one, nor against the points',
    (a, b) => {
      const [low, high] = a <= b ? [a, b] : [b, a];
      const rank = (pd: number): number =>
        masterScale.grades.findIndex(({ code }) => code === gradeOf(pd, 12, masterScale).code);
      expect(rank(low)).toBeLessThanOrEqual(rank(high));
      if (low > 0 && high < 1)
        expect(pointsOf(logOddsOf(low), points)).toBeGreaterThanOrEqual(pointsOf(logOddsOf(high), points));
    },
  );

  it('give a PD on a bound to the riskier grade', () => {
    expect(gradeOf(0.01, 12, masterScale).code).toBe('B1');
    expect(gradeOf(0.01 - Number.EPSILON, 12, masterScale).code).toBe('A3');
  });

  it('of 12 months refuse a PD of another horizon', () => {
    expect(() => gradeOf(0.01, 24, masterScale)).toThrow(expect.objectContaining({ code: 'HORIZON_MISMATCH' }));
  });

  it('have a name in both languages, and bounds that must ascend to 1 with each code once', () => {
    for (const { name } of masterScale.grades) expect(name['zh-CN']).toMatch(/\p{Script=Han}/u);
    const name = { en: 'x', 'zh-CN': 'x' };
    const broken = [
      { code: 'A', pdBelow: 0.5, class: 'high', name },
      { code: 'A', pdBelow: 0.4, class: 'low', name },
    ];
    expect(() => parseMasterScale({ name: 'm', version: 1, horizonMonths: 12, grades: broken })).toThrow(
      expect.objectContaining({
        problems: [
          { at: 'grades.1.code', message: 'This code stands twice.' },
          { at: 'grades.1.pdBelow', message: 'Bounds must ascend.' },
          { at: 'grades.1.pdBelow', message: 'The last bound must be 1.' },
        ],
      }),
    );
  });
});
