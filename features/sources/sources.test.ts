import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { DateMillisecond, Float64, Int64, Table, tableToIPC, Utf8, vectorFromArray } from 'apache-arrow';
import { fc, test } from '@fast-check/vitest';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { instant } from '../../base/index.ts';
import { importSpec, parseRelationalSpec } from '../import/index.ts';
import { openWarehouse, type Warehouse } from '../warehouse/index.ts';
import { decimalText } from './arrow.ts';
import { firstRecord } from './header.ts';

const folder = mkdtempSync(join(tmpdir(), 'probity-sources-'));
let warehouse: Warehouse;
beforeAll(async () => {
  warehouse = await openWarehouse(':memory:', 'write');
});
afterAll(() => {
  warehouse.close();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(async () => {
  for (const table of ['raw.credit_lines', 'meta.imports', 'meta.quarantine'])
    await warehouse.connection.run(`DELETE FROM ${table}`);
});

const save = (name: string, content: string | Uint8Array) => writeFileSync(join(folder, name), content);

const load = (
  source: string,
  columns = 'credit_line_id: id, party_id: party, kind: { value: loan }, balance: balance',
) =>
  importSpec(
    parseRelationalSpec(
      `name: s
tables:
  - table: credit_lines
    source: ${source}
    columns: { ${columns} }
    happened: { column: since }
    known: { lag: P1D }
    threshold: { max_bad_share: 1 }
`,
      { file: join(folder, 's.yaml') },
    ),
    { warehouse, now: instant('2020-01-01') },
  );
const loaded = async () =>
  (
    await warehouse.connection.runAndReadAll(
      'SELECT credit_line_id, party_id, balance::VARCHAR, happened_at::VARCHAR FROM raw.credit_lines ORDER BY 1',
    )
  ).getRowsJson();
const quarantine = async () =>
  (
    await warehouse.connection.runAndReadAll(
      'SELECT row_number::INTEGER, column_name, code FROM meta.quarantine ORDER BY ALL',
    )
  ).getRowsJson();
const TWO = [
  ['a', 'p', '1.50', '2019-01-01 00:00:00'],
  ['b', 'q', null, '2019-02-01 00:00:00'],
];
const CSV = 'id,party,balance,since\na,p,1.5,2019-01-01\nb,q,,2019-02-01\n';

describe('every format gives the same rows', () => {
  it('CSV, with CRLF, byte order mark, quotes and line breaks in cells', async () => {
    save(
      'a.csv',
      `\uFEFF"id","party",balance,since\r\n"a",p,1.5,2019-01-01\r\n"b","q","",2019-02-01\r\n"c ""x""\nd",r,2,2019-03-01\r\n`,
    );
    await load('a.csv');
    expect(await loaded()).toEqual([...TWO, ['c "x"\nd', 'r', '2.00', '2019-03-01 00:00:00']]);
  });

  it('.csv.gz', async () => {
    save('a.csv.gz', gzipSync(CSV));
    await load('a.csv.gz');
    expect(await loaded()).toEqual(TWO);
  });

  it('several files of a glob, with the file and its own row number in the quarantine', async () => {
    save('part-1.csv', 'id,party,balance,since\na,p,1.5,2019-01-01\n');
    save('part-2.csv', 'id,party,balance,since\nb,q,,2019-02-01\nx,q,many,2019-02-01\n');
    await load('{ glob: part-*.csv }');
    expect(await loaded()).toEqual(TWO);
    const reader = await warehouse.connection.runAndReadAll('SELECT file, row_number::INTEGER FROM meta.quarantine');
    expect(reader.getRowsJson()).toEqual([['part-2.csv', 2]]);
  });

  it('a file whose name looks like a pattern, and no other that fits it', async () => {
    save('lines[1].csv', CSV);
    save('lines1.csv', 'id,party,balance,since\nwrong,wrong,1,2019-01-01\n');
    await load('{ path: "lines[1].csv" }');
    expect(JSON.stringify(await loaded())).not.toContain('wrong');
    expect(await loaded()).not.toEqual([]);
  });

  it('a file without header, its columns listed', async () => {
    save('bare.csv', `\uFEFF${CSV.split('\n').slice(1).join('\n')}`);
    await load('{ path: bare.csv, header: [id, party, balance, since] }');
    expect(await loaded()).toEqual(TWO);
  });

  it.each(['utf-16le', 'gb18030', 'latin1'])('text in %s', async (encoding) => {
    const bytes = encoding === 'utf-16le' ? Buffer.from(`\uFEFF${CSV}`, 'utf16le') : Buffer.from(CSV, 'latin1');
    save('other.csv', bytes);
    await load(`{ path: other.csv, encoding: ${encoding} }`);
    expect(await loaded()).toEqual(TWO);
  });

  it('JSON lines, nested values by JSON pointer; a line that is no object is set aside', async () => {
    save(
      'a.jsonl',
      [
        '{"id":"a","who":{"party":"p"},"balance":1.5,"since":"2019-01-01"}',
        'not json',
        '{"id":"b","who":{"party":"q"},"balance":null,"since":"2019-02-01T00:00:00Z"}',
        '',
      ].join('\n'),
    );
    await load('a.jsonl', 'credit_line_id: id, party_id: /who/party, kind: { value: loan }, balance: balance');
    expect(await loaded()).toEqual(TWO);
    expect(await quarantine()).toEqual([[2, null, 'UNPARSEABLE']]);
  });

  it('Parquet, native types', async () => {
    await warehouse.connection.run(
      `COPY (SELECT * FROM (VALUES ('a', 'p', 1.5::DOUBLE, DATE '2019-01-01'), ('b', 'q', NULL, DATE '2019-02-01')) t(id, party, balance, since))
       TO '${join(folder, 'a.parquet')}' (FORMAT parquet)`,
    );
    await load('a.parquet');
    expect(await loaded()).toEqual(TWO);
  });

  it.each(['file', 'stream'] as const)('Arrow IPC, %s form, several batches', async (form) => {
    const column = {
      id: vectorFromArray(['a', 'b'], new Utf8()),
      party: vectorFromArray(['p', 'q']),
      balance: vectorFromArray([1.5, null], new Float64()),
      since: vectorFromArray([new Date('2019-01-01'), new Date('2019-02-01')], new DateMillisecond()),
    };
    const table = new Table(column);
    save('a.arrow', tableToIPC(table.slice(0, 1).concat(table.slice(1, 2)), form));
    await load('a.arrow');
    expect(await loaded()).toEqual(TWO);
  });

  it('Arrow whole numbers beyond 2^53, exactly', async () => {
    save(
      'big.arrow',
      tableToIPC(
        new Table({
          id: vectorFromArray([9007199254740993n], new Int64()),
          party: vectorFromArray(['p']),
          since: vectorFromArray(['2019-01-01']),
        }),
        'file',
      ),
    );
    await load('big.arrow', 'credit_line_id: id, party_id: party, kind: { value: loan }');
    expect((await loaded())[0]?.[0]).toBe('9007199254740993');
  });

  test.prop([fc.bigInt({ min: -(2n ** 120n), max: 2n ** 120n }), fc.integer({ min: 0, max: 20 })], { seed: 7 })(
    'Arrow decimals print exactly',
    (unscaled, scale) => {
      const bits = BigInt.asUintN(128, unscaled);
      const words = Uint32Array.from({ length: 4 }, (_, i) => Number((bits >> BigInt(32 * i)) & 0xffffffffn));
      const text = decimalText(words, scale);
      expect(BigInt(text.replace('.', ''))).toBe(unscaled);
      expect(text.split('.')[1]?.length ?? 0).toBe(scale);
    },
  );
});

describe('a source that cannot be read', () => {
  const refused = async (source: string, fragment: RegExp) => {
    await expect(load(source)).rejects.toSatisfy(
      (error: { code: string; message: string; fix: string; problems: unknown }) => {
        expect(`${error.code} ${error.message} ${error.fix} ${JSON.stringify(error.problems)}`).toMatch(fragment);
        return true;
      },
    );
    expect(await loaded()).toEqual([]);
  };

  it('is missing, empty, or only a header away from it', async () => {
    await refused('nowhere.csv', /FILE_NOT_FOUND/);
    save('empty.csv', '');
    await refused('empty.csv', /SOURCE_UNREADABLE.*is empty/);
    save('empty.csv.gz', gzipSync(''));
    await refused('empty.csv.gz', /SOURCE_UNREADABLE.*is empty/);
    save('header.csv', 'id,party,balance,since\n');
    expect((await load('header.csv')).tables[0]).toMatchObject({ rowsRead: 0, loaded: 0 });
  });

  it('is a folder, a pipe or a device, which would be waited for', async () => {
    mkdirSync(join(folder, 'inner.csv'));
    execFileSync('mkfifo', [join(folder, 'pipe.csv')]);
    await expect(load('inner.csv')).rejects.toThrow('is a folder');
    await expect(load('pipe.csv')).rejects.toThrow('is a pipe');
    await expect(load('{ path: /dev/zero, format: csv }')).rejects.toThrow('is a pipe or a device');
  });

  it('is separated by another mark: the error names it', async () => {
    save('semi.csv', CSV.replaceAll(',', ';'));
    await refused('semi.csv', /SOURCE_UNREADABLE.*";"/);
  });

  it('names a mapped column twice, or not at all: the error names the nearest', async () => {
    save('twice.csv', 'id,party,balance,balance,since\na,p,1,2,2019-01-01\n');
    await refused('twice.csv', /INVALID_SPEC.*more than one column `balance`/);
    save('near.csv', 'id,party,balanse,since\na,p,1,2019-01-01\n');
    await refused('near.csv', /INVALID_SPEC.*Did you mean `balanse`/);
  });

  it('is not of its format', async () => {
    for (const name of ['bad.parquet', 'bad.arrow', 'bad.csv.gz']) {
      save(name, 'these are not the bytes of it');
      await refused(name, /SOURCE_UNREADABLE/);
    }
    save('bad.jsonl', 'one\ntwo\n');
    await refused('bad.jsonl', /SOURCE_UNREADABLE.*no JSON object/);
  });

  it('has files of different shapes in one glob', async () => {
    save('shape-1.csv', CSV);
    save('shape-2.csv', 'id,other\na,b\n');
    await refused('{ glob: shape-*.csv }', /SOURCE_UNREADABLE.*other columns/);
  });

  it('is a database whose connection is not set', async () => {
    await refused(
      '{ connection: { env: PROBITY_NO_SUCH_VARIABLE }, query: SELECT 1 }',
      /SOURCE_UNREADABLE.*PROBITY_NO_SUCH_VARIABLE/,
    );
  });
});

describe('firstRecord', () => {
  test.prop([fc.array(fc.string(), { minLength: 1, maxLength: 5 }), fc.constantFrom(',', ';', '\t', '||')], {
    seed: 7,
  })('reads back what RFC 4180 writes, whatever the names hold', (names, delimiter) => {
    const line = names.map((name) => `"${name.replaceAll('"', '""')}"`).join(delimiter);
    expect(firstRecord(`${line}\r\nrest`, { delimiter, quote: '"' }, false)?.fields).toEqual(names);
  });
});
