import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestDatabase, type TestDatabase } from '../../test/support/database.ts';

const BYTES = 20_000;
const QUERIES = 300;

describe('a connection that is lent', () => {
  let server: TestDatabase;
  beforeAll(async () => {
    server = await startTestDatabase();
  });
  afterAll(() => server?.stop());

  it('keeps nothing of a query past a young collection', async () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as (options?: { readonly type: 'minor' }) => void;
    const ask = () =>
      server.database.withConnection((connection) =>
        connection.query({ name: 'length', text: 'select length($1::bytea)', values: [Buffer.alloc(BYTES)] }),
      );
    const askMany = async () => {
      for (let i = 0; i < QUERIES; i += 1) {
        await ask();
        if (i % 50 === 49) collect({ type: 'minor' });
      }
      collect({ type: 'minor' });
      collect({ type: 'minor' });
    };
    await askMany();
    collect();
    const before = process.memoryUsage().arrayBuffers;
    await askMany();
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan((BYTES * QUERIES) / 4);
  });

  it('tells what PostgreSQL refuses, and is lent again', async () => {
    await expect(server.database.withConnection((c) => c.query({ text: 'select 1 / 0' }))).rejects.toMatchObject({
      code: '22012',
    });
    const { rows } = await server.database.withConnection((c) => c.query({ text: 'select 1 as one' }));
    expect(rows).toEqual([{ one: 1 }]);
  });
});
