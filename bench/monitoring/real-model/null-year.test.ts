import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../base/index.ts';
import { artefactOf } from '../../../models/artefact/arbitrary.ts';
import type { FeatureTerm } from '../../../models/artefact/index.ts';
import { makeDataset, type Dataset } from '../../../models/dataset/index.ts';
import { firstFalseAlarm, historiesOf, type RealBook } from './null-year.ts';

const MONTHS = Array.from({ length: 12 }, (_, month) => Date.UTC(2024, month, 1));
const NAMES = ['x', 'y', 'z'];
const terms = NAMES.map((name, i): FeatureTerm => ({
  name,
  type: 'number',
  encoding: { kind: 'number', codes: [], edges: [-1, 0, 1] },
  shape: [0.2, -1 + i / 4, -0.3, 0.3, 1 - i / 4],
  support: [1, 1, 1, 1, 1],
  band: null,
  monotone: null,
  range: null,
  label: null,
}));

/** Customers whose book moves: every feature is a standard deviation higher each half year, which no year may hear of. */
function rowsOf(customers: number, seed: string): { readonly rows: Dataset; readonly segments: readonly string[] } {
  const random = seededRandom(seed);
  const own = Array.from({ length: customers }, () => NAMES.map(() => random.normal()));
  const at = own.flatMap((of, customer) => MONTHS.map((time, month) => ({ of, customer, time, month })));
  const rows = makeDataset({
    rows: at.length,
    columns: NAMES.map((name, f) => ({
      kind: 'number',
      name,
      values: Float64Array.from(at, ({ of, month }) => of[f]! + month / 6 + 0.3 * random.normal()),
    })),
    features: NAMES.map((name) => ({ name, type: 'number', codes: [], monotone: null, label: null })),
    bad: new Uint8Array(at.length),
    weight: null,
    group: null,
    time: Float64Array.from(at, ({ time }) => time),
    ids: at.map(({ customer, month }) => `c/${customer}/2024-${month}`),
  });
  return { rows, segments: at.map(({ customer }) => (customer % 3 === 0 ? 'sme' : 'retail')) };
}

const { rows, segments } = rowsOf(300, 'followed');
const book: RealBook = {
  artefact: artefactOf({ intercept: -2, terms, pairs: [] }),
  plan: { features: NAMES, segments: ['retail', 'sme'] },
  sample: rowsOf(30, 'sample').rows,
  rows,
  segments,
  histories: historiesOf(rows, MONTHS),
};
const alarms = (years: number, more: { readonly risk?: number } = {}) =>
  Array.from({ length: years }, (_, year) =>
    firstFalseAlarm(book, { seed: `${year}`, customers: 1_500, ...more }),
  ).filter((day) => day !== null).length;

describe('a year in which nothing changes, drawn from real customers', () => {
  it('holds every customer with all months, in their order, and no other', () => {
    expect(book.histories).toHaveLength(300);
    expect(book.histories.every((own) => own.every((row, month) => rows.time![row] === MONTHS[month]))).toBe(true);
    expect(historiesOf(rows, [...MONTHS, Date.UTC(2030, 0, 1)])).toEqual([]);
  });

  it('alarms in at most 4 of 20 years (exact 99 % bound at 5 %), over features, score, outcomes and segments together', () => {
    expect(alarms(20)).toBeLessThanOrEqual(4);
  });

  it('and alarms where outcomes are worse than promised', () => {
    expect(alarms(5, { risk: 1.2 })).toBe(5);
  });
});
