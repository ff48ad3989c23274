import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { dataPaths, loadProject } from '../../base/index.ts';
import { openWarehouse } from '../../features/warehouse/index.ts';
import { BOOK, COMPANY, PERSON } from '../../test/support/golden-book.ts';
import { insertRaw } from '../../test/support/raw-fixture.ts';
import { featuresCommand } from './features.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'probity-features-'));
  await writeFile(join(folder, 'probity.yaml'), 'tenant: acme\n');
  const warehouse = await openWarehouse(dataPaths(await loadProject(folder)).warehouse, 'write');
  await insertRaw(warehouse.connection, BOOK);
  await warehouse.connection.run("INSERT INTO meta.attributes VALUES ('vip', 'category', NULL, NULL, 'crm')");
  warehouse.close();
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function run(...words: string[]): Promise<{ readonly out: string; readonly code: number | string | undefined }> {
  const written: string[] = [];
  const spies = [process.stdout, process.stderr].map((stream) =>
    vi.spyOn(stream, 'write').mockImplementation((text) => written.push(String(text)) > 0),
  );
  const before = process.exitCode;
  process.exitCode = undefined;
  try {
    await featuresCommand().parseAsync([...words, '--project', folder], { from: 'user' });
    return { out: written.join(''), code: process.exitCode };
  } finally {
    process.exitCode = before;
    for (const spy of spies) spy.mockRestore();
  }
}

describe('probity features', () => {
  it('build writes every feature of every customer known by the date', async () => {
    const file = join(folder, 'features.csv');
    const { out, code } = await run('build', '--as-of', '2025-07-01', '--out', file, '--json');
    expect(code ?? 0).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ file, customers: 2 });
    const [header, ...rows] = (await readFile(file, 'utf8')).trim().split('\n');
    const names = header?.split(',') ?? [];
    expect(names).toContain('vip');
    expect(rows.map((row) => row.split(',')[0])).toEqual([COMPANY, PERSON]);
    expect(rows[0]?.split(',')[names.indexOf('dpd_current')]).toBe('22.0');
  });

  it('docs prints the catalogue, with the attributes that were imported', async () => {
    const { out } = await run('docs', '--json');
    const { views } = JSON.parse(out) as { views: { name: string; features: { name: string }[] }[] };
    expect(views.find((view) => view.name === 'custom_attributes')?.features).toMatchObject([{ name: 'vip' }]);
    expect((await run('docs')).out).toContain('## payment_discipline');
  });

  it('is called wrongly with a file of another kind', async () => {
    expect(await run('build', '--out', join(folder, 'x.txt'))).toMatchObject({ code: 2 });
  });
});
