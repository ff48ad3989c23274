import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { instant, type LabelPolicy } from '../../base/index.ts';
import { dataCutoff } from './data-cutoff.ts';
import { followObservations, labelObservations } from './label-observations.ts';

const dpd: LabelPolicy = { horizonMonths: 12, default: { kind: 'dpd', daysPastDue: 90 } };

let connection: DuckDBConnection;
beforeEach(async () => {
  connection = await (await DuckDBInstance.create(':memory:')).connect();
  await connection.run(`CREATE SCHEMA raw;
    CREATE TABLE raw.outcomes (party_id VARCHAR, subject_id VARCHAR, kind VARCHAR, status VARCHAR, days_past_due BIGINT,
      happened_at TIMESTAMP, known_from TIMESTAMP, known_until TIMESTAMP);
    CREATE TABLE raw.invoices (party_id VARCHAR, invoice_id VARCHAR, due_on DATE, amount DECIMAL(18,2), disputed BOOLEAN,
      happened_at TIMESTAMP, known_from TIMESTAMP, known_until TIMESTAMP);
    CREATE TABLE raw.payments (party_id VARCHAR, invoice_id VARCHAR, amount DECIMAL(18,2),
      happened_at TIMESTAMP, known_from TIMESTAMP, known_until TIMESTAMP)`);
});
afterEach(() => connection.closeSync());

async function outcome(
  party: string,
  days: number | null,
  happened: string,
  known = happened,
  until = 'infinity',
  status = 'x',
) {
  await connection.run(
    `INSERT INTO raw.outcomes VALUES ('${party}', '${party}', 'dpd', '${status}', ${days}, '${happened}', '${known}', '${until}')`,
  );
}

async function labels(
  policy: LabelPolicy,
  asked: readonly (readonly [string, string])[],
  cutoff: string,
  reportingDays = 0,
) {
  const rows = asked.map(([party, date]) => `('${party}', TIMESTAMP '${date}')`).join(', ');
  const report = await labelObservations(connection, {
    policy,
    asked: `(SELECT * FROM (VALUES ${rows}) AS v(party_id, as_of))`,
    cutoff: instant(cutoff),
    reportingDays,
    into: 'main.labelled',
  });
  const reader = await connection.runAndReadAll('SELECT party_id, label FROM labelled ORDER BY party_id, as_of');
  return { report, labels: reader.getRows().map(([party, label]) => `${String(party)} ${String(label)}`) };
}

describe('labels by days past due', () => {
  test('an open window is immature whatever its outcome so far, and is counted by vintage', async () => {
    await outcome('a', 95, '2024-03-01');
    const found = await labels(
      dpd,
      [
        ['a', '2024-01-01'],
        ['b', '2024-01-01'],
        ['b', '2023-06-01'],
      ],
      '2024-12-31',
    );
    expect(found.labels).toEqual(['a immature', 'b good', 'b immature']);
    expect(found.report.vintages.map(({ vintage, counts }) => [vintage, counts.immature, counts.good])).toEqual([
      ['2023-06', 0, 1],
      ['2024-01', 2, 0],
    ]);
    expect((await labels(dpd, [['a', '2024-01-01']], '2025-01-01')).labels).toEqual(['a bad']);
    expect((await labels(dpd, [['a', '2024-01-01']], '2025-01-01', 30)).labels).toEqual(['a immature']);
  });

  test('the window excludes its first instant and includes its last', async () => {
    await outcome('a', 90, '2025-01-01');
    await outcome('b', 90, '2025-01-01 00:00:01');
    const asked = [
      ['a', '2024-01-01'],
      ['b', '2024-01-01'],
    ] as const;
    expect((await labels(dpd, asked, '2026-01-01')).labels).toEqual(['a bad', 'b good']);
    expect((await labels(dpd, [['a', '2025-01-01']], '2026-06-01')).labels).toEqual(['a in_default']);
  });

  test('fewer days than the threshold are no default, and a cured customer may default again', async () => {
    await outcome('a', 89, '2024-03-01');
    await outcome('b', 120, '2022-03-01', '2022-03-02', '2022-09-02');
    await outcome('b', 0, '2022-09-01', '2022-09-02', '2024-05-02');
    await outcome('b', 95, '2024-05-01', '2024-05-02');
    const asked = [
      ['a', '2024-01-01'],
      ['b', '2022-06-01'],
      ['b', '2024-01-01'],
    ] as const;
    expect((await labels(dpd, asked, '2026-01-01')).labels).toEqual(['a good', 'b in_default', 'b bad']);
  });

  test('an outcome learned after the cut-off is not known, nor one deleted by then; a correction replaces what it corrects', async () => {
    await outcome('late', 90, '2024-06-01', '2025-02-01');
    await outcome('gone', 90, '2024-06-01', '2024-06-02', '2024-09-01');
    await outcome('mended', 90, '2024-06-01', '2024-06-02', '2024-09-01');
    await outcome('mended', 30, '2024-06-01', '2024-09-01');
    const asked = [
      ['gone', '2024-01-01'],
      ['late', '2024-01-01'],
      ['mended', '2024-01-01'],
    ] as const;
    expect((await labels(dpd, asked, '2025-01-15')).labels).toEqual(['gone good', 'late good', 'mended good']);
    expect((await labels(dpd, asked, '2025-03-01')).labels).toEqual(['gone good', 'late bad', 'mended good']);
  });

  test('without recorded days past due, an undisputed invoice unpaid for 90 days is the default', async () => {
    await connection.run(`INSERT INTO raw.invoices VALUES
      ('paid', 'i1', '2024-03-01', 100, false, '2024-02-01', '2024-02-01', 'infinity'),
      ('part', 'i2', '2024-03-01', 100, false, '2024-02-01', '2024-02-01', 'infinity'),
      ('disputed', 'i3', '2024-03-01', 100, true, '2024-02-01', '2024-02-01', 'infinity');
      INSERT INTO raw.payments VALUES
      ('paid', 'i1', 60, '2024-05-01', '2024-05-02', 'infinity'), ('paid', 'i1', 40, '2024-05-20', '2024-05-21', 'infinity'),
      ('part', 'i2', 99.99, '2024-03-01', '2024-03-02', 'infinity')`);
    const asked = [
      ['disputed', '2024-01-01'],
      ['paid', '2024-01-01'],
      ['part', '2024-01-01'],
    ] as const;
    const found = await labels(dpd, asked, '2025-06-01');
    expect(found.labels).toEqual(['disputed good', 'paid good', 'part bad']);
    expect(found.report.source).toBe('invoices');
  });
});

describe('following by age', () => {
  const follow = async (asked: readonly (readonly [string, string])[], cutoff: string, more: object = {}) => {
    const rows = asked.map(([party, date]) => `('${party}', TIMESTAMP '${date}')`).join(', ');
    const report = await followObservations(connection, {
      policy: { ...dpd, horizonMonths: 12 },
      stepMonths: 3,
      asked: `(SELECT * FROM (VALUES ${rows}) AS v(party_id, as_of))`,
      cutoff: instant(cutoff),
      into: 'main.followed',
      ...more,
    });
    const reader = await connection.runAndReadAll(
      'SELECT party_id, label, steps FROM followed ORDER BY party_id, as_of',
    );
    return { report, rows: reader.getRows().map((row) => row.map(String).join(' ')) };
  };

  test('counts the step of the first default, or the whole steps seen without; an open step counts for nobody', async () => {
    await outcome('a', 95, '2024-05-10');
    await outcome('a', 95, '2024-09-10');
    await outcome('b', 95, '2024-08-10');
    await outcome('d', 95, '2023-12-10');
    await outcome('e', 95, '2025-03-10');
    const asked = ['a', 'b', 'c', 'd', 'e', 'f'].map((party) => [party, '2024-01-01'] as const);
    const young = [...asked.slice(0, 5), ['f', '2024-07-15'] as const];
    // Two steps have closed by 31 August; b's default in the third, which is open, is not seen yet.
    const early = await follow(young, '2024-08-31');
    expect(early.rows).toEqual(['a bad 2', 'b good 2', 'c good 2', 'd in_default 2', 'e good 2', 'f immature 0']);
    expect(early.report.counts).toMatchObject({ bad: 1, good: 3, immature: 1, in_default: 1 });
    const late = await follow(young, '2025-06-30');
    expect(late.rows).toEqual(['a bad 2', 'b bad 3', 'c good 4', 'd in_default 4', 'e good 4', 'f good 3']);
    // A step closes once late reports of it have come.
    expect((await follow(young, '2024-07-10', { reportingDays: 30 })).rows[2]).toBe('c good 1');
  });

  test('a default on the last day of a step is of that step, one a second later of the next', async () => {
    await outcome('a', 90, '2024-04-01');
    await outcome('b', 90, '2024-04-01 00:00:01');
    const asked = ['a', 'b'].map((party) => [party, '2024-01-01'] as const);
    expect((await follow(asked, '2025-06-30')).rows).toEqual(['a bad 1', 'b bad 2']);
  });

  test('a definition without dates of defaults is refused', async () => {
    const status = { kind: 'status', bad: ['B'], good: [], observedAt: '1998-12-31' } as const;
    await expect(
      follow([['a', '2024-01-01']], '2025-06-30', { policy: { horizonMonths: 12, default: status } }),
    ).rejects.toMatchObject({ code: 'INVALID_SPEC' });
  });
});

describe('labels by status on one day', () => {
  const policy: LabelPolicy = {
    horizonMonths: 12,
    default: { kind: 'status', bad: ['B', 'D'], good: ['A', 'C'], observedAt: '1998-12-31' },
  };

  test('bad, good, neither and none are told apart, and windows that end later are immature', async () => {
    for (const [party, status] of [
      ['a', 'A'],
      ['d', 'D'],
      ['x', 'X'],
      ['young', 'B'],
    ] as const) {
      await outcome(party, null, '1998-12-31', '1999-01-01', 'infinity', status);
    }
    const asked = [
      ['a', '1997-06-01'],
      ['d', '1997-12-31'],
      ['none', '1997-01-01'],
      ['x', '1997-01-01'],
      ['young', '1998-01-02'],
    ] as const;
    const found = await labels(policy, asked, '1999-01-02');
    expect(found.labels).toEqual(['a good', 'd bad', 'none unknown', 'x indeterminate', 'young immature']);
    const open = { ...policy, default: { ...policy.default, good: [] } } as LabelPolicy;
    expect((await labels(open, [['x', '1997-01-01']], '1999-01-02')).labels).toEqual(['x good']);
  });
});

describe('the cut-off of the data', () => {
  test('is the end of the day of the newest fact, and no facts have none', async () => {
    await expect(dataCutoff(connection)).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    await outcome('a', 90, '2024-06-01', '2024-06-02 09:30:00');
    expect(await dataCutoff(connection)).toBe('2024-06-03T00:00:00.000Z');
  });
});

describe('labels by late payment', () => {
  const late: LabelPolicy = { horizonMonths: 6, default: { kind: 'late', days: 30 } };
  const invoice = (party: string, id: string, due: string, disputed = false) =>
    connection.run(
      `INSERT INTO raw.invoices VALUES ('${party}', '${id}', DATE '${due}', 100, ${disputed}, '2023-01-01', '2023-01-01', 'infinity')`,
    );
  const payment = (party: string, id: string, amount: number, happened: string, known = happened) =>
    connection.run(
      `INSERT INTO raw.payments VALUES ('${party}', '${id}', ${amount}, '${happened}', '${known}', 'infinity')`,
    );
  const ask = (...parties: string[]) =>
    labels(
      late,
      parties.map((party) => [party, '2024-01-01'] as const),
      '2024-12-31',
    );

  test('paid in full on the thirtieth day is in time for them, a cent or a day short is late', async () => {
    for (const party of ['a', 'b', 'c', 'd']) await invoice(party, party, '2024-02-01');
    await payment('a', 'a', 100, '2024-03-02 23:59:00');
    await payment('b', 'b', 100, '2024-03-03 00:00:00');
    await payment('c', 'c', 99.99, '2024-02-01');
    await payment('d', 'd', 60, '2024-02-01');
    await payment('d', 'd', 40, '2024-03-01');
    const found = await ask('a', 'b', 'c', 'd');
    expect(found.labels).toEqual(['a good', 'b bad', 'c bad', 'd good']);
    expect(found.report.source).toBe('invoices');
  });

  test('who is not invoiced can neither pay late nor in time; a disputed invoice is none', async () => {
    await invoice('b', 'b', '2024-02-01', true);
    expect((await ask('a', 'b')).labels).toEqual(['a indeterminate', 'b indeterminate']);
  });

  test('lateness before the observation excludes nobody and is no event of the window', async () => {
    await invoice('a', 'old', '2023-06-01');
    await invoice('a', 'new', '2024-02-01');
    await payment('a', 'new', 100, '2024-02-01');
    expect((await ask('a')).labels).toEqual(['a good']);
  });

  test('an open window is immature whatever happened so far, and outcomes of default play no part', async () => {
    await invoice('a', 'a', '2024-09-01');
    await outcome('b', 95, '2024-03-01');
    await invoice('b', 'b', '2024-02-01');
    await payment('b', 'b', 100, '2024-02-01');
    const found = await labels(
      late,
      [
        ['a', '2024-08-01'],
        ['b', '2024-01-01'],
      ],
      '2024-12-31',
    );
    expect(found.labels).toEqual(['a immature', 'b good']);
  });
});
