import { readFileSync } from 'node:fs';
import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../base/random.ts';
import { near } from './golden/sample.ts';
import {
  clusterBootstrap,
  clusteredDifference,
  clusteredMedian,
  clusteredShare,
  ClusterTotals,
  shareDifference,
  wilsonInterval,
} from './index.ts';

interface Golden {
  readonly cases: readonly {
    readonly n: number;
    readonly customers: number;
    readonly share: number;
    readonly bad: number;
    readonly value: number;
    readonly effectiveRows: number;
    readonly low: number;
    readonly high: number;
  }[];
}
const golden = JSON.parse(readFileSync(new URL('golden/clusters.json', import.meta.url), 'utf8')) as Golden;

function rows(n: number, customers: number, share: number) {
  const cluster = Array.from({ length: n }, (_, i) => (i * 7919) % customers);
  const bad = cluster.map((customer, i) =>
    Number(((customer * 0.6180339887498949) % 1) * 0.7 + ((i * 0.7548776662466927) % 1) * 0.3 < share),
  );
  return { bad, cluster };
}

describe('a clustered share', () => {
  it.each(golden.cases)(
    'of $n rows of $customers customers is that of the sandwich variance and the roots of the score',
    (expected) => {
      const { bad, cluster } = rows(expected.n, expected.customers, expected.share);
      expect(bad.reduce((a, b) => a + b, 0)).toBe(expected.bad);
      const found = clusteredShare(bad, cluster);
      for (const name of ['value', 'effectiveRows', 'low', 'high'] as const) near(found[name], expected[name]);
      expect([found.rows, found.customers]).toEqual([expected.n, expected.customers]);
    },
  );

  it('counts each customer once where all fared alike', () => {
    const found = clusteredShare([0, 0, 0, 0, 0, 0], [1, 1, 1, 2, 2, 2]);
    expect(found).toMatchObject({ value: 0, low: 0, high: wilsonInterval(0, 2).high, effectiveRows: 2 });
    expect(clusteredShare([])).toMatchObject({ rows: 0, low: 0, high: 1 });
  });

  it('holds the truth as often as it says where rows of a customer go together, and an unclustered one does not', () => {
    const random = seededRandom('clustered share');
    let [clustered, naive] = [0, 0];
    const runs = 400;
    for (let run = 0; run < runs; run++) {
      const bad: number[] = [];
      const cluster: number[] = [];
      for (let customer = 0; customer < 60; customer++) {
        const value = Number(random.uniform() < 0.2);
        for (let row = 0; row < 5; row++) {
          bad.push(value);
          cluster.push(customer);
        }
      }
      const holds = ({ low, high }: { low: number; high: number }) => Number(low <= 0.2 && 0.2 <= high);
      clustered += holds(clusteredShare(bad, cluster));
      naive += holds(clusteredShare(bad));
    }
    expect(clustered / runs).toBeGreaterThan(0.91);
    expect(naive / runs).toBeLessThan(0.75);
  });
});

describe('a bootstrap of customers', () => {
  const drawn = (seed: string, cluster: (customer: number) => string | null) => {
    const random = seededRandom(seed);
    const totals = new ClusterTotals(2);
    for (let customer = 0; customer < 80; customer++) {
      const level = random.normal();
      for (let row = 0; row < 4; row++) totals.add(cluster(customer), [1, 2 + level + 0.3 * random.normal()]);
    }
    const [mean] = clusterBootstrap(totals, [([n = 0, sum = 0]) => sum / n], { draws: 200, seed });
    return mean ?? { value: Number.NaN, low: Number.NaN, high: Number.NaN };
  };

  it('holds the true mean about as often as it says, and one of rows does not', () => {
    let [clustered, naive] = [0, 0];
    const runs = 120;
    for (let run = 0; run < runs; run++) {
      const holds = ({ low, high }: { low: number; high: number }) => Number(low <= 2 && 2 <= high);
      clustered += holds(drawn(`run ${run}`, (customer) => `c-${customer}`));
      naive += holds(drawn(`run ${run}`, () => null));
    }
    expect(clustered / runs).toBeGreaterThan(0.86);
    expect(naive / runs).toBeLessThan(0.8);
  });

  it('is the same for the same seed, and no number without customers', () => {
    expect(drawn('a', String)).toEqual(drawn('a', String));
    const [none] = clusterBootstrap(new ClusterTotals(1), [([sum = 0]) => sum], { draws: 100, seed: 1 });
    expect(none).toEqual({ value: Number.NaN, low: Number.NaN, high: Number.NaN });
  });

  test.prop([
    fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 1, maxLength: 30 }),
    fc.integer({ min: -5, max: 5 }),
  ])('scales and shifts with its figures: intervals of totals are sums of what customers bring', (values, factor) => {
    const totals = new ClusterTotals(2);
    values.forEach((value, i) => totals.add(`c-${i % 7}`, [value, factor * value]));
    const [one, other, difference] = clusterBootstrap(
      totals,
      [([a = 0]) => a, ([, b = 0]) => b, ([a = 0, b = 0]) => b - factor * a],
      { draws: 100, seed: 7 },
    );
    expect(other?.value).toBe(factor * (one?.value ?? 0) + 0);
    const ends = [factor * (one?.low ?? 0), factor * (one?.high ?? 0)];
    expect(other?.low).toBeCloseTo(Math.min(...ends), 6);
    expect(other?.high).toBeCloseTo(Math.max(...ends), 6);
    expect(difference).toMatchObject({ value: 0, low: 0, high: 0 });
  });
});

describe('a clustered median', () => {
  const upTo = (n: number) => Array.from({ length: n }, (_, i) => i + 1);

  it('has the binomial interval where each customer has one row', () => {
    // The largest k with a binomial sum P(X < k) of at most 0.025, by Python's math.comb: of 20, P(X < 6) = 0.0207 and P(X < 7) = 0.0577.
    for (const [n, low, high] of [
      [6, 1, 6],
      [8, 1, 8],
      [9, 2, 8],
      [12, 3, 10],
      [15, 4, 12],
      [20, 6, 15],
      [25, 8, 18],
    ])
      expect(clusteredMedian(upTo(n!).toReversed())).toMatchObject({ low, high, customers: n });
    expect(clusteredMedian(upTo(5))).toMatchObject({ median: 3, low: null, high: null });
    expect(() => clusteredMedian([])).toThrow(RangeError);
  });

  it('holds the truth as often as it says where rows of a customer go together, and an unclustered one does not', () => {
    const random = seededRandom('clustered median');
    let [clustered, naive] = [0, 0];
    const runs = 400;
    for (let run = 0; run < runs; run++) {
      const values: number[] = [];
      const cluster: number[] = [];
      for (let customer = 0; customer < 40; customer++) {
        const own = random.normal();
        for (let row = 0; row < 5; row++) {
          values.push(own + 0.2 * random.normal());
          cluster.push(customer);
        }
      }
      const [of, alone] = [clusteredMedian(values, cluster), clusteredMedian(values)];
      if (of.low! <= 0 && of.high! >= 0) clustered++;
      if (alone.low! <= 0 && alone.high! >= 0) naive++;
    }
    // Three standard errors of a share of 0.95.
    expect(clustered / runs).toBeGreaterThan(0.95 - 3 * Math.sqrt((0.95 * 0.05) / runs));
    expect(naive / runs).toBeLessThan(0.8);
  });
});

describe('a difference of clustered shares', () => {
  it('is that of independent shares where nobody is on both sides, but for n - 1', () => {
    const side = (n: number, bads: number, from: number) => ({
      bad: Array.from({ length: n }, (_, i) => Number(i < bads)),
      cluster: Array.from({ length: n }, (_, i) => from + i),
    });
    const found = clusteredDifference(side(80, 20, 0), side(60, 6, 1000));
    const plain = shareDifference({ count: 19.75, n: 79 }, { count: 5.9, n: 59 });
    for (const name of ['low', 'high'] as const) near(found[name], plain[name]);
    expect(found.value).toBeCloseTo(0.15, 12);
  });

  it('holds the truth as often as it says where customers are on both sides', () => {
    const random = seededRandom('clustered difference');
    let [paired, apart] = [0, 0];
    const runs = 400;
    for (let run = 0; run < runs; run++) {
      const sides = [0, 1].map(() => ({ bad: [] as number[], cluster: [] as number[] }));
      for (let customer = 0; customer < 100; customer++) {
        const luck = random.uniform();
        // Of each customer, a row on both sides that shares its luck: 30 % against 20 %.
        sides.forEach(({ bad, cluster }, k) => {
          bad.push(Number((random.uniform() < 0.7 ? luck : random.uniform()) < (k === 0 ? 0.3 : 0.2)));
          cluster.push(customer);
        });
      }
      const [a, b] = sides as [(typeof sides)[0], (typeof sides)[0]];
      const of = clusteredDifference(a, b);
      const unpaired = clusteredDifference(a, { ...b, cluster: b.cluster.map((customer) => customer + 1000) });
      if (of.low <= 0.1 && of.high >= 0.1) paired++;
      if (of.high - of.low < unpaired.high - unpaired.low) apart++;
    }
    const error = 3 * Math.sqrt((0.95 * 0.05) / runs);
    expect(Math.abs(paired / runs - 0.95)).toBeLessThan(error);
    expect(apart / runs).toBeGreaterThan(0.95);
  });
});
