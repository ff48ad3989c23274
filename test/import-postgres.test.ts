import { Client } from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { instant } from '../base/index.ts';
import { importSpec, parseRelationalSpec } from '../features/import/index.ts';
import { openWarehouse, type Warehouse } from '../features/warehouse/index.ts';
import { startTestPostgres, type TestPostgres } from './support/postgres.ts';

let postgres: TestPostgres;
let client: Client;
let warehouse: Warehouse;
beforeAll(async () => {
  postgres = await startTestPostgres();
  process.env['PROBITY_TEST_SOURCE'] = postgres.url;
  client = new Client({ connectionString: postgres.url });
  await client.connect();
  await client.query(`
    CREATE TABLE payment (id bigint PRIMARY KEY, customer text, amount numeric(12, 3), paid timestamptz, seen timestamptz);
    INSERT INTO payment SELECT i, 'c' || i % 7, i / 100.0, '2019-01-01 08:00:00+08'::timestamptz + i * interval '1 minute', '2019-06-01Z'
      FROM generate_series(1, 10000) i;
    INSERT INTO payment VALUES (10001, NULL, 1, '2019-01-01Z', '2019-06-01Z')`);
});
afterAll(async () => {
  delete process.env['PROBITY_TEST_SOURCE'];
  await client?.end();
  await postgres?.stop();
});
beforeEach(async () => {
  warehouse?.close();
  warehouse = await openWarehouse(':memory:', 'write');
});

const load = (query: string, now = '2020-01-01') =>
  importSpec(
    parseRelationalSpec(
      `name: s
tables:
  - table: payments
    source: { connection: { env: PROBITY_TEST_SOURCE }, query: ${JSON.stringify(query)} }
    columns: { payment_id: id, party_id: customer, amount: amount }
    happened: paid
    known: { column: seen }
`,
      { file: 's.yaml' },
    ),
    { warehouse, now: instant(now) },
  );
const QUERY = 'SELECT * FROM payment ORDER BY id';

describe('PostgreSQL as a source', () => {
  it('streams all rows, with their instants in UTC, and sets bad ones aside', async () => {
    const report = await load(QUERY);
    expect(report.tables[0]).toMatchObject({ rowsRead: 10_001, loaded: 10_000, badRows: 1 });
    const reader = await warehouse.connection.runAndReadAll(
      "SELECT amount::VARCHAR, happened_at::VARCHAR, known_from::VARCHAR FROM raw.payments WHERE payment_id = '150'",
    );
    expect(reader.getRows()[0]).toEqual(['1.50', '2019-01-01 02:30:00', '2019-06-01 00:00:00']);
    const quarantine = await warehouse.connection.runAndReadAll(
      'SELECT row_number::INTEGER, column_name, code FROM meta.quarantine',
    );
    expect(quarantine.getRows()).toEqual([[10_001, 'party_id', 'MISSING_VALUE']]);
  });

  it('is a no-op where the query gives the same rows, and a new version where one has changed', async () => {
    await load(QUERY);
    expect((await load(QUERY, '2020-02-01')).status).toBe('unchanged');
    await client.query("UPDATE payment SET amount = 2, seen = '2020-02-10Z' WHERE id = 150");
    const report = await load(QUERY, '2020-03-01');
    expect(report.tables[0]).toMatchObject({ loaded: 1, newVersions: 1, ignoredIdentical: 9_999 });
  });

  it('takes a query without rows', async () => {
    expect((await load('SELECT * FROM payment WHERE false')).tables[0]).toMatchObject({ rowsRead: 0, loaded: 0 });
  });

  it('cannot be written to, and its errors never tell the connection string', async () => {
    const password = new URL(postgres.url).password;
    for (const query of ['DELETE FROM payment RETURNING *', 'SELECT * FROM no_such_table']) {
      await expect(load(query)).rejects.toSatisfy((error: { code: string; message: string }) => {
        expect(error.code).toBe('SOURCE_UNREADABLE');
        expect(error.message).not.toContain(`:${password}@`);
        return true;
      });
    }
    expect((await client.query<{ n: string }>('SELECT count(*) AS n FROM payment')).rows[0]?.n).toBe('10001');
  });
});
