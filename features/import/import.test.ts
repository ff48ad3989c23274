import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { instant, isProbityError, type Problem } from '../../base/index.ts';
import { openWarehouse, sourceHealth, type Warehouse } from '../warehouse/index.ts';
import { importSpec, parseRelationalSpec, renderImportReport } from './index.ts';

const folder = mkdtempSync(join(tmpdir(), 'probity-import-test-'));
let warehouse: Warehouse;
beforeAll(async () => {
  warehouse = await openWarehouse(':memory:', 'write');
});
afterAll(() => {
  warehouse.close();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(async () => {
  const reader = await warehouse.connection.runAndReadAll(
    "SELECT schema_name || '.' || table_name FROM duckdb_tables() WHERE schema_name IN ('raw', 'meta') AND NOT temporary",
  );
  for (const [table] of reader.getRows()) await warehouse.connection.run(`DELETE FROM ${String(table)}`);
});

const save = (name: string, content: string | Uint8Array) => writeFileSync(join(folder, name), content);
const spec = (text: string) => parseRelationalSpec(text, { file: join(folder, 'spec.yaml') });
const load = (text: string, now = '2020-06-01', signal?: AbortSignal) =>
  importSpec(spec(text), { warehouse, now: instant(now), ...(signal === undefined ? {} : { signal }) });
const rows = async (sql: string) => (await warehouse.connection.runAndReadAll(sql)).getRowsJson();
const problemsOf = async (run: Promise<unknown> | (() => unknown)): Promise<readonly Problem[]> => {
  try {
    await (typeof run === 'function' ? run() : run);
  } catch (error) {
    if (isProbityError(error)) return error.problems;
    throw error;
  }
  throw new Error('it should have been refused');
};

const PARTIES = `  - table: parties
    source: parties.csv
    columns: { party_id: id, kind: kind }
    happened: since
    known: { lag: P1D }
`;
const INVOICES = (extra = '') => `  - table: invoices
    source: { path: invoices.csv }
    columns: { invoice_id: id, party_id: party, issued_on: issued, due_on: due, amount: amount }
    happened: issued
    known: { lag: P1D }
    threshold: { max_bad_share: 1 }
${extra}`;
const quarantine = () =>
  rows('SELECT table_name, file, row_number::INTEGER, column_name, code FROM meta.quarantine ORDER BY ALL');

describe('contract checks', () => {
  it('set every bad row aside with table, file, row, column and code, and load the rest', async () => {
    save('parties.csv', 'id,kind,since\np1,person,2019-01-01\n');
    save(
      'invoices.csv',
      [
        'id,party,issued,due,amount',
        'ok,p1,2020-01-01,2020-02-01,10.50',
        'unparseable,p1,2020-01-01,2020-02-01,ten',
        'early,p1,2020-03-01,2020-02-01,10',
        'negative,p1,2020-01-01,2020-02-01,-1',
        'nobody,p9,2020-01-01,2020-02-01,10',
        ',p1,2020-01-01,2020-02-01,10',
        'twice,p1,2020-01-01,2020-02-01,10',
        'twice,p1,2020-01-01,2020-02-01,11',
        'same,p1,2020-01-01,2020-02-01,10',
        'same,p1,2020-01-01,2020-02-01,10',
        'short,p1,2020-01-01',
        'long,p1,2020-01-01,2020-02-01,10,11,12',
        'noday,p1,2020-02-30,2020-02-01,10',
        'future,p1,2999-01-01,2999-02-01,10',
        '',
      ].join('\n'),
    );
    const report = await load(`name: s\ntables:\n${PARTIES}${INVOICES()}`);
    const at = (row: number, column: string | null, code: string) => ['invoices', 'invoices.csv', row, column, code];
    expect(await quarantine()).toEqual([
      at(2, 'amount', 'UNPARSEABLE'),
      at(3, 'due_on', 'DATES_OUT_OF_ORDER'),
      at(4, 'amount', 'OUT_OF_RANGE'),
      at(5, 'party_id', 'ORPHAN'),
      at(6, 'invoice_id', 'MISSING_VALUE'),
      at(7, 'invoice_id', 'DUPLICATE_KEY'),
      at(8, 'invoice_id', 'DUPLICATE_KEY'),
      at(11, null, 'RAGGED_ROW'),
      at(12, null, 'RAGGED_ROW'),
      at(13, 'happened_at', 'UNPARSEABLE'),
      at(13, 'issued_on', 'UNPARSEABLE'),
      at(14, 'happened_at', 'OUT_OF_RANGE'),
      at(14, 'known_from', 'OUT_OF_RANGE'),
    ]);
    expect(await rows('SELECT invoice_id, amount, known_from FROM raw.invoices ORDER BY 1')).toEqual([
      ['ok', '10.50', '2020-01-02 00:00:00'],
      ['same', '10.00', '2020-01-02 00:00:00'],
    ]);
    expect(report.tables[1]).toMatchObject({ rowsRead: 14, loaded: 2, badRows: 11, ignoredIdentical: 1 });
    expect(renderImportReport(report)).toContain('ORPHAN in invoices.party_id: 1 rows set aside');
  });

  it('know the codes of a contract, and translate others by the code map', async () => {
    save('parties.csv', 'id,kind,since\na,P,2019-01-01\nb,X,2019-01-01\nc,Z,2019-01-01\nd,,2019-01-01\n');
    const mapped = PARTIES.replace('kind: kind', 'kind: { column: kind, map: { P: person, X: null, "": company } }');
    await load(`name: s\ntables:\n${mapped}    threshold: { max_bad_share: 1 }\n`);
    expect((await quarantine()).map((row) => row?.slice(2))).toEqual([
      [2, 'kind', 'MISSING_VALUE'],
      [3, 'kind', 'UNKNOWN_CODE'],
    ]);
    expect(await rows('SELECT party_id, kind FROM raw.parties ORDER BY 1')).toEqual([
      ['a', 'person'],
      ['d', 'company'],
    ]);
  });

  it('refuse the import as a whole over the threshold, keep its quarantine, and leave earlier data untouched', async () => {
    save('parties.csv', 'id,kind,since\np1,person,2019-01-01\n');
    await load(`name: s\ntables:\n${PARTIES}`);
    save('parties.csv', 'id,kind,since\np2,person,2019-01-01\n');
    save('invoices.csv', 'id,party,issued,due,amount\nx,p2,2020-01-01,2020-02-01,many\n');
    const both = `name: s\ntables:\n${PARTIES}${INVOICES().replace('max_bad_share: 1', 'max_bad_share: 0.5')}`;
    await expect(load(both)).rejects.toMatchObject({ code: 'IMPORT_REJECTED' });
    expect(await rows('SELECT party_id FROM raw.parties')).toEqual([['p1']]);
    expect(await rows('SELECT count(*)::INTEGER FROM raw.invoices')).toEqual([[0]]);
    expect(await quarantine()).toEqual([['invoices', 'invoices.csv', 1, 'amount', 'UNPARSEABLE']]);
    expect(await rows('SELECT status FROM meta.imports ORDER BY rowid')).toEqual([['loaded'], ['rejected']]);
    expect(await rows('SELECT count(*)::INTEGER FROM duckdb_tables() WHERE temporary')).toEqual([[0]]);
  });

  it('are never told with the values of cells', async () => {
    save('parties.csv', 'id,kind,since\nsecret-customer,secret-kind,2019-01-01\n');
    const problems = await problemsOf(load(`name: s\ntables:\n${PARTIES}`));
    expect(JSON.stringify(problems)).not.toContain('secret');
    expect(JSON.stringify(await quarantine())).not.toContain('secret');
  });

  it('leave references unchecked, saying so, where the parent table is empty and not part of the import', async () => {
    save('invoices.csv', 'id,party,issued,due,amount\nx,p2,2020-01-01,2020-02-01,1\n');
    const report = await load(`name: s\ntables:\n${INVOICES()}`);
    expect(report.tables[0]).toMatchObject({ loaded: 1, referencesUnchecked: ['parties'] });
  });
});

describe('an import', () => {
  it('of the same file twice is a no-op', async () => {
    save('parties.csv', 'id,kind,since\np1,person,2019-01-01\n');
    const text = `name: s\ntables:\n${PARTIES}`;
    const first = await load(text);
    expect(await load(text, '2020-07-01')).toMatchObject({
      status: 'unchanged',
      digest: first.digest,
      importId: first.importId,
    });
    expect(await rows('SELECT count(*)::INTEGER FROM meta.imports')).toEqual([[1]]);
  });

  it('that is stopped leaves nothing behind', async () => {
    const lines = Array.from({ length: 200_000 }, (_, i) => `p${i},person,2019-01-01`);
    save('parties.csv', ['id,kind,since', ...lines, ''].join('\n'));
    const stop = new AbortController();
    const run = load(`name: s\ntables:\n${PARTIES}`, '2020-06-01', stop.signal);
    setTimeout(() => stop.abort(), 40);
    await expect(run).rejects.toMatchObject({ code: 'IMPORT_ABORTED' });
    expect(await rows('SELECT count(*)::INTEGER FROM raw.parties')).toEqual([[0]]);
    expect(await rows('SELECT count(*)::INTEGER FROM duckdb_tables() WHERE temporary')).toEqual([[0]]);
  });

  it('loads attributes beside their customers, with their clocks, and keeps their types and labels', async () => {
    save('parties.csv', 'id,kind,since,score,tier\np1,person,2019-01-01,7.5,gold\np2,person,2019-01-02,,\n');
    const attributes = `    attributes:
      - { name: score, column: score, type: number, label: { en: Score, zh-CN: 分数 } }
      - { name: tier, type: category }
`;
    await load(`name: s\ntables:\n${PARTIES}${attributes}`);
    expect(
      await rows('SELECT party_id, name, number_value, text_value, known_from FROM raw.party_attributes ORDER BY ALL'),
    ).toEqual([
      ['p1', 'score', 7.5, null, '2019-01-02 00:00:00'],
      ['p1', 'tier', null, 'gold', '2019-01-02 00:00:00'],
      ['p2', 'score', null, null, '2019-01-03 00:00:00'],
      ['p2', 'tier', null, null, '2019-01-03 00:00:00'],
    ]);
    expect(await rows('SELECT name, type, label_en, label_zh_cn FROM meta.attributes ORDER BY 1')).toEqual([
      ['score', 'number', 'Score', '分数'],
      ['tier', 'category', null, null],
    ]);
  });

  it('tells what is stale and what is thin', async () => {
    save('parties.csv', 'id,kind,since,region\np1,person,2019-01-01,N\np2,person,2019-01-01,\n');
    const promised = PARTIES.replace('kind: kind', 'kind: kind, region: region');
    const report = await load(
      `name: s\ntables:\n${promised}    expected: { freshness: P7D, completeness: { region: 0.9 } }\n`,
    );
    expect(report.tables[0]?.freshness).toMatchObject({ stale: true });
    expect(renderImportReport(report)).toMatch(
      /STALE s\.parties.*\n.*THIN s\.parties\.region: 50\.0 % filled, promised 90\.0 %/,
    );
    const [fresh] = await sourceHealth(warehouse, instant('2019-01-05'));
    expect(fresh).toMatchObject({ source: 's.parties', table: 'parties', rows: 2, stale: false, thin: true });
    const [stale] = await sourceHealth(warehouse, instant('2019-01-10'));
    expect(stale?.stale).toBe(true);
  });
});

describe('names and texts', () => {
  it('may hold quotes, emoji and SQL', async () => {
    const name = `id"; DROP TABLE raw.parties; --`;
    save(`q'"🙂.csv`, `"${name.replaceAll('"', '""')}",it's,🙂\n'); DROP TABLE raw.parties; --,person,2019-01-01\n`);
    const text = `name: s
tables:
  - table: parties
    name: "hostile'; DROP TABLE raw.parties; --"
    source: ${JSON.stringify(`q'"🙂.csv`)}
    columns: { party_id: ${JSON.stringify(name)}, kind: "it's" }
    happened: 🙂
    known: import
`;
    await load(text);
    expect(await rows('SELECT party_id, known_from FROM raw.parties')).toEqual([
      [`'); DROP TABLE raw.parties; --`, '2020-06-01 00:00:00'],
    ]);
  });

  it('are read in the declared encoding, GB18030 too, and refused in another', async () => {
    const gb = Uint8Array.of(
      ...Buffer.from('id,kind,since,region\np1,person,2019-01-01,'),
      0xb1,
      0xb1,
      0xbe,
      0xa9,
      0x0a,
    );
    save('parties.csv', gb);
    const region = PARTIES.replace('kind: kind', 'kind: kind, region: region');
    await load(
      `name: s\ntables:\n${region.replace('source: parties.csv', 'source: { path: parties.csv, encoding: gb18030 }')}`,
    );
    expect(await rows('SELECT region FROM raw.parties')).toEqual([['北京']]);
    await expect(load(`name: t\ntables:\n${region}`)).rejects.toMatchObject({
      code: expect.stringMatching(/IMPORT_REJECTED|SOURCE_UNREADABLE/),
    });
  });

  it('of numbers, dates, instants and missing values follow the source', async () => {
    save('lines.csv', 'id;p;bal;at;n\na;x;1.234,50;31/12/2019;NULL\n');
    await load(`name: s
missing: ['NULL']
tables:
  - table: credit_lines
    source: { path: lines.csv, delimiter: ';', decimal: ',', thousands: '.', date_format: '%d/%m/%Y' }
    columns: { credit_line_id: id, party_id: p, kind: { value: loan }, balance: bal, granted_on: at, term_months: n }
    happened: { value: '2019-01-01' }
    known: { lag: PT6H }
`);
    expect(await rows('SELECT balance, granted_on, term_months, known_from FROM raw.credit_lines')).toEqual([
      ['1234.50', '2019-12-31', null, '2019-01-01 06:00:00'],
    ]);
  });

  it('of instants keep their offset, or take the zone of the source', async () => {
    save('parties.csv', 'id,kind,since\na,person,2019-01-01T08:00:00+08:00\nb,person,2019-01-01 08:00:00\n');
    const zone = (text: string) =>
      `name: s\ntables:\n${PARTIES.replace('source: parties.csv', `source: { path: parties.csv${text} }`)}`;
    await load(zone(', timezone: Asia/Shanghai'));
    expect(await rows('SELECT party_id, happened_at FROM raw.parties ORDER BY 1')).toEqual([
      ['a', '2019-01-01 00:00:00'],
      ['b', '2019-01-01 00:00:00'],
    ]);
  });
});

describe('expressions', () => {
  const withExpression = (expression: string) =>
    `name: s\ntables:\n${PARTIES.replace('kind: kind', `kind: { expression: ${JSON.stringify(expression)} }`)}    threshold: { max_bad_share: 1 }\n`;
  beforeAll(() => {
    save('parties.csv', 'id,kind,since\na,person,2019-01-01\n7,person,2019-01-01\n');
  });

  it.each([
    `(SELECT kind FROM raw.parties)`,
    `read_text('/etc/passwd')`,
    `getenv('HOME')`,
    `current_setting('temp_directory')`,
    `kind) FROM read_csv('x') WHERE (1 = 1`,
    `kind), (kind`,
    `row_number() OVER ()`,
    `raw.kind`,
    `nosuch`,
    `case when`,
  ])('refuse %s', async (expression) => {
    save('parties.csv', 'id,kind,since\na,person,2019-01-01\n7,person,2019-01-01\n');
    expect((await problemsOf(load(withExpression(expression)))).length).toBeGreaterThan(0);
  });

  it('set aside the rows on which they fail, not the import', async () => {
    save('parties.csv', 'id,kind,since\na,person,2019-01-01\n7,person,2019-01-01\n');
    await load(withExpression(`case when id::INTEGER > 0 then 'company' end -- a comment`));
    expect(await rows('SELECT party_id, kind FROM raw.parties')).toEqual([['7', 'company']]);
    expect(await quarantine()).toEqual([['parties', 'parties.csv', 1, 'kind', 'UNPARSEABLE']]);
  });
});

describe('lookups', () => {
  it('bring columns of another file in by key, and refuse a key that repeats', async () => {
    save('accounts.csv', 'account,opened\na1,2019-01-01\na2,2019-01-01\n');
    save('owners.csv', 'acc,client,role\na1,c1,OWNER\na1,c2,USER\n');
    const text = (filter: string) => `name: s
tables:
  - table: accounts
    source: accounts.csv
    lookup: [{ path: owners.csv, on: { account: acc }, columns: [client]${filter} }]
    columns: { account_id: account, party_id: client, kind: { value: current } }
    happened: opened
    known: { lag: P1D }
    threshold: { max_bad_share: 1 }
`;
    await load(text(`, filter: "role = 'OWNER'"`));
    expect(await rows('SELECT account_id, party_id FROM raw.accounts')).toEqual([['a1', 'c1']]);
    expect(await quarantine()).toEqual([['accounts', 'accounts.csv', 2, 'party_id', 'MISSING_VALUE']]);
    await expect(load(text(''))).rejects.toMatchObject({ code: 'SOURCE_UNREADABLE' });
  });
});
