import { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout } from 'node:timers/promises';
import { Client } from 'pg';
import { expect, it } from 'vitest';
import { startTestPostgres } from '../../test/support/postgres.ts';
import { copyIn, copyOut } from './copy.ts';

it('copies far more than its buffers hold to a slow reader, and back, with the connection usable after each', async () => {
  const postgres = await startTestPostgres();
  const client = new Client({ connectionString: postgres.url });
  try {
    await client.connect();
    await client.query('create table t (n integer, text text)');
    for (const rows of [40_000, 3, 40_000]) {
      const parts: Buffer[] = [];
      const slow = new Writable({
        highWaterMark: 1,
        write(part: Buffer, _encoding, done) {
          parts.push(part);
          void setTimeout(1).then(() => done());
        },
      });
      const out = copyOut(client, `select n, repeat('x', 200) from generate_series(1, ${rows}) n`);
      await pipeline(out, slow);
      expect(out.rows).toBe(rows);
      const back = copyIn(client, 't (n, text)');
      await pipeline(Readable.from(parts), back);
      expect(back.rows).toBe(rows);
    }
    expect((await client.query('select count(*)::int as n, count(distinct n)::int as d from t')).rows).toEqual([
      { n: 80_003, d: 40_000 },
    ]);
  } finally {
    await client.end();
    await postgres.stop();
  }
});
