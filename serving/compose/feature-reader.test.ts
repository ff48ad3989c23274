import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { asOf, instant, type Tenant } from '../../base/index.ts';
import { openSnapshot, publishSnapshot } from '../../features/snapshots/index.ts';
import { loadViews, viewHashes } from '../../features/views/index.ts';
import { BOOK, COMPANY, PERSON } from '../../test/support/golden-book.ts';
import { insertRaw, rawDatabase } from '../../test/support/raw-fixture.ts';
import type { FeatureReader } from '../dependencies.ts';
import { featureReader } from './feature-reader.ts';

const AT = asOf('2025-07-01');
const ids = [COMPANY, PERSON, 'nobody'];
let folder: string;
let reader: FeatureReader;
let wanted: { readonly [view: string]: string };
let own: (...names: string[]) => { readonly [view: string]: string };

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'probity-feature-reader-'));
  const database = await rawDatabase();
  await insertRaw(database.connection, BOOK);
  const views = await loadViews();
  own = (...names) => viewHashes(views.filter(({ name }) => names.includes(name)));
  wanted = own('exposure', 'bureau_facts');
  const { hash } = await publishSnapshot({
    connection: database.connection,
    views,
    asOf: AT,
    tenant: 'acme' as Tenant,
    storageDir: folder,
    factsThrough: 0,
    builtAt: instant('2025-07-01T00:01:00Z'),
    sources: [],
  });
  database.close();
  reader = featureReader(await openSnapshot(join(folder, hash)), { since: async () => [] });
});
afterAll(async () => {
  await reader.close();
  await rm(folder, { recursive: true, force: true });
});

it('features that come along with segments are those that are looked up by themselves, and the segments are the same without', async () => {
  const { segments, features } = await reader.segmentsOf(ids, AT, wanted, []);
  const apart = await reader.featuresOf(ids, AT, wanted, []);
  expect([...segments.keys()]).toEqual([COMPANY, PERSON]);
  expect(new Set(segments.values()).size).toBeGreaterThan(1);
  expect((await reader.segmentsOf(ids, AT, {}, [])).segments).toEqual(segments);
  for (const [id, values] of apart.customers) expect(features?.customers.get(id)).toMatchObject(values);
  expect(features?.tables).toMatchObject(apart.tables);
});

it('where a version of views cannot be executed beside the segments, they come alone', async () => {
  const strange = '0'.repeat(64);
  const { segments, tables } = await reader.segmentsOf(ids, AT, {}, []);
  expect(tables).toContain('parties');
  for (const along of [{ profile: strange }, { ...wanted, exposure: strange }])
    expect(await reader.segmentsOf(ids, AT, along, [])).toEqual({ segments, tables, features: null });
});

it("what rules ask for by name comes by the snapshot's own views, beside the versions that a model wants", async () => {
  const all = await reader.featuresOf(ids, AT, { ...wanted, ...own('payment_discipline') }, []);
  const exposure = own('exposure');
  for (const asked of [
    ['bureau_score', 'dpd_current', 'nothing_of_ours'],
    ['bureau_score', 'dpd_current', 'utilisation'],
  ]) {
    const found = await reader.featuresOf(ids, AT, exposure, asked);
    const along = (await reader.segmentsOf(ids, AT, exposure, asked)).features;
    for (const name of ['bureau_score', 'dpd_current', 'utilisation'])
      for (const answer of [found, along]) {
        expect(answer?.customers.get(COMPANY)?.[name]).toBe(all.customers.get(COMPANY)?.[name]);
        expect(answer?.tables[name]).toEqual(all.tables[name]);
      }
    expect(found.customers.get(COMPANY)).not.toHaveProperty('nothing_of_ours');
  }
  expect(all.customers.get(COMPANY)?.['dpd_current']).toBe(22);
});
