import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { ProbityError, type Problem } from '../../base/index.ts';
import { durationMillis, parseDuration, parseRelationalSpec } from './index.ts';

const TABLE = `  - table: parties
    source: parties.csv
    columns: { party_id: id, kind: { value: person } }
    happened: since
`;
const parse = (text: string) => parseRelationalSpec(text, { file: 'spec.yaml' });
const problems = (text: string): readonly Problem[] => {
  try {
    parse(text);
  } catch (error) {
    if (error instanceof ProbityError && error.code === 'INVALID_SPEC') return error.problems;
    throw error;
  }
  throw new Error('the spec should have been refused');
};

describe('a relational spec', () => {
  it('must say when rows became known: never silently when they happened', () => {
    const [problem] = problems(`name: s\ntables:\n${TABLE}`);
    expect(problem?.message).toContain('when its rows became known');
    expect(problem?.fix).toContain('lag');
  });

  it.each(['import', '{ import: true }', '{ lag: P1D }', '{ column: learned }', '{ expression: "a" }'])(
    'takes known: %s',
    (known) => {
      expect(parse(`name: s\ntables:\n${TABLE}    known: ${known}\n`).tables).toHaveLength(1);
    },
  );

  it('refuses unknown contracts, columns and keys by name with the nearest, all at once', () => {
    const found = problems(`name: s
tables:
  - table: partys
    source: a.csv
    happened: x
    known: import
  - table: invoices
    source: a.csv
    columns: { invoice_id: id, party_id: p, isued_on: d, due_on: d, amount: a }
    happened: d
    known: { lag: 1 day }
    key: [other]
    expected: { completeness: { amont: 0.5 } }
`);
    const text = JSON.stringify(found);
    for (const fix of ['`parties`', '`issued_on`', '`amount`', 'ISO 8601', 'Leave `key` out'])
      expect(text).toContain(fix);
    expect(problems(`name: s\ntabels: []\n`).some((problem) => problem.fix === 'Did you mean `tables`?')).toBe(true);
    expect(problems(`name: s\ntables:\n${TABLE}    known: import\n    moed: append\n`)[0]?.fix).toBe(
      'Did you mean `mode`?',
    );
  });

  it('refuses a required column that is not mapped, and cells of no or two origins', () => {
    expect(
      JSON.stringify(problems(`name: s\ntables:\n${TABLE.replace('party_id: id, ', '')}    known: import\n`)),
    ).toContain('needs the column `party_id`');
    const two = TABLE.replace('party_id: id', 'party_id: { column: id, value: x }');
    expect(problems(`name: s\ntables:\n${two}    known: import\n`)[0]?.message).toContain('exactly one of');
  });

  it('refuses contradictions of a source', () => {
    const source = (text: string) =>
      problems(`name: s\ntables:\n${TABLE.replace('parties.csv', text)}    known: import\n`);
    expect(source('{ path: a.csv, glob: b.csv }')[0]?.message).toContain('exactly one of');
    expect(source('{ path: a.xlsx }')[0]?.message).toContain('format');
    expect(source('{ path: a.csv, encoding: klingon }')[0]?.message).toContain('klingon');
    expect(source('{ path: a.csv, decimal: ",", thousands: "," }')[0]?.message).toContain('same mark');
    expect(source('{ connection: { env: DB } }')[0]?.message).toContain('`query`');
  });

  it('turns attributes into entries of party_attributes with the clocks of their table', () => {
    const attributes = `    known: { lag: P1D }\n    attributes: [{ name: tier, type: category }, { name: score, column: s, type: number }]\n`;
    const spec = parse(`name: s\ntables:\n${TABLE}${attributes}`);
    expect(spec.tables.map((table) => [table.name, table.table, table.known.kind])).toEqual([
      ['s.parties', 'parties', 'lag'],
      ['s.parties:tier', 'party_attributes', 'lag'],
      ['s.parties:score', 'party_attributes', 'lag'],
    ]);
  });

  it('gives two sources of one table different names', () => {
    const table = `${TABLE}    known: import\n`;
    expect(parse(`name: s\ntables:\n${table}${table}`).tables.map((entry) => entry.name)).toEqual([
      's.parties',
      's.parties.2',
    ]);
  });
});

describe('parseDuration', () => {
  test.prop([fc.nat(99), fc.nat(99), fc.nat(99), fc.nat(99)], { seed: 7 })(
    'reads what ISO 8601 writes',
    (months, days, hours, seconds) => {
      const parsed = parseDuration(`P${months}M${days}DT${hours}H${seconds}S`);
      expect(parsed).toMatchObject({ months, days, milliseconds: (hours * 3600 + seconds) * 1000 });
      expect(parsed && durationMillis(parsed)).toBeGreaterThanOrEqual(0);
    },
  );

  it.each(['', 'P', 'PT', '1D', 'P1', 'P1.5D', '-P1D', 'P1DT'])('refuses %s', (text) => {
    expect(parseDuration(text)).toBeNull();
  });
});
