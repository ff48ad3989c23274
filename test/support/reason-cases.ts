import * as fc from 'fast-check';
import type { Json } from '../../base/index.ts';
import type { FeatureTerm, FeatureValues, GlassBox, PairTerm } from '../../models/artefact/index.ts';
import { loadRuleFiles, type RuleFiles } from '../../rating/index.ts';

/** Numbers of the models below; the rules may read all, and `outside`, which no model reads. */
const NUMBERS = ['a', 'b', 'c', 'd', 'e'] as const;
const EDGES = [3, 6, 9];
const LEVELS = ['mining', 'retail', 'trade'];

interface Table {
  readonly fields: readonly string[];
  /** Cells, then outputs. */
  readonly rows: readonly (readonly string[])[];
}

/** What stands in the place of the package's rules. */
interface Instead {
  readonly score?: { readonly [table in 'guarantee' | 'term' | 'macro' | 'industry']?: Table };
  /** Rows beside the package's, reading one more field each: field, cell, code, no better than, no worse than, outcome. */
  readonly policy?: readonly (readonly [string, string, string, string, string, string?])[];
  readonly industry?: boolean;
}

/** Rule files whose criteria and bounds read what is named. */
function filesOf({ score = {}, policy = [], industry = false }: Instead): RuleFiles {
  const files = structuredClone(loadRuleFiles(null)) as unknown as Record<string, Record<string, never>>;
  const at = (file: string): never => files[file] as never;
  const features = Object.fromEntries([...NUMBERS, 'outside'].map((name) => [name, { type: 'number', min: 0 }]));
  files['fields.json'] = { features: { ...features, sector: { type: 'category' } } } as never;
  const about = at('score.about.json') as unknown as { examples: Json; tables: Record<string, Record<string, Json>> };
  about.examples = [{ name: 'nothing is expected', facts: {}, expect: {} }];
  const nodesOf = (file: string) =>
    (at(file) as unknown as { nodes: { name: string; content: { inputs: Json[]; outputs: Json[]; rules: Json[] } }[] })
      .nodes;
  for (const [name, { fields, rows }] of Object.entries(score)) {
    const content = nodesOf('score.json').find((node) => node.name === name)?.content;
    if (content === undefined) throw new Error(name);
    content.inputs = fields.map((field, c) => ({ id: `i${c}`, name: `n${c}`, field }));
    content.rules = rows.map((row, r) => ({
      _id: `r${r}`,
      ...Object.fromEntries(fields.map((_, c) => [`i${c}`, row[c] ?? ''])),
      o1: row[fields.length] ?? '',
    }));
    about.tables[name] = { ...about.tables[name], hit: 'first' };
  }
  const table = nodesOf('policy.json').find((node) => node.name === 'policy')?.content;
  if (table === undefined) throw new Error('policy');
  const texts = (at('policy.about.json') as unknown as { texts: Record<string, Json>; examples: Json }).texts;
  (at('policy.about.json') as unknown as { examples: Json }).examples = [{ name: 'nothing', facts: {}, expect: {} }];
  const known = new Map(
    table.inputs.map((input) => [(input as { field: string }).field, (input as { id: string }).id]),
  );
  for (const [i, [field, cell, code, noBetter, noWorse, outcome = 'note']] of policy.entries()) {
    const id = known.get(field) ?? `x${i}`;
    if (!known.has(field)) table.inputs.push({ id, name: id, field });
    known.set(field, id);
    const quoted = (text: string): string => (text === '' ? '' : JSON.stringify(text));
    table.rules.push({
      _id: `more${i}`,
      [id]: cell,
      o1: quoted(outcome),
      o2: quoted(code),
      o3: quoted(noBetter),
      o4: quoted(noWorse),
    });
    texts[code] = { en: `${code}.`, 'zh-CN': `${code}。` };
  }
  // zen passes over a row that lacks a cell of a column.
  for (const rule of table.rules as Record<string, Json>[])
    for (const { id } of table.inputs as { id: string }[]) rule[id] ??= '';
  if (industry) {
    const regimes = at('regimes.json') as unknown as { industry: { feature: Json; periods: Json } };
    regimes.industry.feature = 'sector';
    regimes.industry.periods = [{ from: '2020-01-01', of: { mining: 'stressed' } }];
  }
  return files as unknown as RuleFiles;
}

const pd: Table = {
  fields: ['model.pd'],
  rows: [
    ['< 0.03', '10'],
    ['>= 0.03 and < 0.2', '0'],
    ['>= 0.2', '-20'],
  ],
};
const three: Table = {
  fields: ['features.a', 'features.b', 'features.c'],
  rows: [
    ['< 5', '< 5', '< 5', '40'],
    ['', '', '', '-5'],
  ],
};
const pair: Table = {
  fields: ['features.b', 'features.d', 'guarantee.offered'],
  rows: [
    ['< 6', '< 4', 'true', '25'],
    ['>= 9', '', '', '-30'],
    ['', '', '', '-8'],
  ],
};
const known: Table = {
  fields: ['data.knownShare', 'data.unusual'],
  rows: [
    ['< 0.9', '', '-20'],
    ['', 'true', '-12'],
    ['', '', '4'],
  ],
};
const own: Table = {
  fields: ['features.a', 'request.termDays'],
  rows: [
    ['< 4', '<= 60', '15'],
    ['< 8', '', '0'],
    ['', '<= 30', '-5'],
    ['', '', '-25'],
  ],
};
const outside: Table = {
  fields: ['features.outside', 'data.stale'],
  rows: [
    ['> 7', 'false', '6'],
    ['> 7', '', '0'],
    ['', '', '-14'],
  ],
};
const wavering: Table = {
  fields: ['model.gradeRank'],
  rows: [
    ['<= 3', '-6'],
    ['4', '9'],
    ['5', '-9'],
    ['> 5', '3'],
  ],
};
const long: Table = {
  fields: ['request.termDays', 'late.pd'],
  rows: [
    ['<= 90', '', '0'],
    ['', '< 0.2', '2'],
    ['', '', '-9'],
  ],
};

/** Rule sets whose criteria and bounds read features, and what follows from features, in every way that there is. */
export const REASON_RULES: { readonly [name: string]: RuleFiles } = {
  'the package’s': filesOf({}),
  'the model’s PD': filesOf({ score: { guarantee: pd } }),
  'three features and two': filesOf({ score: { guarantee: three, macro: pair } }),
  'what is known': filesOf({ score: { guarantee: known, term: long } }),
  'a feature and a term': filesOf({ score: { guarantee: own } }),
  'a feature that no model reads': filesOf({ score: { guarantee: outside, macro: wavering } }),
  'an industry’s regime': filesOf({ industry: true }),
  'a floor': filesOf({ policy: [['customer.age', '>= 18', 'FLOOR', '', 'B3']] }),
  'a cap': filesOf({ policy: [['customer.age', '>= 18', 'CAP', 'B3', '']] }),
  'bounds that features move': filesOf({
    policy: [
      ['features.a', '> 5', 'A_HIGH', 'C2', ''],
      ['features.b', '< 5', 'B_LOW', '', 'B2'],
      ['model.pd', '> 0.4', 'PD_HIGH', '', 'C2'],
      ['features.c', '>= 9', 'C_HIGH', '', '', 'refer'],
    ],
  }),
  everything: filesOf({
    score: { guarantee: pd, term: own, macro: pair, industry: wavering },
    policy: [
      ['data.unusual', 'true', 'UNUSUAL', 'B2', ''],
      ['features.d', '> 6', 'D_HIGH', 'C3', ''],
      ['customer.age', '>= 30', 'FLOOR', '', 'C2'],
    ],
    industry: true,
  }),
};

const contribution = (onGrid: boolean) =>
  onGrid ? fc.integer({ min: -2048, max: 2048 }).map((n) => n / 1024 + 0) : fc.double({ min: -2, max: 2, noNaN: true });

/** Models of five numbers and a sector; contributions on the grid of log-odds, so that sums of gains are exact in any order, or any. */
export const reasonModels = (onGrid: boolean): fc.Arbitrary<GlassBox> => {
  const shape = (bins: number) => fc.array(contribution(onGrid), { minLength: bins, maxLength: bins });
  const more = { band: null, monotone: 'increasing', label: null, display: 'whole' } as const;
  const terms = fc.tuple(...NUMBERS.map(() => shape(5)), shape(5));
  const pairOf = fc.record({
    ends: fc.uniqueArray(fc.nat(4), { minLength: 2, maxLength: 2 }),
    values: fc.array(fc.array(contribution(onGrid), { minLength: 2, maxLength: 2 }), { minLength: 2, maxLength: 2 }),
  });
  return fc
    .record({ intercept: fc.integer({ min: -5, max: 0 }), terms, pairs: fc.array(pairOf, { maxLength: 3 }) })
    .map(({ intercept, terms: shapes, pairs }): GlassBox => ({
      intercept,
      terms: shapes.map((values, i): FeatureTerm => {
        const name = NUMBERS[i];
        const support = [2, 10, 20, 20, 10];
        return name === undefined
          ? {
              name: 'sector',
              type: 'category',
              encoding: { kind: 'category', codes: [], levels: LEVELS },
              shape: values,
              support,
              range: null,
              ...more,
              monotone: null,
            }
          : {
              name,
              type: 'number',
              encoding: { kind: 'number', codes: [], edges: EDGES },
              shape: values,
              support,
              range: [0, 14],
              ...more,
            };
      }),
      pairs: pairs.map(({ ends, values }): PairTerm => {
        const [a = 0, b = 1] = ends.toSorted((x, y) => x - y);
        return { a, b, rowOf: [0, 0, 0, 1, 1], columnOf: [0, 0, 1, 1, 1], values };
      }),
    }));
};

/** Values for those models, missing and strange ones among them; `outside` beside. */
export const reasonValues: fc.Arbitrary<FeatureValues> = fc
  .tuple(
    ...[...NUMBERS, 'outside'].map(() =>
      fc.option(fc.oneof({ weight: 9, arbitrary: fc.nat(12) }, { weight: 1, arbitrary: fc.constant(60) }), {
        nil: null,
        freq: 6,
      }),
    ),
    fc.constantFrom(...LEVELS, 'unseen', null),
  )
  .map((list) => Object.fromEntries(list.map((value, i) => [[...NUMBERS, 'outside', 'sector'][i] ?? '', value])));
