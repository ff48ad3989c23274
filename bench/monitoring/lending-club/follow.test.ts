import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fc } from '@fast-check/vitest';
import { afterAll, describe, expect, it } from 'vitest';
import { seededRandom } from '../../../base/index.ts';
import { artefactOf } from '../../../models/artefact/arbitrary.ts';
import type { FeatureTerm } from '../../../models/artefact/index.ts';
import { makeDataset, takeRows } from '../../../models/dataset/index.ts';
import { outcomeAt, readBook, type Book } from './book.ts';
import { cameTrue, coverage } from './came-true.ts';
import { follow } from './follow.ts';

const term = (name: string, slope: number): FeatureTerm => ({
  name,
  type: 'number',
  encoding: { kind: 'number', codes: [], edges: [-1, 0, 1] },
  shape: [0, -2 * slope, -slope, slope, 2 * slope],
  support: [1, 1, 1, 1, 1],
  band: null,
  monotone: null,
  range: null,
  label: null,
});
const model = {
  artefact: artefactOf({ intercept: -1.5, terms: [term('x', 0.6), term('y', 0.1)], pairs: [] }),
  trainedAt: 24,
  trainedTo: 6,
};
const standards = {
  grading: { names: ['A', 'B'], indexOf: (pd: number) => (pd < 0.2 ? 0 : 1) },
  thresholds: { significance: 0.05, gradeShift: 0.05, expectedLossChange: 0.1, calibrationError: 0.2 },
};

/** 30 loans a month, from month 0 to 30, in the order of their months. */
const LOANS = 30 * 31;
const random = seededRandom('followed book');
const [x, y] = [0, 1].map(() => Float64Array.from({ length: LOANS }, () => random.normal())) as [
  Float64Array,
  Float64Array,
];
const vintage = Int32Array.from({ length: LOANS }, (_, loan) => Math.floor(loan / 30));
const book: Book = {
  rows: makeDataset({
    rows: LOANS,
    columns: [
      { kind: 'number', name: 'x', values: x },
      { kind: 'number', name: 'y', values: y },
    ],
    features: ['x', 'y'].map((name) => ({ name, type: 'number', codes: [], monotone: null, label: null })),
    bad: new Uint8Array(LOANS),
    weight: null,
    group: null,
    time: null,
    ids: Array.from({ length: LOANS }, (_, loan) => String(loan)),
  }),
  vintage,
  defaultMonth: Float64Array.from(vintage, (month, loan) =>
    random.uniform() < 1 / (1 + Math.exp(1.2 - x[loan]!)) ? month + 1 + random.integer(20) : Number.NaN,
  ),
};
const reportsOf = (given: Book) => follow(given, model, standards);

describe('a followed book', () => {
  it('reports a month the same, whatever happens after it: outcomes that come, change or never come, and loans not granted yet', () => {
    fc.assert(
      fc.property(fc.integer({ min: 24, max: 40 }), fc.integer(), (month, seed) => {
        const other = seededRandom(`later ${seed}`);
        const later = book.defaultMonth.map((at) =>
          at <= month ? at : other.uniform() < 0.5 ? month + 1 + other.integer(12) : Number.NaN,
        );
        const before = Array.from(vintage.keys()).filter((loan) => vintage[loan]! <= month);
        const cut = {
          rows: takeRows(book.rows, before),
          vintage: vintage.slice(0, before.length),
          defaultMonth: later.slice(0, before.length),
        };
        const report = reportsOf(book).report(month);
        expect(reportsOf({ ...book, defaultMonth: later }).report(month)).toEqual(report);
        expect(reportsOf(cut).report(month)).toEqual(report);
      }),
      { numRuns: 12, seed: 6 },
    );
  });

  it('reports otherwise once an outcome that it could know is another', () => {
    const loan = book.defaultMonth.findIndex((at, i) => vintage[i] === 20 && at <= 32);
    const defaultMonth = book.defaultMonth.map((at, i) => (i === loan ? Number.NaN : at));
    const [said, other] = [reportsOf(book), reportsOf({ ...book, defaultMonth })];
    expect(other.report(31)).toEqual(said.report(31));
    expect(other.report(32).matured).not.toEqual(said.report(32).matured);
    expect(other.report(32).sequential).not.toEqual(said.report(32).sequential);
  });

  it('counts no outcome before its window has closed, and none that came after', () => {
    expect(outcomeAt(10, 12, 21)).toBeNull();
    expect(outcomeAt(10, 22, 22)).toBe(true);
    expect(outcomeAt(10, 23, 40)).toBe(false);
    expect(outcomeAt(10, Number.NaN, 22)).toBe(false);
  });

  it('holds each estimate of a vintage against what was known a year later', () => {
    const followed = reportsOf(book);
    const rows = cameTrue([24, 25, 36, 37].map((month) => followed.report(month)));
    // Vintage 13 was open at the first run and closed by 25; 24 and 25 were estimated when they were granted, and closed by 36 and 37.
    expect(rows.map(({ vintage: month }) => month)).toEqual(['1-02', '2-01', '2-02']);
    const bads = book.defaultMonth.filter((at, loan) => vintage[loan] === 24 && at <= 36).length;
    expect(rows[1]!.realised).toMatchObject({ bads, badRate: bads / 30 });
    expect(coverage(rows, 'CBPE', 'badRate')).toMatchObject({ of: 3 });
  });
});

describe('the training file of a followed book', () => {
  const folder = mkdtempSync(join(tmpdir(), 'probity-followed-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const columns =
    'loan_amnt,term,emp_length,home_ownership,annual_inc,verification_status,purpose,addr_state,dti,delinq_2yrs,inq_last_6mths,mths_since_last_delinq,mths_since_last_record,open_acc,pub_rec,revol_bal,revol_util,total_acc,pub_rec_bankruptcies';
  const features = '1000,36,1 year,RENT,50000,Verified,car,CA,10,0,1,,,3,0,500,0.5,8,0';
  /** Loans as [issued, status, last payment]. */
  const source = (name: string, loans: readonly (readonly [string, string, string])[]): string => {
    const path = join(folder, `${name}.csv`);
    const lines = loans.map(([issued, status, paid]) => `${issued},${status},${paid},2000-01-01,${features}`);
    writeFileSync(path, [`issue_d,loan_status,last_pymnt_d,earliest_cr_line,${columns}`, ...lines].join('\n'));
    return path;
  };
  const at = { trainedAt: 12 * 2010 + 11, trainedTo: 12 * 2009 + 11 };

  it('holds outcomes as they were known when it was written, with the default a stated lag after the last payment', async () => {
    const now = await readBook(
      source('now', [
        ['2009-01-01', 'Charged Off', '2009-08-01'],
        ['2009-01-01', 'Charged Off', '2009-09-01'],
        ['2009-01-01', 'Does not meet the credit policy. Status:Charged Off', ''],
        ['2009-12-01', 'Fully Paid', '2012-01-01'],
        ['2010-02-01', 'Charged Off', '2010-03-01'],
      ]),
      folder,
      at,
    );
    const train = readFileSync(now.train, 'utf8');
    // Last paid in August: in default in January, twelve months after the grant; in September: a month too late.
    expect(
      train
        .trimEnd()
        .split('\n')
        .slice(1)
        .map((line) => line.at(-1)),
    ).toEqual(['1', '0', '1', '0']);
    expect([...now.book.defaultMonth].map((month) => month - 12 * 2009)).toEqual([12, 13, 5, Number.NaN, 19]);
    const later = await readBook(
      source('later', [
        ['2009-01-01', 'Charged Off', '2009-08-01'],
        ['2009-01-01', 'Fully Paid', '2011-09-01'],
        ['2009-01-01', 'Does not meet the credit policy. Status:Charged Off', ''],
        ['2009-12-01', 'Charged Off', '2011-01-01'],
        ['2010-02-01', 'Fully Paid', '2011-03-01'],
      ]),
      folder,
      at,
    );
    expect(readFileSync(later.train, 'utf8')).toBe(train);
  });

  it('is refused where a vintage to train on has not matured', async () => {
    const path = source('early', [['2009-01-01', 'Fully Paid', '2012-01-01']]);
    await expect(readBook(path, folder, { ...at, trainedTo: at.trainedTo + 1 })).rejects.toThrow(/matured/);
  });
});
