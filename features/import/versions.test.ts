import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fc, test } from '@fast-check/vitest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { instant } from '../../base/index.ts';
import { openWarehouse, type Warehouse } from '../warehouse/index.ts';
import { importFacts, importSpec, parseRelationalSpec, type ImportReport } from './index.ts';

const folder = mkdtempSync(join(tmpdir(), 'probity-versions-'));
let shared: Warehouse;
beforeAll(async () => {
  shared = await openWarehouse(':memory:', 'write');
});
afterAll(() => {
  shared.close();
  rmSync(folder, { recursive: true, force: true });
});

const spec = (mode: string, known: string, extra = '') =>
  parseRelationalSpec(
    `name: s
tables:
  - table: credit_lines
    source: lines.csv
    columns: { credit_line_id: id, party_id: party, kind: { value: loan }, balance: balance }
    happened: happened
    known: ${known}
    mode: ${mode}
    ${extra}
`,
    { file: join(folder, 's.yaml') },
  );

interface Row {
  readonly id: string;
  readonly balance: number;
  /** Day of 2020 on which it became known. */
  readonly day: number;
}

const date = (day: number) => new Date(Date.UTC(2020, 0, 1 + day)).toISOString().slice(0, 10);

function write(rows: readonly (Row & { readonly gone?: boolean })[]): void {
  const lines = rows.map(
    (row) => `${row.id},p,${row.balance},2019-01-01,${date(row.day)},${row.gone === true ? 'x' : ''}`,
  );
  writeFileSync(join(folder, 'lines.csv'), ['id,party,balance,happened,known,gone', ...lines, ''].join('\n'));
}

/** Runs on an empty warehouse. */
async function inWarehouse<T>(run: (warehouse: Warehouse) => Promise<T>): Promise<T> {
  for (const table of ['raw.credit_lines', 'meta.imports', 'meta.tombstones', 'meta.quarantine', 'meta.sources']) {
    await shared.connection.run(`DELETE FROM ${table}`);
  }
  return run(shared);
}

/** The balances that are known on each day of 2020, by key. */
async function answers(warehouse: Warehouse, days: readonly number[]): Promise<string[]> {
  const reader = await warehouse.connection.runAndReadAll(
    `SELECT d, (SELECT string_agg(credit_line_id || '=' || balance, ' ' ORDER BY credit_line_id, balance) FROM raw.credit_lines
       WHERE known_from <= d AND d < known_until AND happened_at <= d)
     FROM (SELECT unnest([${days.map((day) => `TIMESTAMP '${date(day)} 12:00:00'`).join(', ')}]) AS d) ORDER BY d`,
  );
  return reader.getRows().map((row) => String(row[1] ?? ''));
}

const only = (report: ImportReport) => {
  const table = report.tables[0];
  if (table === undefined) throw new Error('no table was imported');
  return table;
};

const row = fc.record({
  id: fc.constantFrom('a', 'b', 'c'),
  balance: fc.integer({ min: 1, max: 3 }),
  day: fc.integer({ min: 1, max: 30 }),
});
const batches = fc.array(
  fc.uniqueArray(row, { selector: (item) => `${item.id}/${item.day}`, minLength: 1, maxLength: 5 }),
  { minLength: 1, maxLength: 4 },
);
const days = Array.from({ length: 33 }, (_, i) => i);

describe('version chains', () => {
  test.prop(
    [batches.chain((list) => fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })))],
    {
      numRuns: 12,
      seed: 7,
    },
  )('answer the same as of any day, in whatever order the files came', async ([inOrder, shuffled]) => {
    const fresh = new Map<string, Row>();
    for (const item of inOrder.flat())
      if (!fresh.has(`${item.id}/${item.day}`)) fresh.set(`${item.id}/${item.day}`, item);
    const keep = (list: readonly Row[]) => list.filter((item) => fresh.get(`${item.id}/${item.day}`) === item);
    const load = (files: readonly (readonly Row[])[]) =>
      inWarehouse(async (warehouse) => {
        for (const [i, file] of files.entries()) {
          write(keep(file));
          await importSpec(spec('upsert', '{ column: known }'), { warehouse, now: instant(`2021-01-0${i + 1}`) });
        }
        return answers(warehouse, days);
      });
    const expected = days.map((day) =>
      ['a', 'b', 'c']
        .flatMap((id) => {
          const known = [...fresh.values()]
            .filter((item) => item.id === id && item.day <= day)
            .sort((x, y) => y.day - x.day);
          return known[0] === undefined ? [] : `${id}=${known[0].balance}.00`;
        })
        .join(' '),
    );
    expect(await load(inOrder)).toEqual(expected);
    expect(await load(shuffled)).toEqual(expected);
  });

  test.prop([batches], { numRuns: 10, seed: 7 })(
    'never change what was known before the newest fact',
    async (files) => {
      await inWarehouse(async (warehouse) => {
        for (const [i, file] of files.entries()) {
          const first = Math.min(...file.map((item) => item.day));
          const earlier = days.filter((day) => day < first);
          const before = await answers(warehouse, earlier);
          write(file);
          await importSpec(spec('upsert', '{ column: known }'), { warehouse, now: instant(`2021-01-0${i + 1}`) });
          expect(await answers(warehouse, earlier)).toEqual(before);
          const reader = await warehouse.connection.runAndReadAll(
            `SELECT count(*)::INTEGER FROM raw.credit_lines a JOIN raw.credit_lines b ON a.credit_line_id = b.credit_line_id
           AND a.rowid < b.rowid AND a.known_from < b.known_until AND b.known_from < a.known_until`,
          );
          expect(reader.getRows()[0]?.[0]).toBe(0);
        }
      });
    },
  );

  test.prop([batches], { numRuns: 6, seed: 7 })('do not move when the same rows come again', async (files) => {
    await inWarehouse(async (warehouse) => {
      for (const [i, file] of [...files, ...files].entries()) {
        write(file);
        const now = instant(new Date(Date.UTC(2021, 0, 1 + i)));
        const before = await answers(warehouse, days);
        const report = await importSpec(spec('upsert', '{ column: known }'), { warehouse, now });
        if (i < files.length) continue;
        expect(report.tables.map((table) => table.loaded).filter((loaded) => loaded > 0)).toEqual([]);
        expect(await answers(warehouse, days)).toEqual(before);
      }
    });
  });

  it('date a correction at the import where its known-at is taken: it was not learned earlier', async () => {
    await inWarehouse(async (warehouse) => {
      write([{ id: 'a', balance: 1, day: 0 }]);
      await importSpec(spec('append', '{ lag: P1D }'), { warehouse, now: instant('2020-01-10') });
      write([{ id: 'a', balance: 2, day: 0 }]);
      const report = await importSpec(spec('append', '{ lag: P1D }'), { warehouse, now: instant('2020-01-20') });
      expect(only(report)).toMatchObject({ loaded: 1, newVersions: 1, badRows: 0 });
      expect(await answers(warehouse, [0, 18, 19])).toEqual(['a=1.00', 'a=1.00', 'a=2.00']);
    });
  });

  it('bury what a full replacement no longer holds, and raise it where it comes back', async () => {
    await inWarehouse(async (warehouse) => {
      const load = async (now: string, rows: readonly Row[]) => {
        write(rows);
        return only(await importSpec(spec('replace', '{ lag: P1D }'), { warehouse, now: instant(now) }));
      };
      const a = { id: 'a', balance: 1, day: 0 };
      const b = { id: 'b', balance: 2, day: 0 };
      await load('2020-01-02', [a, b]);
      expect(await load('2020-01-06', [b])).toMatchObject({ tombstones: 1, loaded: 0, ignoredIdentical: 1 });
      expect(await load('2020-01-11', [a, b])).toMatchObject({ tombstones: 0, loaded: 1 });
      expect(await answers(warehouse, [1, 4, 5, 9, 10])).toEqual([
        'a=1.00 b=2.00',
        'a=1.00 b=2.00',
        'b=2.00',
        'b=2.00',
        'a=1.00 b=2.00',
      ]);
      const reader = await warehouse.connection.runAndReadAll('SELECT count(*)::INTEGER FROM meta.tombstones');
      expect(reader.getRows()[0]?.[0]).toBe(1);
    });
  });

  it('take the newest file of a full replacement as what stands, even where it goes back to an earlier content', async () => {
    await inWarehouse(async (warehouse) => {
      for (const [i, balance] of [1, 2, 1].entries()) {
        write([{ id: 'a', balance, day: 0 }]);
        await importSpec(spec('replace', '{ lag: P1D }'), { warehouse, now: instant(`2020-01-1${i}`) });
      }
      expect(await answers(warehouse, [9, 10, 11])).toEqual(['a=1.00', 'a=2.00', 'a=1.00']);
    });
  });

  it('refuse a full replacement by nothing unless the spec allows it', async () => {
    await inWarehouse(async (warehouse) => {
      write([{ id: 'a', balance: 1, day: 0 }]);
      await importSpec(spec('replace', 'import'), { warehouse, now: instant('2020-02-01') });
      write([]);
      await expect(
        importSpec(spec('replace', 'import'), { warehouse, now: instant('2020-02-02') }),
      ).rejects.toMatchObject({
        code: 'SOURCE_UNREADABLE',
      });
      const report = await importSpec(spec('replace', 'import', 'allow_empty: true'), {
        warehouse,
        now: instant('2020-02-03'),
      });
      expect(only(report).tombstones).toBe(1);
    });
  });

  it('close a key at the known-at of a row that tells its deletion', async () => {
    await inWarehouse(async (warehouse) => {
      write([
        { id: 'a', balance: 1, day: 3 },
        { id: 'a', balance: 1, day: 8, gone: true },
      ]);
      const deletions = spec('upsert', '{ column: known }', 'deleted: { column: gone, values: [x] }');
      expect(only(await importSpec(deletions, { warehouse, now: instant('2021-01-01') }))).toMatchObject({
        loaded: 1,
        tombstones: 1,
      });
      expect(await answers(warehouse, [2, 3, 7, 8])).toEqual(['', 'a=1.00', 'a=1.00', '']);
      write([{ id: 'a', balance: 2, day: 5 }]);
      await importSpec(deletions, { warehouse, now: instant('2021-01-02') });
      expect(await answers(warehouse, [4, 5, 7, 8])).toEqual(['a=1.00', 'a=2.00', 'a=2.00', '']);
    });
  });
});

describe('importFacts', () => {
  it('brings acknowledged facts in by the same versions, once, and sets bad ones aside', async () => {
    await inWarehouse(async (warehouse) => {
      const fact = (id: string, balance: number | string, known: string) => ({
        table: 'credit_lines',
        values: { credit_line_id: id, party_id: 'p', kind: 'loan', balance },
        happenedAt: instant('2019-01-01'),
        knownFrom: instant(known),
        source: 'api',
      });
      const facts = [fact('a', 1, '2020-01-02'), fact('a', 2, '2020-01-04'), fact('b', 'many', '2020-01-02')];
      const options = { warehouse, now: instant('2020-02-01') };
      expect(only(await importFacts(options, facts))).toMatchObject({ loaded: 2, badRows: 1 });
      expect(only(await importFacts(options, facts))).toMatchObject({ loaded: 0, ignoredIdentical: 2 });
      expect(await answers(warehouse, [1, 3])).toEqual(['a=1.00', 'a=2.00']);
    });
  });

  it('orders versions by their own clock where a fact asks for it: older ones replace nothing, in whatever imports they come', async () => {
    const version = (balance: number, happened: string, known: string, ordered = true) => ({
      table: 'credit_lines',
      values: { credit_line_id: 'a', party_id: 'p', kind: 'loan', balance },
      happenedAt: instant(happened),
      knownFrom: instant(known),
      source: 'api',
      ordered,
    });
    const facts = [
      version(1, '2019-01-01', '2020-01-02'),
      version(2, '2019-01-05', '2020-01-04'),
      version(3, '2019-01-03', '2020-01-05'),
      version(4, '2019-01-05', '2020-01-06'),
      version(5, '2019-01-07', '2020-01-08'),
      version(6, '2019-01-06', '2020-01-08'),
      version(7, '2019-01-08', '2020-01-08'),
      version(8, '2019-01-02', '2020-01-10', false),
    ];
    for (const cuts of [[8], [1, 3, 8], [2, 7, 8]])
      await inWarehouse(async (warehouse) => {
        let from = 0;
        for (const to of cuts) {
          const part = facts.slice(from, to);
          for (const _ of ['once', 'again']) await importFacts({ warehouse, now: instant('2020-02-01') }, part);
          from = to;
        }
        expect(await answers(warehouse, [2, 4, 6, 8, 10])).toEqual(['a=1.00', 'a=2.00', 'a=4.00', 'a=7.00', 'a=8.00']);
      });
  });

  it('refuses unknown tables and columns, all at once', async () => {
    await inWarehouse(async (warehouse) => {
      const at = instant('2020-01-01');
      const facts = [
        { table: 'nonsense', values: {}, happenedAt: at, knownFrom: at, source: 'api' },
        { table: 'parties', values: { party: 'x' }, happenedAt: at, knownFrom: at, source: 'api' },
      ];
      await expect(importFacts(warehouse, facts)).rejects.toMatchObject({ code: 'INVALID_INPUT', problems: [{}, {}] });
    });
  });
});
