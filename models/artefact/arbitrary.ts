import * as fc from 'fast-check';
import type { Monotone } from '../../features/specs/flat-spec.ts';
import type { Artefact, Encoding, FeatureTerm, GlassBox, PairTerm } from './glass-box.ts';
import { onGrain } from './grain.ts';
import { binCount } from './schema.ts';

const contribution = fc.double({ min: -4, max: 4, noNaN: true }).map((value) => value + 0);

/** Edges and codes as data have them, and as nobody would wish for: integers, tiny, huge, neighbours in the last bit. */
const hardNumber = fc.oneof(
  fc.integer({ min: -50, max: 50 }),
  fc.double({ min: -1e6, max: 1e6, noNaN: true }),
  fc.constantFrom(0, 0.1, 0.30000000000000004, 0.3, 1e308, -1e308, 5e-324, -5e-324, 9007199254740991, 1e-300),
);
const level = fc.oneof(
  fc.string({ minLength: 1, maxLength: 6 }),
  fc.constantFrom("O'Brien", '"quoted"', 'a"; drop table x; --', '🙂', '中文', ' ', 'NULL', 'nan', '\\', 'é', 'é'),
);

function dedupe<T>(values: readonly T[]): T[] {
  return [...new Set(values)];
}

const numberEncoding: fc.Arbitrary<Encoding> = fc
  .record({
    codes: fc.array(hardNumber, { maxLength: 2 }),
    edges: fc.array(hardNumber, { maxLength: 40, size: 'max' }),
  })
  .map(({ codes, edges }) => ({
    kind: 'number',
    codes: dedupe(codes.map((code) => code + 0)),
    edges: dedupe(edges.map((edge) => edge + 0)).sort((a, b) => a - b),
  }));

const categoryEncoding: fc.Arbitrary<Encoding> = fc
  .uniqueArray(level, { maxLength: 8 })
  .chain((levels) =>
    fc
      .integer({ min: 0, max: Math.min(2, levels.length) })
      .map((codes) => ({ kind: 'category', codes: levels.slice(0, codes), levels: levels.slice(codes) })),
  );

function term(name: string): fc.Arbitrary<FeatureTerm> {
  return fc.oneof(numberEncoding, categoryEncoding).chain((encoding) => {
    const bins = binCount(encoding);
    return fc
      .record({
        shape: fc.array(contribution, { minLength: bins, maxLength: bins }),
        date: fc.boolean(),
      })
      .map(({ shape, date }): FeatureTerm => ({
        name,
        type: encoding.kind === 'category' ? 'category' : date ? 'date' : 'number',
        encoding,
        shape: shape.map((value) => value + 0),
        support: shape.map(() => 1),
        band: null,
        monotone: null,
        range: encoding.kind === 'number' ? [-100, 100] : null,
        label: null,
      }));
  });
}

function pair(terms: readonly FeatureTerm[], a: number, b: number): fc.Arbitrary<PairTerm> {
  const binsOf = (index: number): number => {
    const found = terms[index];
    return found ? binCount(found.encoding) : 0;
  };
  return fc
    .record({ rows: fc.integer({ min: 1, max: 4 }), columns: fc.integer({ min: 1, max: 4 }) })
    .chain(({ rows, columns }) =>
      fc.record({
        a: fc.constant(a),
        b: fc.constant(b),
        rowOf: fc.array(fc.integer({ min: 0, max: rows - 1 }), { minLength: binsOf(a), maxLength: binsOf(a) }),
        columnOf: fc.array(fc.integer({ min: 0, max: columns - 1 }), { minLength: binsOf(b), maxLength: binsOf(b) }),
        values: fc.array(fc.array(contribution, { minLength: columns, maxLength: columns }), {
          minLength: rows,
          maxLength: rows,
        }),
      }),
    );
}

const featureName = fc.oneof(
  fc.string({ minLength: 1, maxLength: 8 }),
  fc.constantFrom(
    'age',
    'Age',
    'it\'s "quoted"',
    '收入',
    '💰 income',
    'select',
    '__proto__',
    'constructor',
    'a × b',
    'pd',
    'id',
  ),
);

/** Random glass boxes: numbers, dates, categories, special codes, pairs, and names that need quoting. For tests. */
export const glassBoxArbitrary: fc.Arbitrary<GlassBox> = fc
  .uniqueArray(featureName, { minLength: 1, maxLength: 6 })
  .chain((names) => fc.tuple(...names.map(term)))
  .chain((terms: FeatureTerm[]) => {
    const couples = terms.flatMap((_, a) => terms.slice(a + 1).map((__, k) => [a, a + 1 + k] as const));
    return fc.subarray(couples, { maxLength: Math.min(4, couples.length) }).chain((chosen) =>
      fc.record({
        intercept: contribution,
        terms: fc.constant(terms),
        pairs: fc.tuple(...chosen.map(([a, b]) => pair(terms, a, b))),
      }),
    );
  });

/** Wraps a glass box into an artefact whose other parts are plausible and fixed. For tests. */
export function artefactOf(model: GlassBox, name = 'test'): Artefact {
  return {
    format: 'probity.glass-box/1',
    name,
    target: { kind: 'default', definition: 'bad = 1', horizonMonths: 12 },
    model,
    calibration: { method: 'none', slope: 1, intercept: 0, logLossBefore: 0.5, logLossAfter: 0.5 },
    provenance: {
      seed: 1,
      trainingSetHash: 'a'.repeat(64),
      specHash: 'b'.repeat(64),
      featureViews: {},
      rows: 100,
      bads: 10,
      period: null,
      trainer: { version: '1', options: {} },
    },
    outOfFold: { auc: 0.7, logLoss: 0.4 },
    protected: [],
    warnings: [],
  };
}

/** Random artefacts, sound by construction. For tests. */
export const artefactArbitrary: fc.Arbitrary<Artefact> = glassBoxArbitrary.map((model) => artefactOf(model));

/**
 * Random glass boxes whose number features have directions that hold: shapes and pairs are sorted, then each pair's main effects are moved
 * into the shapes by random amounts, so that no single table needs to go the declared way while their sum does. For tests.
 */
const directedArbitrary = (snapped: (value: number) => number): fc.Arbitrary<GlassBox> =>
  glassBoxArbitrary.chain((model) =>
    fc
      .record({
        directions: fc.array(fc.constantFrom<Monotone | null>('increasing', 'decreasing', null), {
          minLength: model.terms.length,
          maxLength: model.terms.length,
        }),
        moved: fc.array(contribution.map(snapped), { minLength: 32, maxLength: 32 }),
      })
      .map(({ directions, moved }) => directed(mapped(model, snapped), directions, moved)),
  );

/** With values on the grain, as training makes them: sums are exact. */
export const directedGlassBoxArbitrary = directedArbitrary(onGrain);

/** With any values, as training never makes them: sums are rounded. */
export const roundedGlassBoxArbitrary = directedArbitrary((value) => value);

/** The model with each of its values changed. */
const mapped = (model: GlassBox, change: (value: number) => number): GlassBox => ({
  ...model,
  intercept: change(model.intercept),
  terms: model.terms.map((each) => ({ ...each, shape: each.shape.map(change) })),
  pairs: model.pairs.map((each) => ({ ...each, values: each.values.map((row) => row.map(change)) })),
});

function directed(model: GlassBox, directions: readonly (Monotone | null)[], moved: readonly number[]): GlassBox {
  const shapes = model.terms.map(({ shape }) => [...shape]);
  const monotone = model.terms.map(({ encoding }, t) => (encoding.kind === 'number' ? directions[t]! : null));
  const inOrder = (values: number[], way: Monotone | null): number[] =>
    way === null ? values : values.sort((x, y) => (way === 'increasing' ? x - y : y - x));
  model.terms.forEach(({ encoding }, t) => {
    const first = 1 + encoding.codes.length;
    shapes[t] = [...shapes[t]!.slice(0, first), ...inOrder(shapes[t]!.slice(first), monotone[t]!)];
  });
  const pairs = model.pairs.map((pair, p): PairTerm => {
    const along = (map: readonly number[], t: number): number[] => {
      const first = 1 + model.terms[t]!.encoding.codes.length;
      return [...map.slice(0, first), ...inOrder(map.slice(first), monotone[t] === null ? null : 'increasing')];
    };
    const [rowOf, columnOf] = [along(pair.rowOf, pair.a), along(pair.columnOf, pair.b)];
    // Sorting rows keeps sorted columns sorted.
    const width = pair.values[0]!.length;
    const byColumn = Array.from({ length: width }, (_, j) =>
      inOrder(
        pair.values.map((row) => row[j]!),
        monotone[pair.a]!,
      ),
    );
    const values = pair.values.map((_, i) =>
      inOrder(
        byColumn.map((column) => column[i]!),
        monotone[pair.b]!,
      ),
    );
    const shift = (i: number): number => moved[(7 * p + i) % moved.length]!;
    shapes[pair.a] = shapes[pair.a]!.map((value, bin) => value + shift(rowOf[bin]!));
    return { ...pair, rowOf, columnOf, values: values.map((row, i) => row.map((value) => value - shift(i))) };
  });
  return {
    ...model,
    terms: model.terms.map((each, t) => ({ ...each, shape: shapes[t]!, monotone: monotone[t]! })),
    pairs,
  };
}
