import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { compiledEntry, instant, packageRoot } from '../base/index.ts';
import { importSpec, parseRelationalSpec } from '../features/import/index.ts';
import { openWarehouse } from '../features/warehouse/index.ts';

const folder = mkdtempSync(join(tmpdir(), 'probity-import-kill-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const ROWS = 300_000;
const TEXT = `name: s
tables:
  - table: parties
    source: parties.csv
    columns: { party_id: id, kind: { value: person } }
    happened: { value: '2019-01-01' }
    known: { lag: P1D }
  - table: transactions
    source: transactions.csv
    columns: { transaction_id: id, party_id: party, direction: direction, amount: amount }
    happened: at
    known: { lag: P1D }
`;
const spec = parseRelationalSpec(TEXT, { file: join(folder, 's.yaml') });

/** Imports in a process of its own and kills it without warning when it reports `step` for the first time, `delay` ms later. */
async function killedAt(path: string, step: string, delay: number): Promise<NodeJS.Signals | null> {
  const modules = ['features/import/index.ts', 'features/warehouse/index.ts', 'base/index.ts'].map((source) =>
    compiledEntry(source),
  );
  const script = `
    const [imports, houses, base] = await Promise.all(${JSON.stringify(modules)}.map((path) => import(path)));
    const spec = imports.parseRelationalSpec(${JSON.stringify(TEXT)}, { file: ${JSON.stringify(join(folder, 's.yaml'))} });
    const warehouse = await houses.openWarehouse(${JSON.stringify(path)}, 'write');
    const progress = (event) => console.log('step ' + event.step);
    await imports.importSpec(spec, { warehouse, now: base.instant('2020-06-01'), progress });
    warehouse.close();`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    cwd: packageRoot(),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let seen = '';
  child.stdout.on('data', (chunk: Buffer) => {
    const before = seen.includes(`step ${step}`);
    seen += chunk.toString();
    if (!before && seen.includes(`step ${step}`)) setTimeout(() => child.kill('SIGKILL'), delay);
  });
  return new Promise((done) => {
    child.once('exit', (_code, signal) => done(signal));
  });
}

describe('an import that is killed', () => {
  it('at any step leaves the earlier data, and nothing of its own; the next run loads everything once', async () => {
    expect(existsSync(compiledEntry('features/import/index.ts')), 'npm run build comes before this test').toBe(true);
    const path = join(folder, 'w.duckdb');
    writeFileSync(join(folder, 'parties.csv'), 'id\np0\n');
    writeFileSync(join(folder, 'transactions.csv'), 'id,party,direction,amount,at\nfirst,p0,in,1,2020-01-01\n');
    const earlier = await openWarehouse(path, 'write');
    await importSpec(spec, { warehouse: earlier, now: instant('2020-05-01') });
    earlier.close();
    writeFileSync(join(folder, 'parties.csv'), `id\n${Array.from({ length: 100 }, (_, i) => `p${i}`).join('\n')}\n`);
    const lines = Array.from({ length: ROWS }, (_, i) => `t${i},p${i % 100},in,${i % 1000},2020-02-01`);
    writeFileSync(join(folder, 'transactions.csv'), `id,party,direction,amount,at\n${lines.join('\n')}\n`);
    const state = async (): Promise<unknown> => {
      const warehouse = await openWarehouse(path, 'write');
      const reader = await warehouse.connection.runAndReadAll(
        `SELECT (SELECT count(*)::INTEGER FROM raw.parties), (SELECT count(*)::INTEGER FROM raw.transactions),
           (SELECT count(*)::INTEGER FROM meta.imports)`,
      );
      warehouse.close();
      return reader.getRows()[0];
    };
    let killed = 0;
    for (const [step, delay] of [
      ['open', 0],
      ['check', 0],
      ['check', 150],
      ['load', 0],
      ['load', 40],
    ] as const) {
      if ((await killedAt(path, step, delay)) !== 'SIGKILL') break;
      killed++;
      const found = await state();
      // A kill that comes after the commit finds everything; nothing in between is ever seen.
      expect([
        [1, 1, 1],
        [100, ROWS + 1, 2],
      ]).toContainEqual(found);
    }
    expect(killed).toBeGreaterThan(0);
    const warehouse = await openWarehouse(path, 'write');
    await importSpec(spec, { warehouse, now: instant('2020-06-01') });
    warehouse.close();
    expect(await state()).toEqual([100, ROWS + 1, 2]);
  });
});
