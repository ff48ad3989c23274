import { createHmac } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fc, it as property } from '@fast-check/vitest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { instant, literal } from '../../base/index.ts';
import { importSpec, parseRelationalSpec, renderImportReport } from '../import/index.ts';
import { compactWarehouse, openWarehouse, type Warehouse } from '../warehouse/index.ts';
import { eraseParties, erasedAmong } from './index.ts';

const key = Buffer.alloc(32, 9);
const subjectOf = (id: string): string => createHmac('sha256', key).update(id).digest('hex').slice(0, 32);
const erased = (...ids: readonly string[]) => ({ subjects: ids.map(subjectOf), key });
const now = instant('2026-06-01');

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'probity-erase-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

let files = 0;
const fresh = () => openWarehouse(join(folder, `w${files++}.duckdb`), 'write');
const rows = async ({ connection }: Warehouse, query: string) => (await connection.runAndReadAll(query)).getRows();

const SPEC = `name: book
tables:
  - table: parties
    source: { path: parties.csv }
    mode: replace
    columns: { party_id: id, kind: { value: person } }
    happened: since
    known: { lag: P1D }
  - table: party_relations
    source: { path: relations.csv }
    mode: upsert
    columns: { party_id: id, related_party_id: other, relation: { value: household } }
    happened: since
    known: { lag: P1D }
  - table: guarantees
    source: { path: guarantees.csv }
    mode: upsert
    columns: { guarantee_id: key, party_id: id, guarantor_party_id: other, kind: { value: guarantee }, amount: amount }
    happened: since
    known: { lag: P1D }
`;

async function sources(ids: readonly string[]): Promise<ReturnType<typeof parseRelationalSpec>> {
  await writeFile(join(folder, 'parties.csv'), `id,since\n${ids.map((id) => `${id},2025-01-01\n`).join('')}`);
  await writeFile(
    join(folder, 'relations.csv'),
    'id,other,since\nkept,GONE-CUSTOMER,2025-01-01\nGONE-CUSTOMER,kept,2025-01-01\nkept,third,2025-01-01\n',
  );
  await writeFile(
    join(folder, 'guarantees.csv'),
    'key,id,other,amount,since\nG1,kept,GONE-CUSTOMER,5,2025-01-01\nG2,GONE-CUSTOMER,kept,6,2025-01-01\n',
  );
  return parseRelationalSpec(SPEC, { file: join(folder, 'book.yaml') });
}

property.prop([fc.array(fc.string({ minLength: 1, unit: 'grapheme' }), { minLength: 1, maxLength: 6 })], {
  numRuns: 30,
})('finds by their pseudonyms exactly the customers that were erased', async (ids) => {
  const clean = ids.map((id) => id.replaceAll('\0', '')).filter((id) => id !== '');
  if (clean.length === 0) return;
  const warehouse = await openWarehouse(':memory:', 'write');
  const query = clean.map((id) => `SELECT ${literal(id)}`).join(' UNION ALL ');
  const gone = clean.filter((_, i) => i % 2 === 0);
  const found = await erasedAmong(warehouse.connection, query, erased(...gone));
  warehouse.close();
  expect([...found].sort()).toEqual([...new Set(gone)].sort());
});

describe('an erasure in the warehouse', () => {
  it('removes rows, versions, tombstones and names, leaves the others, and no byte in the file', async () => {
    const warehouse = await fresh();
    await importSpec(await sources(['kept', 'third', 'GONE-CUSTOMER']), { warehouse, now });
    // The next full content does not hold the customer: a tombstone with the key remains.
    await importSpec(await sources(['kept', 'third']), { warehouse, now: instant('2026-06-02') });
    expect(await rows(warehouse, 'SELECT count(*)::INTEGER FROM meta.tombstones')).toEqual([[1]]);
    const removed = await eraseParties(warehouse.connection, erased('GONE-CUSTOMER', 'never-there'), now);
    expect(removed).toEqual({ parties: 1, party_relations: 2, guarantees: 2 });
    expect(await rows(warehouse, 'SELECT DISTINCT party_id FROM raw.parties ORDER BY 1')).toEqual([
      ['kept'],
      ['third'],
    ]);
    expect(await rows(warehouse, 'SELECT related_party_id FROM raw.party_relations')).toEqual([['third']]);
    expect(await rows(warehouse, 'SELECT guarantee_id, guarantor_party_id FROM raw.guarantees')).toEqual([
      ['G1', null],
    ]);
    expect(await rows(warehouse, 'SELECT count(*)::INTEGER FROM meta.tombstones')).toEqual([[0]]);
    expect(await eraseParties(warehouse.connection, erased('GONE-CUSTOMER'), now)).toEqual({});
    const before = await rows(warehouse, 'SELECT * FROM raw.party_relations');
    await compactWarehouse(warehouse);
    warehouse.close();
    expect((await readFile(warehouse.path)).includes('GONE-CUSTOMER')).toBe(false);
    const again = await openWarehouse(warehouse.path, 'write');
    expect(await rows(again, 'SELECT * FROM raw.party_relations')).toEqual(before);
    // What the contracts promise of new rows still holds of the copy.
    await expect(again.connection.run("INSERT INTO raw.parties (party_id) VALUES ('x')")).rejects.toThrow(/NOT NULL/);
    again.close();
  });
});

describe('an import of a source that still has the customer', () => {
  it('leaves their rows out, and says so', async () => {
    const warehouse = await fresh();
    const spec = await sources(['kept', 'third', 'GONE-CUSTOMER']);
    const report = await importSpec(spec, { warehouse, now, erased: erased('GONE-CUSTOMER') });
    expect(report.tables.map(({ table, loaded, erased: count }) => [table, loaded, count ?? 0])).toEqual([
      ['parties', 2, 1],
      ['party_relations', 1, 2],
      ['guarantees', 1, 1],
    ]);
    expect(renderImportReport(report)).toContain(
      '1 rows of book.parties left out: the data of their customers were erased',
    );
    expect(renderImportReport(report)).not.toContain('GONE-CUSTOMER');
    expect(await rows(warehouse, 'SELECT guarantor_party_id FROM raw.guarantees')).toEqual([[null]]);
    warehouse.close();
  });

  it('and none that names a person outright gets in', async () => {
    const warehouse = await fresh();
    const spec = await sources(['kept', 'zhao@example.net', '11010519491231002X', 'third']);
    await expect(importSpec(spec, { warehouse, now })).rejects.toMatchObject({ code: 'IMPORT_REJECTED' });
    expect(
      await rows(warehouse, "SELECT count(*)::INTEGER FROM meta.quarantine WHERE code = 'DIRECT_IDENTIFIER'"),
    ).toEqual([[2]]);
    warehouse.close();
  });
});
