import { readFileSync } from 'node:fs';
import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { near, sample } from './golden/sample.ts';
import { breakEvenPd, DEFAULT_PROFIT, pairedProfit, profitAtCutoff, sensitivity } from './index.ts';

interface Golden {
  readonly cases: readonly ({
    readonly n: number;
    readonly ties: boolean;
    readonly weighted: boolean;
    readonly clustered: boolean;
  } & { readonly [name: string]: number })[];
  readonly power: readonly [number, number, number, number][];
}

const golden = JSON.parse(readFileSync(new URL('golden/profit.json', import.meta.url), 'utf8')) as Golden;

const rowsOf = (n: number) =>
  fc.array(
    fc.record({
      a: fc.double({ min: 0, max: 1, noNaN: true }),
      b: fc.double({ min: 0, max: 1, noNaN: true }),
      bad: fc.nat(1),
    }),
    { minLength: 2, maxLength: n },
  );

describe('profit at the cutoff', () => {
  test.each(golden.cases)('equals the clustered regression of statsmodels ($n rows)', (at) => {
    const { pd, other, bad, weight, cluster } = sample(at.n, at.ties);
    const exposure = pd.map((_, i) => 100 + 900 * ((i * 0.324717957244746) % 1));
    const profit = { gain: at['gain']!, lossGivenDefault: at['lossGivenDefault']! };
    const rows = { bad, exposure, weight: at.weighted ? weight : null, cluster: at.clustered ? cluster : null };
    near(breakEvenPd(profit), at['cutoff']!);
    const own = profitAtCutoff(pd, rows, profit);
    near(own.accepted, at['accepted']!);
    near(own.perApplication, at['perApplication']!);
    const paired = pairedProfit(pd, other, rows, profit);
    for (const figure of ['difference', 'standardError', 'low', 'high', 'pValue'] as const)
      near(paired[figure], at[figure]!);
    expect(paired.decidedOtherwise).toEqual({ good: at['good'], bad: at['bad'] });
  });

  test.each(golden.power)('power of a standard error of %d to find %d', (standardError, material, power, least) => {
    const found = sensitivity(standardError, material);
    near(found?.power ?? Number.NaN, power, 1e-7);
    near(found?.minimumDetectable ?? Number.NaN, least);
    expect(sensitivity(0, material)).toBeNull();
  });

  test.prop([rowsOf(40)])(
    'the difference is that of the two profits, and swapping the models turns its sign',
    (rows) => {
      const [a, b] = [rows.map((row) => row.a), rows.map((row) => row.b)];
      const all = { bad: rows.map((row) => row.bad) };
      const one = pairedProfit(a, b, all);
      const other = pairedProfit(b, a, all);
      const apart = profitAtCutoff(a, all).perApplication - profitAtCutoff(b, all).perApplication;
      expect(one.difference).toBeCloseTo(apart, 12);
      expect(other.difference).toBeCloseTo(-one.difference, 12);
      expect(other.standardError).toBeCloseTo(one.standardError, 12);
    },
  );

  test.prop([rowsOf(40)])('rows of the same customers told twice move neither difference nor interval', (rows) => {
    const twice = [...rows, ...rows];
    const of = (all: typeof rows) => ({
      a: all.map((row) => row.a),
      b: all.map((row) => row.b),
      rows: { bad: all.map((row) => row.bad), cluster: all.map((_, i) => i % rows.length) },
    });
    const [one, two] = [of(rows), of(twice)].map((each) => pairedProfit(each.a, each.b, each.rows));
    expect(two?.difference).toBeCloseTo(one?.difference ?? Number.NaN, 12);
    expect(two?.standardError).toBeCloseTo(one?.standardError ?? Number.NaN, 12);
    expect(two?.decidedOtherwise).toEqual(one?.decidedOtherwise);
  });

  test.prop([fc.double({ min: 0.001, max: 0.999, noNaN: true })])(
    'of all cutoffs, the break-even PD earns most where PDs are true',
    (cutoff) => {
      // A row for each PD on a grid, once bad and once good, weighted by how likely each is.
      const grid = Array.from({ length: 200 }, (_, i) => (i + 0.5) / 200);
      const pd = [...grid, ...grid];
      const rows = { bad: pd.map((_, i) => Number(i < 200)), weight: [...grid, ...grid.map((p) => 1 - p)] };
      const best = profitAtCutoff(pd, rows, DEFAULT_PROFIT).perApplication;
      expect(profitAtCutoff(pd, rows, DEFAULT_PROFIT, cutoff).perApplication).toBeLessThanOrEqual(best + 1e-12);
    },
  );
});
