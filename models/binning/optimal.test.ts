import { readFileSync } from 'node:fs';
import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import type { FeatureDeclaration } from '../../features/specs/flat-spec.ts';
import type { FeatureColumn } from '../dataset/dataset.ts';
import {
  informationValue,
  optimalPartition,
  weightOfEvidence,
  WOE_DEFAULTS,
  woeTable,
  type Counts,
  type OptimalBinningOptions,
  type Trend,
} from './index.ts';

interface Solved {
  readonly splits: readonly number[];
  readonly goods: readonly number[];
  readonly bads: readonly number[];
  readonly woe: readonly number[];
  readonly iv: readonly number[];
  readonly totalIv: number;
}

/** From optbinning; how, and of what, is in golden/make.py. */
const golden = JSON.parse(readFileSync(new URL('golden/golden.json', import.meta.url), 'utf8')) as {
  readonly numbers: readonly {
    readonly name: string;
    readonly values: readonly (readonly [number | null, number, number])[];
    readonly fine: readonly number[];
    readonly solved: { readonly [trend: string]: Solved };
  }[];
  readonly categories: readonly (Omit<Solved, 'splits'> & {
    readonly name: string;
    readonly values: readonly (readonly [string, number, number])[];
    readonly groups: readonly (readonly string[])[];
  })[];
};
const SPECIAL = -9;

/** A data set of these values, each with its goods and bads. */
function dataOf<T>(values: readonly (readonly [T, number, number])[]) {
  const each = values.flatMap(([value, goods, bads]) => [
    ...Array.from({ length: goods }, () => ({ value, bad: 0 })),
    ...Array.from({ length: bads }, () => ({ value, bad: 1 })),
  ]);
  const bad = Uint8Array.from(each, (row) => row.bad);
  return { values: each.map(({ value }) => value), outcome: { rows: each.length, bad, weight: null } };
}

const declared = (name: string, type: 'number' | 'category', codes: readonly number[] = []): FeatureDeclaration => {
  return { name, type, codes, monotone: null, label: null };
};
const close = (actual: readonly (number | null)[], expected: readonly number[]): void => {
  expect(actual.length).toBe(expected.length);
  actual.forEach((value, i) => expect(value).toBeCloseTo(expected[i] ?? Number.NaN, 12));
};

/** Two problems of the golden samples where optbinning's answer is another: why, and by how much. */
const OTHERWISE: { readonly [problem: string]: 'equal IV' | 'greater IV' | 'another trend' } = {
  // Two partitions have the same IV.
  'credit_amount none': 'equal IV',
  // optbinning never cuts between two fine bins that run against the trend; the best partition here does.
  'noise descending': 'greater IV',
  // There is nothing to find: optbinning's classifier says valley, the peak has the greater IV.
  'noise auto': 'another trend',
};

describe('optimal binning', () => {
  for (const { name, values, fine, solved } of golden.numbers) {
    for (const [problem, expected] of Object.entries(solved)) {
      it(`of ${name}, ${problem}, has optbinning's bins, WoE and IV`, () => {
        // One value per fine bin, so that both search the same fine bins.
        const { values: given, outcome } = dataOf(values);
        const binned = given.map((value) => {
          if (value === null || value === SPECIAL) return value ?? Number.NaN;
          return fine.filter((split) => split <= value).length;
        });
        const column: FeatureColumn = { kind: 'number', name, values: Float64Array.from(binned) };
        const trend = problem.replace(', 3 bins', '') as OptimalBinningOptions['trend'];
        const maxBins = problem.includes('3 bins') ? 3 : null;
        const options = { ...WOE_DEFAULTS, trend, maxBins };
        const table = woeTable(column, declared(name, 'number', [SPECIAL]), outcome, options);
        const ordinary = table.bins.filter(({ values: [part] }) => part?.kind === 'range');
        const apart = ['missing', 'code'].map((kind) => table.bins.find(({ values: [part] }) => part?.kind === kind));
        const otherwise = OTHERWISE[`${name} ${problem}`];
        if (otherwise !== undefined) {
          if (otherwise === 'equal IV') expect(table.iv).toBeCloseTo(expected.totalIv, 12);
          else expect(table.iv).toBeGreaterThan(expected.totalIv);
          return;
        }
        const edges = ordinary.slice(1).map(({ values: [part] }) => {
          return part?.kind === 'range' && part.from !== null ? fine[Math.ceil(part.from) - 1] : null;
        });
        expect(edges).toEqual(expected.splits);
        // optbinning lists special codes, then missing, with 0 where there is no row.
        const listed = [...ordinary, apart[1], apart[0]];
        expect(listed.map((bin) => bin?.goods ?? 0)).toEqual(expected.goods);
        expect(listed.map((bin) => bin?.bads ?? 0)).toEqual(expected.bads);
        close(
          listed.map((bin) => bin?.woe ?? 0),
          expected.woe,
        );
        close(
          listed.map((bin) => bin?.iv ?? 0),
          expected.iv,
        );
        expect(table.iv).toBeCloseTo(expected.totalIv, 12);
      });
    }
  }

  for (const { name, values, groups, totalIv } of golden.categories) {
    it(`of the categories of ${name} has optbinning's groups and IV`, () => {
      const { values: given, outcome } = dataOf(values);
      const levels = [...new Set(given)];
      const codes = Int32Array.from(given, (value) => levels.indexOf(value));
      const column: FeatureColumn = { kind: 'category', name, levels, codes };
      const table = woeTable(column, declared(name, 'category'), outcome, { ...WOE_DEFAULTS, minLevelShare: 0 });
      const found = table.bins.map(({ values: parts }) =>
        parts.map((part) => (part.kind === 'level' ? part.value : part.kind)).toSorted(),
      );
      expect(found).toEqual(groups);
      expect(table.iv).toBeCloseTo(totalIv, 12);
    });
  }

  const counts = fc.array(
    fc.record({ goods: fc.integer({ min: 0, max: 40 }), bads: fc.integer({ min: 0, max: 20 }) }).map((each): Counts => {
      return { ...each, rows: each.goods + each.bads };
    }),
    { minLength: 1, maxLength: 9 },
  );
  const trends = fc.constantFrom<Trend>('ascending', 'descending', 'peak', 'valley', 'none');
  const limits = fc.record({
    minRows: fc.integer({ min: 1, max: 60 }),
    maxBins: fc.option(fc.integer({ min: 1, max: 5 })),
  });

  test.prop([counts, trends, limits], { numRuns: 400, seed: 20261123 })(
    'has the greatest IV of all partitions that qualify',
    (fine, trend, { minRows, maxBins }) => {
      const found = optimalPartition(fine, { trend, minRows, maxBins });
      const all = partitions(fine.length).filter(
        (ends) => ends.length <= (maxBins ?? Infinity) && qualifies(joined(fine, ends), trend, minRows),
      );
      const most = Math.max(0, ...all.map((ends) => ivOf(joined(fine, ends))));
      expect(found.iv).toBeCloseTo(most, 10);
      if (found.ends.length > 1) expect(qualifies(joined(fine, found.ends), trend, minRows)).toBe(true);
      expect(found.ends.at(-1)).toBe(fine.length - 1);
    },
  );

  test.prop([counts, limits], { numRuns: 200, seed: 2 })(
    'turned around swaps ascending and descending, and leaves the IV',
    (fine, options) => {
      const iv = (bins: readonly Counts[], trend: Trend): number => optimalPartition(bins, { ...options, trend }).iv;
      expect(iv(fine.toReversed(), 'descending')).toBeCloseTo(iv(fine, 'ascending'), 10);
      expect(iv(fine.toReversed(), 'peak')).toBeCloseTo(iv(fine, 'peak'), 10);
      expect(iv(fine, 'none')).toBeGreaterThanOrEqual(iv(fine, 'valley') - 1e-12);
      expect(iv(fine, 'valley')).toBeGreaterThanOrEqual(iv(fine, 'descending') - 1e-12);
    },
  );

  test.prop([fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true })], { seed: 3 })(
    'never takes information away: IV is at least 0, and WoE is null where a class is absent',
    (goods, bads) => {
      expect(informationValue(goods, bads)).toBeGreaterThanOrEqual(0);
      expect(weightOfEvidence(goods, bads) === null).toBe(goods === 0 || bads === 0);
    },
  );
});

/** Every way to cut so many fine bins, as ends of bins. */
function partitions(size: number): number[][] {
  return Array.from({ length: 2 ** (size - 1) }, (_, cuts) => [
    ...Array.from({ length: size - 1 }, (__, i) => i).filter((i) => (cuts >> i) & 1),
    size - 1,
  ]);
}

function joined(fine: readonly Counts[], ends: readonly number[]): Counts[] {
  return ends.map((end, b) =>
    fine.slice(b === 0 ? 0 : ends[b - 1]! + 1, end + 1).reduce((sum, { goods, bads, rows }) => {
      return { goods: sum.goods + goods, bads: sum.bads + bads, rows: sum.rows + rows };
    }),
  );
}

function qualifies(bins: readonly Counts[], trend: Trend, minRows: number): boolean {
  if (bins.some(({ goods, bads, rows }) => rows < minRows || goods === 0 || bads === 0)) return false;
  const rates = bins.map(({ goods, bads }) => bads / (goods + bads));
  const up = (from: number, to: number): boolean =>
    rates.slice(from, to).every((r, i, s) => i === 0 || r >= s[i - 1]! - 1e-12);
  const down = (from: number, to: number): boolean =>
    rates.slice(from, to).every((r, i, s) => i === 0 || r <= s[i - 1]! + 1e-12);
  const turns = rates.map((_, i) => i);
  if (trend === 'ascending') return up(0, rates.length);
  if (trend === 'descending') return down(0, rates.length);
  if (trend === 'peak') return turns.some((i) => up(0, i + 1) && down(i, rates.length));
  if (trend === 'valley') return turns.some((i) => down(0, i + 1) && up(i, rates.length));
  return true;
}

function ivOf(bins: readonly Counts[]): number {
  const total = joined(bins, [bins.length - 1])[0]!;
  if (total.goods === 0 || total.bads === 0) return 0;
  return bins.reduce((sum, { goods, bads }) => sum + informationValue(goods / total.goods, bads / total.bads), 0);
}
