import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { logistic } from '../../models/scoring/index.ts';
import { gradeOf } from '../master-scale.ts';
import { defaultStandards } from '../standards.ts';
import { blend, gradeBounds, GRAIN, toGrid } from './index.ts';

const scale = defaultStandards().masterScale;
const grades = [...scale.grades.map(({ code }) => code), 'high', 'middle', 'low'];
const logOdds = fc.double({ min: -12, max: 12, noNaN: true }).map(toGrid);
const criterion = fc.record({
  name: fc.constantFrom('a', 'b'),
  points: fc.integer({ min: -200, max: 200 }).map((n) => n / 4),
  weight: fc.constantFrom(0, 0.3, 1, 2.7),
  reference: fc.constantFrom(0, 5, -12.5),
});
const criteria = fc.array(criterion, { maxLength: 6 });
const maybeGrade = fc.option(fc.constantFrom(...grades), { nil: null });
const bounds = fc.array(fc.record({ noBetterThan: maybeGrade, noWorseThan: maybeGrade }), { maxLength: 3 });
const weights = fc.record({ weight: fc.constantFrom(0, 0.5, 1, 3), pointsToDoubleOdds: fc.constantFrom(20, 33) });

const rank = (at: number): number =>
  scale.grades.findIndex(({ code }) => code === gradeOf(logistic(at), scale.horizonMonths, scale).code);
/** The best and worst rank that a bound names, found by looking at the scale and not by the code under test. */
const bestRank = (named: string): number => {
  const byCode = scale.grades.findIndex(({ code }) => code === named);
  return byCode >= 0 ? byCode : scale.grades.findIndex((grade) => grade.class === named);
};
const worstRank = (named: string): number => {
  const byCode = scale.grades.findIndex(({ code }) => code === named);
  return byCode >= 0 ? byCode : scale.grades.findLastIndex((grade) => grade.class === named);
};

describe('the blend', () => {
  test.prop([logOdds, criteria, bounds, weights, fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true }))])(
    'is the sum of its parts to the last bit, in any order',
    (model, points, limits, weight, order) => {
      const { logOdds: final, parts } = blend(model, points, limits, weight, scale);
      const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
      const shares = parts.map((part) => part.logOdds);
      const shuffled = shares.map((share) => [order.next().value, share] as const).sort(([a], [b]) => a - b);
      expect(sum(shares)).toBe(final);
      expect(sum(shuffled.map(([, share]) => share))).toBe(final);
      for (const share of shares) expect(Number.isInteger(share / GRAIN)).toBe(true);
      expect(parts[0]?.logOdds).toBe(model);
    },
  );

  test.prop([logOdds, logOdds, criteria, bounds, weights])(
    'never falls as the model’s log-odds rise',
    (one, other, points, limits, weight) => {
      const [low, high] = [Math.min(one, other), Math.max(one, other)];
      expect(blend(low, points, limits, weight, scale).logOdds).toBeLessThanOrEqual(
        blend(high, points, limits, weight, scale).logOdds,
      );
    },
  );

  test.prop([logOdds, fc.array(criterion, { minLength: 1, maxLength: 4 }), fc.nat(50), bounds, weights])(
    'never rises as a criterion’s points rise',
    (model, points, more, limits, weight) => {
      const [first, ...rest] = points;
      const better = [{ ...first, points: (first?.points ?? 0) + more } as (typeof points)[number], ...rest];
      expect(blend(model, better, limits, weight, scale).logOdds).toBeLessThanOrEqual(
        blend(model, points, limits, weight, scale).logOdds,
      );
    },
  );

  test.prop([logOdds, criteria, bounds, weights])(
    'lies within every bound, and moves no further than it must',
    (model, points, limits, weight) => {
      const { logOdds: final, unbounded, parts } = blend(model, points, limits, weight, scale);
      const best = Math.max(
        -1,
        ...limits.flatMap((limit) => (limit.noBetterThan === null ? [] : [bestRank(limit.noBetterThan)])),
      );
      const worst = Math.min(
        99,
        ...limits.flatMap((limit) => (limit.noWorseThan === null ? [] : [worstRank(limit.noWorseThan)])),
      );
      expect(rank(final)).toBeGreaterThanOrEqual(best);
      // Where bounds contradict, no better than the stricter one: exactly that grade.
      expect(rank(final)).toBeLessThanOrEqual(Math.max(worst, best));
      const held = rank(unbounded) >= best && rank(unbounded) <= worst;
      if (held) expect(final).toBe(unbounded);
      expect(parts.some(({ kind }) => kind === 'bound')).toBe(final !== unbounded);
    },
  );

  it('moves the odds by two where the points say so', () => {
    const points = [{ name: 'a', points: 25, weight: 1, reference: 5 }];
    const { logOdds: final } = blend(-1, points, [], { weight: 1, pointsToDoubleOdds: 20 }, scale);
    expect(Math.exp(final)).toBeCloseTo(Math.exp(-1) / 2, 9);
  });

  it('knows each grade’s log-odds: both ends are in the grade and one grain beyond is in the next', () => {
    for (const { code, from, to } of gradeBounds(scale)) {
      const at = (logOdds: number): string => gradeOf(logistic(logOdds), scale.horizonMonths, scale).code;
      if (Number.isFinite(from)) {
        expect(at(from)).toBe(code);
        expect(at(from - GRAIN)).not.toBe(code);
      }
      if (Number.isFinite(to)) {
        expect(at(to)).toBe(code);
        expect(at(to + GRAIN)).not.toBe(code);
      }
    }
  });
});
