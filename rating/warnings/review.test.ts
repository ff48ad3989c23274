import { fc, it as property } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { clusteredDifference } from '../../models/metrics/index.ts';
import {
  loadWarningHandling,
  raiseWarning,
  reviewWarnings,
  type EarlyWarning,
  type UnwarnedCustomer,
  type WarningFate,
} from './index.ts';

const handling = loadWarningHandling(null);
const at = (hours: number): string => new Date(Date.UTC(2026, 0, 1) + hours * 3_600_000).toISOString();
const raised = (code = 'PD_HIGH', exposure: number | null = null): EarlyWarning => {
  const sighting = { ratingId: '1-aa', level: 'warning', exposure, pd: 0.09, grade: 'C1', at: at(0) } as const;
  return raiseWarning({ warningId: 'w-1', customerId: 'c-1', segment: null, code, sighting }, handling, at(0));
};

describe('the review of warnings', () => {
  const fateOf = (
    i: number,
    code: string,
    fate: WarningFate['fate'],
    more: Partial<EarlyWarning> = {},
  ): WarningFate => ({
    warning: { ...raised(code), customerId: `c-${i}`, ...more },
    fate,
  });
  const defaulted = { kind: 'default', at: at(24 * 90) } as const;
  const survived = { kind: 'none' } as const;

  /** Customers without a warning of whom a share defaulted. */
  const without = (share: number, count = 2_000): UnwarnedCustomer[] =>
    Array.from({ length: count }, (_, i) => ({ customerId: `u-${i}`, bad: i < share * count }));

  it('names rules that never help, those that do, and those of which too little is known', () => {
    const fates = [
      ...Array.from({ length: 100 }, (_, i) => fateOf(i, 'USEFUL', i < 40 ? defaulted : survived)),
      ...Array.from({ length: 300 }, (_, i) => fateOf(i, 'USELESS', i < 2 ? defaulted : survived)),
      ...Array.from({ length: 300 }, (_, i) => fateOf(i, 'FEW', i < 9 ? defaulted : null)),
    ];
    const review = reviewWarnings(fates, { unwarned: without(0.05) });
    expect(review.rules.map(({ code, verdict }) => [code, verdict])).toEqual([
      ['FEW', 'too-few'],
      ['USEFUL', 'helps'],
      ['USELESS', 'never-helps'],
    ]);
    expect(review.neverHelp).toEqual(['USELESS']);
    expect(review.rules[1]).toMatchObject({ raised: 100, known: 100, leadDays: { q1: 90, median: 90, q3: 90 } });
  });

  it('beats no base rate of fewer customers than it asks of a rule, and none that is not known', () => {
    const fates = Array.from({ length: 100 }, (_, i) => fateOf(i, 'USEFUL', i < 40 ? defaulted : survived));
    const verdict = (unwarned: UnwarnedCustomer[]) => reviewWarnings(fates, { unwarned }).rules[0]!.verdict;
    expect(verdict(without(0.05, 30))).toBe('helps');
    expect(verdict(without(0.05, 29))).toBe('too-few');
    expect(verdict([])).toBe('too-few');
    expect(reviewWarnings(fates, { unwarned: [] }).baseRate).toBeNull();
    expect(reviewWarnings(fates, { unwarned: without(0.05) }).baseRate).toBeCloseTo(0.05, 12);
  });

  it('concludes of a rate that rests on few customers no more than it rests on', () => {
    const useless = Array.from({ length: 300 }, (_, i) => fateOf(i, 'R', i < 15 ? defaulted : survived));
    const useful = Array.from({ length: 300 }, (_, i) => fateOf(i, 'R', i < 60 ? defaulted : survived));
    const verdict = (fates: WarningFate[], unwarned: UnwarnedCustomer[]) =>
      reviewWarnings(fates, { unwarned }).rules[0]!.verdict;
    // 5 % of 300 (at most 8.1 %) against 10 %: of thirty customers, which is 3 to 26 %, and of two thousand.
    expect(verdict(useless, without(0.1, 30))).toBe('no-difference-shown');
    expect(verdict(useless, without(0.1))).toBe('never-helps');
    expect(verdict(useful, without(0.1, 30))).toBe('no-difference-shown');
    expect(verdict(useful, without(0.1))).toBe('helps');
  });

  property.prop([fc.integer({ min: 30, max: 200 }), fc.integer({ min: 30, max: 200 }), fc.nat(), fc.nat()])(
    'judges as the difference of the two rates does',
    (warned, others, some, more) => {
      const [bad, badOthers] = [some % (warned + 1), more % (others + 1)];
      const fates = Array.from({ length: warned }, (_, i) => fateOf(i, 'R', i < bad ? defaulted : survived));
      const { low, high } = clusteredDifference(
        { bad: fates.map((_, i) => Number(i < bad)), cluster: fates.map((_, i) => i) },
        {
          bad: Array.from({ length: others }, (_, i) => Number(i < badOthers)),
          cluster: Array.from({ length: others }, (_, i) => warned + i),
        },
      );
      const [rule] = reviewWarnings(fates, {
        unwarned: Array.from({ length: others }, (_, i) => ({ customerId: `u-${i}`, bad: i < badOthers })),
      }).rules;
      expect(rule?.verdict).toBe(low > 0 ? 'helps' : high <= 0 ? 'never-helps' : 'no-difference-shown');
    },
  );

  it('counts a customer once: the same warnings of few customers are less sure than of many', () => {
    const many = Array.from({ length: 60 }, (_, i) => fateOf(i, 'R', i % 2 === 0 ? defaulted : survived));
    const few = Array.from({ length: 60 }, (_, i) => fateOf(i % 6, 'R', (i % 6) % 2 === 0 ? defaulted : survived));
    const width = (fates: WarningFate[]): number => {
      const { precision } = reviewWarnings(fates, { unwarned: without(0.05), least: 1 }).rules[0]!;
      return precision!.high - precision!.low;
    };
    expect(width(few)).toBeGreaterThan(2 * width(many));
  });

  it('measures precision where nothing was done, because a countermeasure that works makes its warning look false', () => {
    const { measures } = raised();
    const done = { measures: measures.map((each) => ({ ...each, state: 'confirmed' as const })) };
    const fates = [
      ...Array.from({ length: 50 }, (_, i) => fateOf(i, 'R', i < 20 ? defaulted : survived)),
      ...Array.from({ length: 50 }, (_, i) => fateOf(100 + i, 'R', i < 2 ? defaulted : survived, done)),
    ];
    const [rule] = reviewWarnings(fates, { unwarned: without(0.05) }).rules;
    expect(rule!.precision!.value).toBeCloseTo(0.4, 12);
    expect(rule!.withMeasures).toMatchObject({ treated: 50, untreated: 50 });
    expect(rule!.withMeasures!.difference!.value).toBeCloseTo(-0.36, 12);
    expect(rule!.withMeasures!.difference!.high).toBeLessThan(0);
  });

  it('is clustered by customer in all its figures: one customer who is let lie sixty times is one', () => {
    const ignored = { ignored: true };
    const once = Array.from({ length: 60 }, (_, i) => fateOf(i, 'R', defaulted, i < 20 ? ignored : {}));
    const often = Array.from({ length: 60 }, (_, i) => fateOf(i % 6, 'R', defaulted, i % 6 < 2 ? ignored : {}));
    const [many, few] = [once, often].map((fates) => reviewWarnings(fates, { unwarned: without(0.05) }).rules[0]!);
    expect(few!.ignored.value).toBeCloseTo(many!.ignored.value, 12);
    expect(few!.ignored).toMatchObject({ rows: 60, customers: 6 });
    expect(few!.ignored.high - few!.ignored.low).toBeGreaterThan(2 * (many!.ignored.high - many!.ignored.low));
  });

  it('tells the median lead time with an interval, and without one where too few customers defaulted', () => {
    const after = (days: number) => ({ kind: 'default', at: at(24 * days) }) as const;
    const leadOf = (fates: WarningFate[]) => reviewWarnings(fates, { unwarned: without(0.05) }).rules[0]!.leadDays;
    const twenty = Array.from({ length: 20 }, (_, i) => fateOf(i, 'R', after(i + 1)));
    // Ranks 6 and 15 of 20: a binomial probability of 0.959.
    expect(leadOf(twenty)).toMatchObject({ q1: 5, median: 10, q3: 15, low: 6, high: 15, customers: 20 });
    const five = Array.from({ length: 50 }, (_, i) => fateOf(i % 5, 'R', after(i + 1)));
    expect(leadOf(five)).toMatchObject({ median: 25, low: null, high: null, rows: 50, customers: 5 });
    // Whose day nobody tells has no lead time.
    expect(leadOf([fateOf(1, 'R', { kind: 'default', at: null }), fateOf(2, 'R', survived)])).toBeNull();
  });

  it('compares no countermeasures of too few customers, and takes a customer on both sides as a pair', () => {
    const done = { measures: raised().measures.map((each) => ({ ...each, state: 'confirmed' as const })) };
    const bothSides = (count: number, shift: number) =>
      Array.from({ length: count }, (_, i) => {
        const fate = i % 4 === 0 ? defaulted : survived;
        return [fateOf(i, 'R', fate), fateOf(i + shift, 'R', fate, done)];
      }).flat();
    const contrastOf = (fates: WarningFate[]) =>
      reviewWarnings(fates, { unwarned: without(0.05) }).rules[0]!.withMeasures!;
    expect(contrastOf(bothSides(29, 0))).toMatchObject({ treatedCustomers: 29, difference: null });
    const [paired, apart] = [contrastOf(bothSides(80, 0)), contrastOf(bothSides(80, 1000))];
    expect([paired.shared, apart.shared]).toEqual([80, 0]);
    expect([paired.difference!.value, apart.difference!.value]).toEqual([0, 0]);
    // Each customer fares alike on both sides, so that nothing is left to chance.
    expect(paired.difference!.high - paired.difference!.low).toBeLessThan(0.05);
    expect(apart.difference!.high - apart.difference!.low).toBeGreaterThan(0.2);
  });
});
