import { fc, test } from '@fast-check/vitest';
import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { artefactOf } from '../artefact/arbitrary.ts';
import type { Artefact, FeatureTerm } from '../artefact/glass-box.ts';
import { neighbour } from '../golden/index.ts';
import { compile } from './compile.ts';
import { edgeCells } from './edge-cells.ts';
import { scoreSql } from './sql.ts';
import { sqlDouble } from './sql-double.ts';
import type { ReadValue } from './sql-repeated.ts';

let instance: DuckDBInstance;
let connection: DuckDBConnection;

beforeAll(async () => {
  instance = await DuckDBInstance.create(':memory:', { threads: '4' });
  connection = await instance.connect();
});
afterAll(() => {
  connection.closeSync();
  instance.closeSync();
});

/** Bins tell themselves: the shape of bin k is k. */
function model(edges: readonly number[], codes: readonly number[] = []): Artefact {
  const bins = edges.length + codes.length + 2;
  const term: FeatureTerm = {
    name: 'x',
    type: 'number',
    encoding: { kind: 'number', codes, edges },
    shape: Array.from({ length: bins }, (_, k) => k),
    support: Array.from({ length: bins }, () => 1),
    band: null,
    monotone: null,
    range: [0, 1],
    label: null,
  };
  return artefactOf({ intercept: 0, terms: [term], pairs: [] });
}

const ENDS = [
  Number.NaN,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  0,
  -0,
  Number.MAX_VALUE,
  -Number.MAX_VALUE,
];

function textOf(value: number | null): string {
  if (value === null) return 'NULL';
  return Number.isFinite(value) ? sqlDouble(value) : `'${value}'`;
}

/** Row by row and as the values of a dictionary. */
async function sameByBoth(artefact: Artefact, values: readonly (number | null)[]): Promise<void> {
  const rows = values.map((value, i) => `(${i}, ${textOf(value)}::DOUBLE)`).join(', ');
  const answered = async (repeated: ReadonlyMap<number, ReadValue>): Promise<unknown[][]> => {
    const options = { keep: ['i'], contributions: true, repeated };
    const sql = scoreSql(artefact, `(SELECT * FROM (VALUES ${rows}) AS v(i, x))`, options);
    return (await connection.runAndReadAll(`SELECT log_odds, "x" FROM (${sql}) ORDER BY i`)).getRows();
  };
  const scorer = compile(artefact);
  const expected = values
    .map((x) => scorer.score({ x }))
    .map(({ logOdds, contributions }) => [logOdds, contributions[0]]);
  expect(await answered(new Map())).toEqual(expected);
  expect(await answered(new Map([[0, (value) => `CAST(${value} AS DOUBLE)`]]))).toEqual(expected);
}

const around = (edges: readonly number[]): number[] =>
  edges.flatMap((edge) => [neighbour(edge, false), edge, neighbour(edge, true)]);

/** Distinct edges, ascending, as skewed as they come. */
const edgesOf = (value: fc.Arbitrary<number>): fc.Arbitrary<number[]> =>
  fc
    .uniqueArray(value, { minLength: 1, maxLength: 220, size: 'max' })
    .map((edges) => [...new Set(edges.map((edge) => edge + 0))].sort((a, b) => a - b));

const skewed = fc
  .tuple(fc.double({ min: -1, max: 1, noNaN: true }), fc.double({ min: -3, max: 9, noNaN: true }))
  .map(([sign, power]) => sign * 10 ** power);

describe('bins in SQL', () => {
  test.prop(
    [
      fc.oneof(
        edgesOf(skewed),
        edgesOf(fc.integer({ min: -50, max: 400 })),
        edgesOf(fc.double({ noNaN: true, noDefaultInfinity: true })),
      ),
    ],
    { numRuns: 40, seed: 20261127 },
  )(
    'are those of TypeScript at every edge, beside it, at both ends of the real line, and where nothing is',
    async (edges) => {
      await sameByBoth(model(edges, edges.length > 30 ? [edges[3] as number, -9] : []), [
        null,
        ...ENDS,
        ...around(edges),
      ]);
    },
  );

  it('are exact where sums of a place overflow', async () => {
    const edges = Array.from({ length: 40 }, (_, k) => (k - 20) * 8.5e306);
    await sameByBoth(model(edges), [null, ...ENDS, ...around(edges), 1.7e308, 9e307]);
    const tiny = Array.from({ length: 40 }, (_, k) => k * 5e-324);
    await sameByBoth(model(tiny), [null, ...ENDS, ...around(tiny), 1.7e308]);
    const large = Array.from({ length: 40 }, (_, k) => (k - 20) * 4e278);
    await sameByBoth(model(large), [null, ...ENDS, ...around(large), 1.7976931348623155e308, -1.7976931348623155e308]);
  });

  test.prop([edgesOf(skewed)], { numRuns: 50, seed: 20261127 })(
    'of skewed quantiles take a few comparisons',
    (edges) => {
      const { below, steps } = edgeCells(edges);
      expect(below.every((count, k) => count <= edges.length && count >= (below[k - 1] ?? 0))).toBe(true);
      expect(steps).toBeLessThanOrEqual(Math.ceil(Math.log2(edges.length + 1)));
    },
  );

  it('of edges as quantiles of amounts lie take two comparisons at most', () => {
    const lognormal = Array.from({ length: 199 }, (_, k) => Math.round(Math.exp(7 + 1.4 * probit((k + 1) / 200))));
    expect(edgeCells([...new Set(lognormal)]).steps).toBeLessThanOrEqual(2);
    expect(edgeCells(Array.from({ length: 60 }, (_, k) => k + 0.5)).steps).toBe(1);
  });
});

/** Normal quantile, Tukey's lambda approximation: close enough to lay edges out. */
const probit = (p: number): number => (p ** 0.135 - (1 - p) ** 0.135) / 0.1975;

describe('the statement', () => {
  it('answers rows in the order of its relation, with threads', async () => {
    const artefact = model(Array.from({ length: 50 }, (_, k) => k * k));
    await connection.run('CREATE TABLE many AS SELECT i, (i * 7919 % 3000)::DOUBLE AS x FROM range(300000) AS r(i)');
    await connection.run(`CREATE TABLE scored AS ${scoreSql(artefact, 'many', { keep: ['i'] })}`);
    const result = await connection.runAndReadAll('SELECT count(*) FILTER (i <> rowid), count(*) FROM scored');
    expect(result.getRows()).toEqual([[0n, 300_000n]]);
  });
});
