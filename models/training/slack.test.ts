import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { seededRandom } from '../../base/random.ts';
import type { AxisLayout, Direction, PairLayout, Tables, TermLayout } from './layout.ts';
import { settleDirections, slackOf } from './slack.ts';

const direction = fc.constantFrom<Direction>(-1, 0, 1);

/** Two terms of 7 and 5 bins (2 and 1 of them outside the order) and their pair on coarser bins. */
function layouts(a: Direction, b: Direction): { terms: TermLayout[]; pair: PairLayout } {
  const axis = (term: number, coarse: number[], first: number, side: Direction): AxisLayout => ({
    term,
    coarse: Uint16Array.from(coarse),
    bins: Math.max(...coarse) + 1,
    first,
    direction: side,
  });
  return {
    terms: [
      { bins: 7, first: 2, ordered: true, direction: a },
      { bins: 5, first: 1, ordered: true, direction: b },
    ],
    pair: { a: axis(0, [0, 1, 2, 2, 3, 3, 4], 2, a), b: axis(1, [0, 1, 1, 2, 3], 1, b) },
  };
}

function randomTable(size: number, seed: string): Float64Array {
  const random = seededRandom(seed);
  return Float64Array.from({ length: size }, () => random.normal());
}

/** Log-odds by bin of the first and bin of the second term. */
function surface(tables: Tables, { a, b }: PairLayout): number[][] {
  return [...a.coarse].map((i, x) =>
    [...b.coarse].map((j, y) => tables.terms[0]![x]! + tables.terms[1]![y]! + tables.pairs[0]![i * b.bins + j]!),
  );
}

describe('slack', () => {
  test.prop([fc.integer({ min: 0, max: 1e6 }), direction, direction], { seed: 1 })(
    'kept up over any steps, it is what the tables say',
    (seed, a, b) => {
      const { terms, pair } = layouts(a, b);
      const tables: Tables = {
        intercept: 0,
        terms: terms.map((term, t) => randomTable(term.bins, `${seed}/${t}`)),
        pairs: [randomTable(pair.a.bins * pair.b.bins, `${seed}/pair`)],
      };
      const slack = slackOf(terms, [pair], tables);
      for (let step = 0; step < 6; step++) {
        const table = step % 3 === 2 ? tables.pairs[0]! : tables.terms[step % 3]!;
        const delta = randomTable(table.length, `${seed}/step/${step}`);
        if (step % 3 === 2) slack.addPair(0, delta);
        else slack.addTerm(step % 3, delta);
        delta.forEach((each, k) => (table[k]! += each));
      }
      const fresh = slackOf(terms, [pair], tables);
      fresh.terms.forEach((each, t) =>
        each === null
          ? expect(slack.terms[t]).toBeNull()
          : each.forEach((value, bin) =>
              value === Infinity
                ? expect(slack.terms[t]![bin]).toBe(Infinity)
                : expect(slack.terms[t]![bin]).toBeCloseTo(value, 9),
            ),
      );
    },
  );

  test.prop([fc.integer({ min: 0, max: 1e6 }), direction, direction], { seed: 1 })(
    'where none is negative, settling keeps the function and puts the direction into every table',
    (seed, a, b) => {
      const { terms, pair } = layouts(a, b);
      const tables: Tables = {
        intercept: 0,
        terms: terms.map((term) => new Float64Array(term.bins)),
        pairs: [randomTable(pair.a.bins * pair.b.bins, `${seed}/pair`)],
      };
      // Shapes that make up for what the pair takes: just enough, plus something.
      const lack = slackOf(terms, [pair], tables);
      terms.forEach((term, t) => {
        const spare = randomTable(term.bins, `${seed}/spare/${t}`).map(Math.abs);
        const shape = tables.terms[t]!;
        for (let bin = 1; bin < term.bins; bin++) {
          const least = lack.terms[t]?.[bin] ?? 0;
          shape[bin] =
            shape[bin - 1]! + (term.direction || 1) * (spare[bin]! + Math.max(0, least === Infinity ? 0 : -least));
        }
      });
      const before = surface(tables, pair);
      settleDirections(tables, terms, [pair]);
      surface(tables, pair).forEach((row, i) =>
        row.forEach((value, j) => expect(value).toBeCloseTo(before[i]![j]!, 9)),
      );
      const rises = (low: number, high: number, side: Direction): void =>
        expect(side * high).toBeGreaterThanOrEqual(side * low);
      terms.forEach(({ first, bins, direction: side }, t) => {
        for (let bin = first + 1; bin < bins; bin++) rises(tables.terms[t]![bin - 1]!, tables.terms[t]![bin]!, side);
      });
      const width = pair.b.bins;
      const cell = (i: number, j: number): number => tables.pairs[0]![i * width + j]!;
      for (let i = 0; i < pair.a.bins; i++)
        for (let j = 0; j < width; j++) {
          if (i > pair.a.first) rises(cell(i - 1, j), cell(i, j), a);
          if (j > pair.b.first) rises(cell(i, j - 1), cell(i, j), b);
        }
    },
  );
});
