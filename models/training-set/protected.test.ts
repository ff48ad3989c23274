import { DuckDBInstance } from '@duckdb/node-api';
import { expect, test } from 'vitest';
import { readProtected } from './protected.ts';

const day = (text: string): number => Date.parse(text);

test('a protected attribute is what was known of the customer at the observation date, by row', async () => {
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  try {
    await connection.run(`CREATE SCHEMA raw;
      CREATE TABLE raw.parties (party_id VARCHAR, gender VARCHAR, happened_at TIMESTAMP, known_from TIMESTAMP, known_until TIMESTAMP);
      INSERT INTO raw.parties VALUES
        ('a/1', 'female', '2020-01-01', '2020-01-01', '2024-01-01'), ('a/1', 'other', '2020-01-01', '2024-01-01', '9999-01-01'),
        ('b', 'male', '2020-01-01', '2023-06-01', '9999-01-01'), ('c', NULL, '2020-01-01', '2020-01-01', '9999-01-01')`);
    const rows = {
      rows: 4,
      ids: ['a/1/2023-01-01', 'a/1/2025-01-01', 'b/2023-01-01', 'c/2025-01-01'],
      time: Float64Array.of(day('2023-01-01'), day('2025-01-01'), day('2023-01-01'), day('2025-01-01')),
    };
    const [gender, ...more] = await readProtected(connection, rows);
    expect(more).toEqual([]);
    expect(gender).toMatchObject({ name: 'gender', levels: ['female', 'other'] });
    expect([...gender!.codes]).toEqual([0, 1, -1, -1]);
    expect(
      await readProtected(connection, { rows: 1, ids: ['c/2025-01-01'], time: Float64Array.of(day('2025-01-01')) }),
    ).toEqual([]);
    await connection.run('ALTER TABLE raw.parties DROP COLUMN gender');
    expect(await readProtected(connection, rows)).toEqual([]);
  } finally {
    connection.closeSync();
  }
});
