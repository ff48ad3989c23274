import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { compile } from '../scoring/index.ts';
import { artefactOf, directedGlassBoxArbitrary, glassBoxArbitrary } from './arbitrary.ts';
import { validateArtefact } from './artefact.ts';
import { directionBreaches } from './directions.ts';
import type { FeatureTerm, FeatureValues, GlassBox } from './glass-box.ts';

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

const cases = directedGlassBoxArbitrary.chain((model) =>
  fc.record({ model: fc.constant(model), others: valuesOf(model), line: fc.array(anyNumber, { minLength: 2 }) }),
);

describe('declared directions', () => {
  test.prop([cases], { numRuns: 300, seed: 5 })(
    'hold at any inputs, over the whole line, in any artefact without a breach, pairs included',
    ({ model, others, line }) => {
      expect(directionBreaches(model)).toEqual([]);
      const scorer = compile(artefactOf(model));
      for (const term of model.terms) {
        if (term.monotone === null) continue;
        const sign = term.monotone === 'increasing' ? 1 : -1;
        const scores = ascending(term, line).map((x) => scorer.score({ ...others, [term.name]: x }).logOdds);
        for (let i = 1; i < scores.length; i++)
          expect(sign * (scores[i]! - scores[i - 1]!)).toBeGreaterThanOrEqual(-1e-9);
      }
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
