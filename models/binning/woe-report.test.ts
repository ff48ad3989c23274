import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { woeCsv, WOE_DEFAULTS, woeHtml, woeTable, woeTables } from './index.ts';
import { makeDataset } from '../dataset/make.ts';
import type { Dataset } from '../dataset/dataset.ts';

const text = fc.constantFrom('a', 'b', '<script>alert(1)</script>', 'x,"y"', '中文', 'rare');
const datasets = fc
  .array(
    fc.record({
      number: fc.oneof(fc.integer({ min: -5, max: 30 }), fc.constantFrom(Number.NaN, Infinity, -Infinity)),
      level: fc.option(text),
      bad: fc.boolean(),
      weight: fc.integer({ min: 1, max: 4 }),
    }),
    { minLength: 2, maxLength: 120 },
  )
  .map((rows): Dataset => {
    const levels = [...new Set(rows.flatMap(({ level }) => level ?? []))];
    return makeDataset({
      rows: rows.length,
      columns: [
        { kind: 'number', name: 'n <b>', values: Float64Array.from(rows, ({ number }) => number) },
        {
          kind: 'category',
          name: 'c',
          levels,
          codes: Int32Array.from(rows, ({ level }) => (level === null ? -1 : levels.indexOf(level))),
        },
      ],
      features: [
        { name: 'n <b>', type: 'number', codes: [3], monotone: null, label: null },
        { name: 'c', type: 'category', codes: ['a'], monotone: null, label: { en: 'Kind', 'zh-CN': '种类' } },
      ],
      bad: Uint8Array.from(rows, ({ bad }) => (bad ? 1 : 0)),
      weight: Float64Array.from(rows, ({ weight }) => weight),
      group: null,
      time: null,
      ids: rows.map((_, i) => String(i)),
    });
  });

describe('binning tables', () => {
  test.prop([datasets], { numRuns: 60, seed: 20261123 })(
    'count every row once, with shares that add up to 1 and the IV of their bins',
    (dataset) => {
      const weight = dataset.weight!.reduce((sum, each) => sum + each, 0);
      for (const { bins, iv } of woeTables(dataset, WOE_DEFAULTS)) {
        const sum = (of: (bin: (typeof bins)[number]) => number): number =>
          bins.reduce((total, bin) => total + of(bin), 0);
        expect(sum(({ rows }) => rows)).toBe(dataset.rows);
        expect(sum(({ goods, bads }) => goods + bads)).toBeCloseTo(weight, 9);
        expect(sum(({ share }) => share)).toBeCloseTo(1, 9);
        expect(sum((bin) => bin.iv)).toBeCloseTo(iv, 12);
        for (const bin of bins) expect(bin.rows).toBeGreaterThan(0);
      }
    },
  );

  test.prop([datasets], { numRuns: 30, seed: 6 })(
    'draw a chart of each feature, in both languages, and let no value into the markup',
    (dataset) => {
      const tables = woeTables(dataset, WOE_DEFAULTS);
      for (const language of ['en', 'zh-CN'] as const) {
        const page = woeHtml(tables, '<i>', language);
        expect(page.match(/<svg /g)?.length).toBe(2);
        expect(page).not.toMatch(/<script|<b>|<i>|NaN|undefined|Infinity"/);
      }
    },
  );

  it('follow the direction that the spec declares, unless told otherwise', () => {
    const values = Float64Array.from({ length: 400 }, (_, i) => i % 20);
    const bad = Uint8Array.from(values, (value, i) => (Math.floor(i / 20) < value ? 1 : 0));
    const column = { kind: 'number', name: 'x', values } as const;
    const feature = { name: 'x', type: 'number', codes: [], label: null } as const;
    const outcome = { rows: 400, bad, weight: null };
    const trendOf = (monotone: 'increasing' | 'decreasing' | null, trend: 'declared' | 'auto'): string =>
      woeTable(column, { ...feature, monotone }, outcome, { ...WOE_DEFAULTS, trend }).trend;
    expect(trendOf('decreasing', 'declared')).toBe('descending');
    expect(trendOf('increasing', 'declared')).toBe('ascending');
    expect(trendOf('decreasing', 'auto')).toBe('ascending');
    expect(trendOf(null, 'declared')).toBe('ascending');
  });

  it('read as CSV, numbers in full', () => {
    const values = Float64Array.from([1, 1, 1, 2, 2, 2, Number.NaN, Number.NaN]);
    const bad = Uint8Array.from([0, 0, 1, 0, 1, 1, 0, 1]);
    const feature = { name: 'x', type: 'number', codes: [], monotone: null, label: null } as const;
    const table = woeTable(
      { kind: 'number', name: 'x', values },
      feature,
      { rows: 8, bad, weight: null },
      WOE_DEFAULTS,
    );
    expect(woeCsv([table], 'en').split('\r\n')).toEqual([
      'Feature,Trend of the bad rate,Values,Rows,Goods,Bads,Share of rows,Bad rate,WoE,IV',
      `x,ascending,< 2,3,2,1,0.375,0.3333333333333333,${Math.log(2)},${0.25 * Math.log(2)}`,
      `x,ascending,≥ 2,3,1,2,0.375,0.6666666666666666,${Math.log(0.5)},${-0.25 * Math.log(0.5)}`,
      'x,ascending,missing,2,1,1,0.25,0.5,0,0',
      '',
    ]);
  });
});
