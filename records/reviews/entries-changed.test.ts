import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { instant, type Tenant } from '../../base/index.ts';
import { startTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { createCreditFiles, type CreditFiles } from '../credit-file/index.ts';
import { createVault, openMasterKeys } from '../privacy/index.ts';
import { pseudonymsUnder } from '../ratings/index.ts';
import { createReviewCalendar } from './index.ts';

const tenant = 'acme' as Tenant;
let server: TestDatabase;
let folder: string;
let files: CreditFiles;
beforeAll(async () => {
  server = await startTestDatabase();
  folder = await mkdtemp(join(tmpdir(), 'probity-entries-'));
  const keys = await openMasterKeys(join(folder, 'keys.json'));
  files = createCreditFiles(
    server.database,
    tenant,
    createVault(server.database, tenant, keys, pseudonymsUnder(Buffer.alloc(32, 7))),
  );
});
afterAll(async () => {
  await server?.stop();
  await rm(folder, { recursive: true, force: true });
});

const put = (entryId: string, text: string, customerId = 'c-1') =>
  files.put({ customerId, kind: 'note', entryId, actor: 'li', happenedAt: instant('2026-01-01'), body: { text } });
const remove = (entryId: string) => files.remove({ customerId: 'c-1', kind: 'note', entryId, actor: 'li' });

it('entries of a file that came, changed or went after an instant are told once each; what came and went meanwhile, and what stayed, is not', async () => {
  for (const entryId of ['same', 'changed', 'went', 'changed-and-went', 'back']) await put(entryId, 'before');
  await remove('back');
  const { knownFrom: after } = await put('last', 'before');
  await put('changed', 'after');
  await put('changed', 'again');
  await remove('went');
  await put('changed-and-went', 'after');
  await remove('changed-and-went');
  await put('back', 'after');
  await put('came', 'after');
  await put('came-and-went', 'after');
  await remove('came-and-went');
  await put('other', 'after', 'c-2');
  const found = await createReviewCalendar(server.database, tenant).entriesChanged('c-1', after);
  expect(Object.fromEntries(found.map(({ entryId, change }) => [entryId, change]))).toEqual({
    changed: 'changed',
    went: 'removed',
    'changed-and-went': 'removed',
    back: 'added',
    came: 'added',
  });
  expect(found).toHaveLength(5);
  const times = found.map(({ knownFrom }) => knownFrom);
  expect(times).toEqual(times.toSorted());
  expect(await createReviewCalendar(server.database, 'other' as Tenant).entriesChanged('c-1', after)).toEqual([]);
});
