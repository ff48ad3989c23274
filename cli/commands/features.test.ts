import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { dataPaths, instant, loadProject, type Tenant } from '../../base/index.ts';
import { CONTRACTS } from '../../features/contracts/index.ts';
import { openWarehouse } from '../../features/warehouse/index.ts';
import { createLegalBases } from '../../records/privacy/index.ts';
import { startTestDatabase } from '../../test/support/database.ts';
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

  it('build leaves out, and names, what has no legal basis for model development', async () => {
    const server = await startTestDatabase();
    const yaml = join(folder, 'probity.yaml');
    try {
      await writeFile(yaml, `tenant: acme\nrules: rules\ndatabase: '${server.url}'\n`);
      await mkdir(join(folder, 'rules'));
      const bases = CONTRACTS.map(({ name }) => name)
        .filter((source) => source !== 'payments')
        .map((source) => ({ source, purpose: 'model-development', basis: 'legitimate-interest' }));
      await writeFile(join(folder, 'rules', 'legal-bases.json'), JSON.stringify({ bases }));
      await createLegalBases(server.database, 'acme' as Tenant).record({
        subject: PERSON,
        source: 'payments',
        purpose: 'model-development',
        basis: 'consent',
        from: instant('2020-01-01'),
        until: null,
        actor: 'li',
      });
      const file = join(folder, 'lawful.csv');
      const { out, code } = await run('build', '--as-of', '2025-07-01', '--out', file, '--json');
      expect([code ?? 0, out]).toEqual([0, expect.any(String)]);
      const { withheld } = JSON.parse(out) as { withheld: { feature: string; source: string; customers: number }[] };
      expect(withheld).toContainEqual({ feature: 'dpd_current', source: 'payments', customers: 1 });
      expect(withheld.every(({ source, customers }) => source === 'payments' && customers === 1)).toBe(true);
      const [header, ...rows] = (await readFile(file, 'utf8'))
        .trim()
        .split('\n')
        .map((line) => line.split(','));
      const cells = (name: string) => rows.map((row) => row[header?.indexOf(name) ?? -1]);
      expect(cells('party_id')).toEqual([COMPANY, PERSON]);
      expect(cells('dpd_current')[0]).toBe('');
      expect(cells('vip')).toHaveLength(2);
      const told = await run('build', '--as-of', '2025-07-01', '--out', file);
      expect(told.out).toContain('withheld for want of a legal basis for payments: dpd_current of 1 customers');
    } finally {
      await writeFile(yaml, 'tenant: acme\n');
      await server.stop();
    }
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
