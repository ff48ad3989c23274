import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { asOf, instant, seededRandom, type LabelPolicy } from '../../base/index.ts';
import { labelObservations } from '../../features/labels/index.ts';
import type { FeatureView } from '../../features/views/feature-view.ts';
import { buildTrainingSet } from './build.ts';
import { defaultTestFrom, monthlyDates, monthsLater } from './observations.ts';

const policy: LabelPolicy = { horizonMonths: 12, default: { kind: 'dpd', daysPastDue: 90 } };
const HAZARD = 0.01;
const DAY = 86_400_000;

const meaning = { en: 'x', 'zh-CN': 'x' };
const column = { unit: '', meaning, nullMeans: 'none', monotone: null };
const view: FeatureView = {
  name: 'tenure',
  sql: `SELECT a.party_id, a.as_of, date_diff('day', p.happened_at, a.as_of)::DOUBLE AS tenure, p.segment AS segment, p.kind = 'person' AS is_person
        FROM asked AS a JOIN parties AS p USING (party_id)`,
  tables: ['parties'],
  dependsOn: [],
  grain: '',
  windows: '',
  features: [
    { ...column, name: 'tenure', type: 'number', monotone: 'decreasing' },
    { ...column, name: 'segment', type: 'category' },
    { ...column, name: 'is_person', type: 'flag' },
  ],
  hash: 'v1',
};

let connection: DuckDBConnection;
beforeEach(async () => {
  connection = await (await DuckDBInstance.create(':memory:')).connect();
  await connection.run(`CREATE SCHEMA raw;
    CREATE TABLE raw.parties (party_id VARCHAR, kind VARCHAR, segment VARCHAR, happened_at TIMESTAMP, known_from TIMESTAMP, known_until TIMESTAMP);
    CREATE TABLE raw.transactions (party_id VARCHAR, happened_at TIMESTAMP, known_from TIMESTAMP, known_until TIMESTAMP);
    CREATE TABLE raw.outcomes (party_id VARCHAR, subject_id VARCHAR, kind VARCHAR, status VARCHAR, days_past_due BIGINT,
      happened_at TIMESTAMP, known_from TIMESTAMP, known_until TIMESTAMP)`);
});
afterEach(() => connection.closeSync());

/** A book in which everyone defaults with probability 1 % in each month until they do; 2020-01-01 to 2024-12-31. */
async function constantHazardBook(customers: number, seed: number): Promise<void> {
  const random = seededRandom(seed);
  const parties: string[] = [];
  const outcomes: string[] = [];
  for (let i = 0; i < customers; i++) {
    parties.push(
      `('p${i}', '${i % 2 ? 'person' : 'company'}', '${i % 3 ? 'a' : 'b'}', '2020-01-01', '2020-01-01', 'infinity')`,
    );
    const months = Math.floor(Math.log(1 - random.uniform()) / Math.log(1 - HAZARD));
    if (months >= 60) continue;
    const day = new Date(Date.UTC(2020, months, 1 + random.integer(27), 12)).toISOString().slice(0, -1);
    outcomes.push(`('p${i}', 'p${i}', 'dpd', 'default', 90, '${day}', '${day}', 'infinity')`);
  }
  await connection.run(`INSERT INTO raw.parties VALUES ${parties.join(', ')}; INSERT INTO raw.outcomes VALUES ${outcomes.join(', ')};
    INSERT INTO raw.transactions VALUES ('p0', '2020-01-01', '2020-01-01', 'infinity')`);
}

describe('the PD estimated on a simulated book', () => {
  test('is unbiased over mature observations, and biased where open windows are taken in', async () => {
    await constantHazardBook(4_000, 1);
    const cutoff = instant('2025-01-01');
    await labelObservations(connection, {
      policy,
      asked: `(SELECT party_id, as_of FROM raw.parties, (VALUES (TIMESTAMP '2023-07-01'), (TIMESTAMP '2024-01-01'), (TIMESTAMP '2024-07-01'), (TIMESTAMP '2024-10-01')) AS d(as_of))`,
      cutoff,
      into: 'labelled',
    });
    const share = async (sql: string): Promise<[number, number]> =>
      (await connection.runAndReadAll(sql)).getRows()[0] as [number, number];
    const truth = 1 - (1 - HAZARD) ** 12;
    const [mature, rows] = await share(
      "SELECT avg((label = 'bad')::INTEGER), count(*)::INTEGER FROM labelled WHERE label IN ('bad', 'good')",
    );
    const tolerance = 4 * Math.sqrt((truth * (1 - truth)) / (rows / 2));
    expect(Math.abs(mature - truth)).toBeLessThan(tolerance);
    const open = "FROM labelled WHERE label IN ('bad', 'good', 'immature')";
    const [survivorsAsGood] = await share(`SELECT avg((outcome_at IS NOT NULL)::INTEGER), 0 ${open}`);
    expect(truth - survivorsAsGood).toBeGreaterThan(tolerance);
    const [onlyTheDecided] = await share(
      `SELECT avg((outcome_at IS NOT NULL)::INTEGER), 0 ${open} AND (label <> 'immature' OR outcome_at IS NOT NULL)`,
    );
    expect(onlyTheDecided - truth).toBeGreaterThan(tolerance);
  });
});

describe('a training set', () => {
  const options = { views: [view], policy, embargoDays: 30, seed: 3, cutoff: instant('2025-01-01'), everyMonths: 3 };

  test('has no customer on both sides, and every training window closed the embargo before the first test observation', async () => {
    await constantHazardBook(1_500, 2);
    const { train, test: later, report } = await buildTrainingSet(connection, options);
    const customers = (ids: readonly string[]) => new Set(ids.map((id) => id.split('/')[0]));
    const trainCustomers = customers(train.ids);
    expect([...customers(later.ids)].filter((customer) => trainCustomers.has(customer))).toEqual([]);
    const firstTest = Math.min(...later.time!);
    expect(firstTest).toBe(Date.parse(report.testFrom));
    for (const time of new Set(train.time)) {
      const closes = Date.parse(monthsLater(asOf(time), policy.horizonMonths));
      expect(closes).toBeLessThanOrEqual(firstTest - options.embargoDays * DAY);
    }
    expect(new Set(train.time).size).toBeGreaterThan(2);
    expect(report.customerSplit).toBe('hashed');
    expect(report.labels.counts.immature).toBeGreaterThan(0);
    expect(report.featureViews).toEqual({ tenure: 'v1' });
  });

  test('observes nothing of before facts are whole, and otherwise the same', async () => {
    await constantHazardBook(1_500, 2);
    const all = await buildTrainingSet(connection, options);
    const [first = 0, second = 0] = [...new Set(all.train.time)].toSorted((a, b) => a - b);
    const notBefore = instant(second);
    const later = await buildTrainingSet(connection, { ...options, notBefore, testFrom: asOf(all.report.testFrom) });
    expect(Math.min(...all.train.time!)).toBe(first);
    const times = [...new Set(later.train.time)].toSorted((a, b) => a - b);
    expect(times[0]).toBe(second);
    expect(times).toEqual([...new Set(all.train.time)].toSorted((a, b) => a - b).slice(1));
  });

  test('a planted leak does not get in: what was learned in the embargo or later changes no training label', async () => {
    await constantHazardBook(1_500, 2);
    const before = await buildTrainingSet(connection, options);
    const knownBy = before.report.trainKnownBy?.slice(0, -1);
    await connection.run(
      `INSERT INTO raw.outcomes SELECT party_id, 'planted', 'dpd', 'default', 90, TIMESTAMP '2021-01-15', TIMESTAMP '${knownBy}' + INTERVAL 1 SECOND, 'infinity' FROM raw.parties WHERE kind = 'person'`,
    );
    const after = await buildTrainingSet(connection, { ...options, testFrom: asOf(before.report.testFrom) });
    expect(after.report.train).toEqual(before.report.train);
    expect(after.train.hash).toBe(before.train.hash);
    await connection.run(
      `UPDATE raw.outcomes SET known_from = TIMESTAMP '${knownBy}' - INTERVAL 1 DAY WHERE subject_id = 'planted'`,
    );
    const known = await buildTrainingSet(connection, { ...options, testFrom: asOf(before.report.testFrom) }).catch(
      () => null,
    );
    expect(known?.train.hash).not.toBe(before.train.hash);
  });

  test('is the same for the same seed, divides customers otherwise for another, and declares what the views document', async () => {
    await constantHazardBook(1_500, 2);
    const [one, again, other] = [
      await buildTrainingSet(connection, options),
      await buildTrainingSet(connection, options),
      await buildTrainingSet(connection, { ...options, seed: 4 }),
    ];
    expect(again.train.hash).toBe(one.train.hash);
    expect(other.train.hash).not.toBe(one.train.hash);
    expect(one.train.features.map(({ name, type, monotone }) => [name, type, monotone])).toEqual([
      ['tenure', 'number', 'decreasing'],
      ['segment', 'category', null],
      ['is_person', 'number', null],
    ]);
    const person = one.train.columns[2];
    expect(person?.kind === 'number' && new Set(person.values)).toEqual(new Set([0, 1]));
    expect(one.train.rows).toBe(one.report.train.rows);
  });

  test('of one segment holds that segment only, and an empty one says what is missing', async () => {
    await constantHazardBook(1_500, 2);
    const { train } = await buildTrainingSet(connection, { ...options, segment: 'b' });
    const segment = train.columns[1];
    expect(segment?.kind === 'category' && segment.levels).toEqual(['b']);
    await expect(buildTrainingSet(connection, { ...options, cutoff: instant('2020-06-01') })).rejects.toMatchObject({
      code: 'NO_TRAINING_DATA',
    });
  });
});

describe('observation dates', () => {
  test('are firsts of a month, at even distance, up to the last instant', () => {
    expect(monthlyDates(instant('2022-01-02'), instant('2022-09-30'), 3).map((date) => date.slice(0, 10))).toEqual([
      '2022-02-01',
      '2022-05-01',
      '2022-08-01',
    ]);
    expect(monthlyDates(instant('2022-01-01'), instant('2022-01-01'), 3).map((date) => date.slice(0, 10))).toEqual([
      '2022-01-01',
    ]);
  });

  test('months later keep the day where the month has it', () => {
    expect(monthsLater(instant('2024-01-31'), 1)).toBe('2024-02-29T00:00:00.000Z');
    expect(monthsLater(instant('2023-12-15T06:00:00Z'), 12)).toBe('2024-12-15T06:00:00.000Z');
  });

  test('the test begins at a mature date that leaves closed training windows before it', () => {
    const dates = monthlyDates(instant('2022-07-01'), instant('2026-01-01'), 3);
    const from = defaultTestFrom(dates, 12, 30, instant('2026-01-01'));
    expect(from).toBe('2024-07-01T00:00:00.000Z');
  });
});
