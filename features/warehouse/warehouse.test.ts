import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { CONTRACTS, rawColumns } from '../contracts/index.ts';
import { openWarehouse } from './index.ts';

const folder = mkdtempSync(join(tmpdir(), 'probity-warehouse-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Another process that holds the file open for writing, until it is told to end. */
async function holder(path: string) {
  const script = `import { DuckDBInstance } from '@duckdb/node-api';
    const instance = await DuckDBInstance.create(process.argv[1]); await instance.connect();
    console.log('held'); process.stdin.resume();`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script, path], {
    cwd: join(import.meta.dirname, '../..'),
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  await new Promise((done) => child.stdout.once('data', done));
  return {
    end: async () => {
      const ended = new Promise((done) => child.once('exit', done));
      child.kill('SIGKILL');
      await ended;
    },
  };
}

describe('openWarehouse', () => {
  it('makes every contract table with its own and the system columns', async () => {
    const warehouse = await openWarehouse(join(folder, 'new', 'w.duckdb'), 'write');
    const reader = await warehouse.connection.runAndReadAll(
      "SELECT table_name, list(column_name ORDER BY ordinal_position)::VARCHAR FROM information_schema.columns WHERE table_schema = 'raw' GROUP BY 1",
    );
    const found = new Map(reader.getRows().map(([table, columns]) => [String(table), String(columns)]));
    for (const contract of CONTRACTS) {
      const names = rawColumns(contract).map(([name]) => name);
      expect(found.get(contract.name)).toBe(`[${names.join(', ')}]`);
    }
    warehouse.close();
  });

  it('adds the columns that a contract has gained to an older file', async () => {
    const path = join(folder, 'older.duckdb');
    const older = await openWarehouse(path, 'write');
    await older.connection.run('ALTER TABLE raw.parties DROP COLUMN employees');
    older.close();
    const warehouse = await openWarehouse(path, 'write');
    await warehouse.connection.run('SELECT employees FROM raw.parties');
    warehouse.close();
  });

  it('lets one writer in at a time within a process, and no reader beside it', async () => {
    const path = join(folder, 'one.duckdb');
    const first = await openWarehouse(path, 'write');
    await expect(openWarehouse(path, 'write')).rejects.toMatchObject({ code: 'WAREHOUSE_BUSY' });
    await expect(openWarehouse(path, 'read')).rejects.toMatchObject({ code: 'WAREHOUSE_BUSY' });
    first.close();
    first.close();
    const readers = [await openWarehouse(path, 'read'), await openWarehouse(path, 'read')];
    await expect(openWarehouse(path, 'write')).rejects.toMatchObject({ code: 'WAREHOUSE_BUSY' });
    for (const reader of readers) reader.close();
    (await openWarehouse(path, 'write')).close();
  });

  it('lets one writer in at a time over all processes, names the other, and opens once that one is killed', async () => {
    const path = join(folder, 'two.duckdb');
    (await openWarehouse(path, 'write')).close();
    const other = await holder(path);
    try {
      await expect(openWarehouse(path, 'write')).rejects.toMatchObject({
        code: 'WAREHOUSE_BUSY',
        message: expect.stringMatching(/held by process \d+/) as string,
        fix: expect.stringContaining('Wait until') as string,
      });
      await expect(openWarehouse(path, 'read')).rejects.toMatchObject({ code: 'WAREHOUSE_BUSY' });
    } finally {
      await other.end();
    }
    (await openWarehouse(path, 'write')).close();
  });

  it('tells that there is nothing to read', async () => {
    await expect(openWarehouse(join(folder, 'none.duckdb'), 'read')).rejects.toMatchObject({
      code: 'WAREHOUSE_MISSING',
    });
  });
});
