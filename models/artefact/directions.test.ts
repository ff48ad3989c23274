import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { compile } from '../scoring/index.ts';
import { artefactOf, directedGlassBoxArbitrary, glassBoxArbitrary, roundedGlassBoxArbitrary } from './arbitrary.ts';
import { validateArtefact } from './artefact.ts';
import { directionBreaches } from './directions.ts';
import type { FeatureTerm, FeatureValues, GlassBox } from './glass-box.ts';
import { GRAIN, sumsAreExact } from './grain.ts';

const anyNumber = fc.oneof(
  fc.double({ noNaN: true }),
  fc.integer({ min: -60, max: 60 }),
  fc.constantFrom(-Infinity, -1e308, -0, 0, 5e-324, 0.3, 0.30000000000000004, 1e308, Infinity),
);

/** A value of each feature, aimed at its edges and codes, and at everything else. */
function valuesOf(model: GlassBox): fc.Arbitrary<FeatureValues> {
  const of = ({ encoding }: FeatureTerm): fc.Arbitrary<number | string | null> => {
    if (encoding.kind === 'category')
      return fc.constantFrom<string | null>(null, 'never seen', ...encoding.codes, ...encoding.levels);
    const aimed = [...encoding.edges, ...encoding.codes];
    return fc.oneof(fc.constant(null), anyNumber, ...(aimed.length > 0 ? [fc.constantFrom(...aimed)] : []));
  };
  return fc
    .tuple(...model.terms.map(of))
    .map((values) => Object.fromEntries(model.terms.map(({ name }, i) => [name, values[i] ?? null])));
}

/** The numbers of a term in ascending order without its special codes: what its direction binds. */
const ascending = (term: FeatureTerm, numbers: readonly number[]): number[] => {
  const codes: readonly (number | string)[] = term.encoding.codes;
  const edges = term.encoding.kind === 'number' ? term.encoding.edges : [];
  return [...numbers, ...edges].filter((x) => !codes.includes(x + 0)).sort((a, b) => a - b);
};

const casesOf = (models: fc.Arbitrary<GlassBox>) =>
  models.chain((model) =>
    fc.record({ model: fc.constant(model), others: valuesOf(model), line: fc.array(anyNumber, { minLength: 2 }) }),
  );

/** The furthest that the log-odds go against a declared direction along a line of values. */
function worstFall(model: GlassBox, others: FeatureValues, line: readonly number[]): number {
  const scorer = compile(artefactOf(model));
  let worst = 0;
  for (const term of model.terms) {
    if (term.monotone === null) continue;
    const sign = term.monotone === 'increasing' ? 1 : -1;
    const scores = ascending(term, line).map((x) => scorer.score({ ...others, [term.name]: x }).logOdds);
    for (let i = 1; i < scores.length; i++) worst = Math.max(worst, sign * (scores[i - 1]! - scores[i]!));
  }
  return worst;
}

describe('declared directions', () => {
  test.prop([casesOf(directedGlassBoxArbitrary)], { numRuns: 300, seed: 5 })(
    'hold to the last bit at any inputs, over the whole line, in any artefact of values like those of training, pairs included',
    ({ model, others, line }) => {
      expect(sumsAreExact(model)).toBe(true);
      expect(directionBreaches(model)).toEqual([]);
      expect(worstFall(model, others, line)).toBe(0);
    },
  );

  test.prop([directedGlassBoxArbitrary, fc.nat()], { numRuns: 300, seed: 7 })(
    'that fail by one grain, the least that a model of training can, are found',
    (model, pick) => {
      const steep = model.terms.flatMap((term, t) => {
        const first = 1 + term.encoding.codes.length;
        return term.monotone !== null && term.shape.length > first + 1 ? [{ t, first }] : [];
      });
      fc.pre(steep.length > 0);
      const { t, first } = steep[pick % steep.length]!;
      const term = model.terms[t]!;
      const sign = term.monotone === 'increasing' ? 1 : -1;
      // Without pairs and with two ordinary bins alike but for a grain, the step is minus that grain.
      const shape = term.shape.map((value, bin) => (bin === first + 1 ? term.shape[first]! - sign * GRAIN : value));
      const terms = model.terms.map((each, at) => (at === t ? { ...each, shape } : each));
      const found = directionBreaches({ ...model, terms, pairs: [] });
      expect(found.filter((breach) => breach.term === t && breach.by >= GRAIN)).toHaveLength(1);
    },
  );

  test.prop([casesOf(roundedGlassBoxArbitrary)], { numRuns: 300, seed: 5 })(
    'of a model that training did not make fall by no more than what its check lets through and its sums are rounded by',
    ({ model, others, line }) => {
      expect(directionBreaches(model)).toEqual([]);
      const { intercept, terms, pairs } = model;
      const largest = (values: readonly number[]): number => Math.max(...values.map(Math.abs));
      const sizes = [
        intercept,
        ...terms.map(({ shape }) => largest(shape)),
        ...pairs.map(({ values }) => largest(values.flat())),
      ];
      const size = sizes.reduce((sum, each) => sum + Math.abs(each), 0);
      // Each of n additions is off by at most 2^-53 of a sum no larger than `size` (Higham 2002, 4.2), in either of two scores.
      const rounding = 2 * sizes.length * 2 ** -53 * size * (1 + 2 ** -40);
      expect(worstFall(model, others, line)).toBeLessThanOrEqual(1e-9 + rounding);
    },
  );

  test.prop([glassBoxArbitrary, fc.constantFrom('increasing', 'decreasing')], { numRuns: 300, seed: 6 })(
    'that do not hold are found, with inputs that show it, and the artefact is refused',
    (free, way) => {
      const model: GlassBox = {
        ...free,
        terms: free.terms.map((term) => (term.encoding.kind === 'number' ? { ...term, monotone: way } : term)),
      };
      const breaches = directionBreaches(model);
      for (const { term, bin, others, by } of breaches) {
        const sumAt = (own: number): number => {
          const binOf = (t: number): number => (t === term ? own : (others.find((each) => each.term === t)?.bin ?? 0));
          const shapes = model.terms.reduce((sum, each, t) => sum + (t === term ? each.shape[own]! : 0), 0);
          return model.pairs
            .filter((pair) => pair.a === term || pair.b === term)
            .reduce(
              (sum, { a, b, rowOf, columnOf, values }) => sum + values[rowOf[binOf(a)]!]![columnOf[binOf(b)]!]!,
              shapes,
            );
        };
        const step = (way === 'increasing' ? 1 : -1) * (sumAt(bin + 1) - sumAt(bin));
        expect(step).toBeCloseTo(-by, 9);
        expect(by).toBeGreaterThan(0);
      }
      const attempt = () => validateArtefact(artefactOf(model));
      if (breaches.length === 0) expect(attempt).not.toThrow();
      else expect(attempt).toThrow(/do not fit/);
    },
  );
});
