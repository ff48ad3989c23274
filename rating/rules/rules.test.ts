import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import type { Json, Problem } from '../../base/index.ts';
import { cell, editedRules, type RuleEdits } from '../../test/support/rules.ts';
import { defaultStandards } from '../standards.ts';
import {
  accepts,
  analyseTable,
  columnRegions,
  loadRuleFiles,
  openRecordedRules,
  openRules,
  parseCell,
  prepareRules,
  parseRuleSet,
  readTable,
  RULE_SET_FILES,
  tableValue,
  zenEngine,
  type LiveRules,
  type RuleField,
  type RuleFiles,
  type RuleTable,
  type Scalar,
} from './index.ts';

const scale = defaultStandards().masterScale;
const field = (name: string, more: Partial<RuleField>): RuleField => ({
  name: `f.${name}`,
  type: 'number',
  late: false,
  min: null,
  max: null,
  integer: false,
  values: null,
  missing: true,
  label: null,
  ...more,
});
const FIELDS = [
  field('number', {}),
  field('whole', { integer: true, min: 0, max: 9 }),
  field('word', { type: 'category' }),
  field('closed', { type: 'category', values: ['a', 'b'], missing: false }),
  field('flag', { type: 'boolean' }),
];

const literal = fc.constantFrom('0', '1', '2.5', '-3', '0.1', '0.3', '4', '7', '1000000');
const numberItem = fc.oneof(
  literal,
  fc.tuple(fc.constantFrom('<', '<=', '>', '>=', '==', '< '), literal).map((parts) => parts.join('')),
  fc
    .tuple(
      fc.constantFrom('[', '('),
      fc.constantFrom(['0', '1'], ['-3', '2.5'], ['4', '4'], ['0.1', '7']),
      fc.constantFrom(']', ')'),
    )
    .map(([open, [a, b], close]) => `${open}${a}..${b}${close}`),
  fc.constantFrom('in [1, 2.5]', 'in (0.1..7]'),
);
const words = fc.constantFrom('"a"', "'b'", '"中"', '"a,b"');
const cellOf = (type: RuleField['type'], closed: boolean) => {
  const missing = fc.constantFrom('', 'null, ');
  const item =
    type === 'number'
      ? numberItem
      : type === 'boolean'
        ? fc.constantFrom('true', 'false')
        : closed
          ? fc.constantFrom('"a"', '"b"')
          : words;
  return fc.oneof(
    fc.constant(''),
    fc.tuple(missing, fc.array(item, { minLength: 1, maxLength: 3 })).map(([start, items]) => start + items.join(', ')),
    item.filter((text) => /^["'tf\d]/.test(text)).map((text) => `!= ${text}`),
    fc.constantFrom(
      'null',
      '!= null',
      ...(type === 'number'
        ? ['not in [1, 4]', 'not in [0..2.5)', '> 0 and <= 4', '>= -3 and < 1']
        : type === 'category'
          ? ['not in ["a"]', 'in ["a","b"]']
          : []),
    ),
  );
};
const row = fc.tuple(...FIELDS.map(({ type, values }) => cellOf(type, values !== null)));
const tableArbitrary = fc.record({
  hit: fc.constantFrom('first' as const, 'collect' as const),
  rows: fc.array(row, { minLength: 1, maxLength: 6 }),
  columns: fc.subarray([0, 1, 2, 3, 4], { minLength: 1, maxLength: 3 }),
});
const valueArbitrary: readonly fc.Arbitrary<unknown>[] = [
  fc.oneof(
    fc.constantFrom(null, 0, 1, 2.5, -3, 0.1, 0.1 + 0.2, 0.3, 4, 7, 1e6, -0, 1e300, -1e300, 5e-324, Infinity, NaN),
    fc.double(),
  ),
  fc.oneof(fc.constantFrom(null, 0, 4, 9, 12, -1, 3.7), fc.double({ min: -2, max: 12, noNaN: true })),
  fc.constantFrom(null, 'a', 'b', '中', 'a,b', 'z', '', 5),
  fc.constantFrom('a', 'b'),
  fc.constantFrom(null, true, false),
];

function tableOf(
  hit: 'first' | 'collect',
  columns: readonly number[],
  rows: readonly (readonly string[])[],
): RuleTable {
  const inputs = columns.map((c) => ({ id: `i${c}`, name: `i${c}`, field: FIELDS[c]?.name ?? '' }));
  const rules = rows.map((cells, r) => ({
    _id: `r${r}`,
    ...Object.fromEntries(columns.map((c) => [`i${c}`, cells[c] ?? ''])),
    o: String(r / 8),
  }));
  const content = { hitPolicy: hit, inputs, outputs: [{ id: 'o', name: 'o', field: 'points' }], rules };
  const problems: Problem[] = [];
  const table = readTable(
    { id: 't', name: 't', type: 'decisionTableNode', content },
    {
      fields: new Map(FIELDS.map((one) => [one.name, one])),
      late: true,
      outputs: { points: { type: 'number' } },
      hit,
      at: 't',
    },
    problems,
  );
  expect(problems).toEqual([]);
  return table;
}

describe('decision tables', () => {
  test.prop([tableArbitrary, fc.array(fc.tuple(...valueArbitrary), { minLength: 20, maxLength: 20 })], {
    numRuns: 120,
  })(
    'answer as zen answers each time, and as their cells are read, for any facts and with missing ones',
    async ({ hit, rows, columns }, facts) => {
      const table = tableOf(hit, columns, rows);
      const kept = zenEngine().prepare(table);
      const asked = zenEngine({ remember: false }).prepare(table);
      for (const values of facts) {
        const given = new Map(FIELDS.map(({ name }, i) => [name, values[i]]));
        const accepting = table.rows.filter(({ tests }) =>
          tests.every((cell, c) =>
            accepts(cell, tableValue(table.fields[c] as RuleField, given.get(table.fields[c]?.name ?? ''))),
          ),
        );
        const read = (hit === 'first' ? accepting.slice(0, 1) : accepting).map(({ id, outputs }) => ({
          row: id,
          outputs,
        }));
        expect(await asked.run(given)).toEqual(read);
        expect(await kept.run(given)).toEqual(read);
        expect(await kept.run(given)).toEqual(read);
      }
    },
  );

  test.prop([tableArbitrary], { numRuns: 120 })(
    'are analysed exactly: every combination asked of zen one by one finds the same unreachable rows, overlaps and gaps',
    async ({ hit, rows, columns }) => {
      const table = tableOf(hit, columns, rows);
      const first = hit === 'first';
      const tests = table.rows.map((each) => each.tests);
      const regions = table.fields.map((each, c) =>
        columnRegions(
          each,
          tests.map((cells) => cells[c] ?? { kind: 'any' }),
        ),
      );
      const found = analyseTable(regions, tests, first);
      let combinations: Scalar[][] = [[]];
      for (const { atoms } of regions)
        combinations = combinations.flatMap((start) => atoms.map(({ example }) => [...start, example]));
      const all = zenEngine({ remember: false }).prepare(tableOf('collect', columns, rows));
      const reached = new Set<string>();
      const pairs = new Set<string>();
      let gaps = 0;
      for (const values of combinations) {
        const hits = await all.run(new Map(table.fields.map(({ name }, c) => [name, values[c]])));
        const ids = hits.map((one) => one.row);
        for (const id of first ? ids.slice(0, 1) : ids) reached.add(id);
        ids.forEach((a, i) => ids.slice(i + 1).forEach((b) => pairs.add(`${a} ${b}`)));
        if (ids.length === 0) gaps++;
      }
      expect(found.analysed).toBe(true);
      expect(found.unreachable.map(({ row: r }) => `r${r}`)).toEqual(
        table.rows.map(({ id }) => id).filter((id) => !reached.has(id)),
      );
      expect(new Set(found.overlaps.map(({ rows: [a, b] }) => `r${a} r${b}`))).toEqual(pairs);
      expect(found.gaps.length > 0).toBe(gaps > 0);
    },
  );

  it('refuse cells that cannot be analysed', () => {
    for (const cell of [
      '$ > 3',
      'len($) > 2',
      '1..5',
      '[5..1]',
      '> 5 and < 3',
      '< 5, null',
      '"a"',
      '1e3',
      '0.1234567891',
      '5 or 6',
      '-',
      '!= 3, 4',
    ])
      expect(() => parseCell(cell, 'number'), cell).toThrow();
    for (const cell of ['a', '"a', '"a\\"', '5', 'true', '> "a"'])
      expect(() => parseCell(cell, 'category'), cell).toThrow();
  });
});

describe('a rule set', () => {
  const files = loadRuleFiles(null);
  /** The examples of a file without those whose names match. */
  const examplesOf = (file: 'policy.about.json', without: RegExp): Json =>
    (files[file] as unknown as { examples: { name: string }[] }).examples.filter(({ name }) => !without.test(name));
  const problemsOf = async (edits: RuleEdits): Promise<string[]> => {
    try {
      await openRules(editedRules(edits), scale);
      return [];
    } catch (error) {
      return (error as { problems: Problem[] }).problems.map(({ at, message }) => `${at}: ${message}`);
    }
  };

  it('that comes with the package is sound and answers its examples', async () => {
    const live = await openRules(files, scale);
    expect(live.set.hash).toMatch(/^[0-9a-f]{64}$/);
    expect(live.set.examples.length).toBeGreaterThan(10);
  });

  it('names unknown fields, outputs and values, with the file and table', async () => {
    const found = await problemsOf({
      'policy.json': {
        'nodes.1.content.inputs.1.field': 'customer.agee',
        [cell(0, 'o1')]: '"maybe"',
        'nodes.1.content.outputs.3.field': 'grad',
      },
    });
    expect(found.join('\n')).toMatch(/policy\.json policy: There is no field "customer\.agee"/);
    expect(found.join('\n')).toMatch(/policy row 1, outcome: "maybe" is none of decline, refer/);
    expect(found.join('\n')).toMatch(/There is no output "grad"/);
  });

  it('has a cell for every column in every row: zen passes over a row that lacks one, whoever reads it would take any', async () => {
    const lacking = structuredClone(editedRules({ 'policy.json': { [cell(2, 'i2')]: '< 18' } })) as {
      'policy.json': { nodes: { content: { rules: Record<string, string>[] } }[] };
    } & RuleFiles;
    delete lacking['policy.json'].nodes[1]?.content.rules[2]?.['i4'];
    await expect(openRules(lacking, scale)).rejects.toMatchObject({
      code: 'INVALID_RULES',
      problems: [{ at: 'policy.json policy row 3', message: 'The row has no cell for customer.overdueAmount.' }],
    });
    // What decided by such a set decides so again.
    const before = await openRecordedRules(
      editedRules(
        { 'policy.about.json': { examples: examplesOf('policy.about.json', /minor|child|under/i) } },
        lacking,
      ),
      scale,
    );
    const facts = new Map<string, Scalar>([
      ['customer.sanctionsHit', false],
      ['customer.age', 17],
    ]);
    const rowsOf = async ({ policy }: LiveRules) => (await policy[0]!.run(facts)).map(({ row }) => row);
    expect(await rowsOf(before)).not.toContain('minor');
    expect(await rowsOf(await openRules(files, scale))).toContain('minor');
  });

  it('names gaps, overlaps and rows that nothing reaches', async () => {
    expect(await problemsOf({ 'limits.json': { [cell(1, 'i1')]: '[0.005..0.01)' } })).toEqual([
      'limits.json limits: No row accepts final.pd: 0.01 or between 0.01 and 0.02.',
    ]);
    expect(await problemsOf({ 'limits.json': { [cell(1, 'i1')]: '[0.005..0.02]' } })).toEqual([
      'limits.json limits rows 2 and 3: Both accept final.pd: 0.02.',
    ]);
    const covered = await problemsOf({ 'limits.json': { [cell(1, 'i1')]: '[0.005..0.08)' } });
    expect(covered).toContain('limits.json limits row 3: No facts reach this row: rows before it take all of them.');
    const empty = await problemsOf({ 'policy.json': { [cell(2, 'i2')]: '< 0' } });
    expect(empty).toContain('policy.json policy row 3: No facts reach this row.');
  });

  it('names examples that fail, codes without texts, expressions, and facts that are not known yet', async () => {
    expect(await problemsOf({ 'terms.json': { [cell(2, 'o1')]: '31' } })).toEqual([
      expect.stringMatching(/example "fair": terms answers .*"days":31.*, not .*"days":30/),
    ]);
    const texts = await problemsOf({ 'policy.json': { [cell(2, 'o2')]: '"TOO_YOUNG"' } });
    expect(texts).toContain('policy.json policy row 3: The code TOO_YOUNG has no texts.');
    const expression = await problemsOf({ 'limits.json': { [cell(1, 'o1')]: 'final.pd * 5' } });
    expect(expression.join('\n')).toContain('expressions cannot be analysed');
    const late = await problemsOf({ 'score.json': { 'nodes.1.content.inputs.0.field': 'final.pd' } });
    expect(late.join('\n')).toContain('"final.pd" is not known before');
    const node = await problemsOf({ 'score.json': { 'nodes.1.type': 'functionNode' } });
    expect(node.join('\n')).toContain('Only input, output and decision table nodes can be analysed');
    const example = await problemsOf({ 'terms.about.json': { 'examples.0.facts': { 'final.pd': 7, 'final.age': 1 } } });
    expect(example.join('\n')).toMatch(/final\.pd cannot have this value[^]*There is no field "final\.age"/);
  });

  it('is refused, not fatal, where it is hostile: deep nesting, ids of every object, tables too large to analyse', async () => {
    let deep: Json = [];
    for (let i = 0; i < 100_000; i++) deep = [deep];
    expect((await problemsOf({ 'policy.json': { extra: deep } })).join()).toContain('nested deeper than 40 levels');
    for (const id of ['__proto__', 'constructor', 'toString'])
      expect((await problemsOf({ 'policy.json': { 'nodes.1.content.inputs.0.id': id } })).join()).toContain(
        'cannot be used',
      );
    const code = await problemsOf({ 'policy.json': { [cell(0, 'o2')]: '"constructor"' } });
    expect(code.join()).toContain('The code constructor has no texts');
    const inputs = Array.from({ length: 12 }, (_, i) => ({ id: `i${i}`, name: `i${i}`, field: `features.f${i}` }));
    const rows = Array.from({ length: 60 }, (_, r) => ({
      _id: `r${r}`,
      ...Object.fromEntries(inputs.map(({ id }, i) => [id, `>= ${(r * 7 + i * 13) % 60}`])),
      o1: '"note"',
      o2: '"MINOR"',
      o3: '',
      o4: '',
    }));
    const large = await problemsOf({
      'fields.json': { features: Object.fromEntries(inputs.map((_, i) => [`f${i}`, { type: 'number' }])) },
      'policy.json': { 'nodes.1.content.inputs': inputs, 'nodes.1.content.rules': rows },
    });
    expect(large.join()).toContain('too many combinations to be analysed');
  });

  it('has another hash whenever any file differs, and the same whatever the order of keys', () => {
    const set = parseRuleSet(files, scale);
    const turned = Object.fromEntries(Object.entries(files).toReversed()) as RuleFiles;
    expect(parseRuleSet(turned, scale).hash).toBe(set.hash);
    for (const file of RULE_SET_FILES) {
      const edit = file === 'fields.json' ? { 'features.late': { type: 'number' } } : { version: 2 };
      expect(parseRuleSet(editedRules({ [file]: edit }), scale).hash).not.toBe(set.hash);
    }
    expect(prepareRules(set).engine).toMatch(/^@gorules\/zen-engine \d/);
  });
});
