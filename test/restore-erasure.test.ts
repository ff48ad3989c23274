import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dataPaths, silent } from '../base/index.ts';
import { readFactsHead } from '../pipelines/compose/facts-head.ts';
import { eraseCustomers } from '../pipelines/index.ts';
import { audit, auditPlaces } from '../records/assurance/index.ts';
import { createBackup, openBackupKey, restoreBackup, verifyBackup, type MadeBackup } from '../records/backup/index.ts';
import { erasuresFile } from '../records/privacy/index.ts';
import { openStorage } from '../records/storage/index.ts';
import { erasureSchema } from '../serving/openapi/privacy-paths.ts';
import { until } from './pipelines-environment.ts';
import { customer, PERSON, plantPerson, type Planted } from './support/planted-person.ts';
import { runningProject, type RunningProject } from './support/running-project.ts';
import { filesLeft, parquetHolding, tablesHolding } from './support/search-files.ts';

const TEXTS = Object.values(PERSON);

/** A backup of all about the person, of before the erasure; and the list of erasures of after it. */
describe('a project restored on an empty folder, with server and worker started on it', () => {
  let folder: string;
  let made: MadeBackup;
  let planted: Planted;
  const list = () => join(folder, 'erasures.jsonl');

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'probity-restore-'));
    const running = await runningProject();
    try {
      planted = await plantPerson(running);
      const key = await openBackupKey(join(folder, 'backup.key'), { make: true });
      made = await createBackup({
        project: running.project,
        databaseUrl: running.project.databaseUrl ?? '',
        storage: openStorage(running.project),
        out: join(folder, 'backups'),
        keysOut: join(folder, 'keys'),
        key,
        factsInWarehouse: (warehouse) => readFactsHead(warehouse.connection),
        progress: silent,
        signal: new AbortController().signal,
      });
      expect((await running.ask('POST', customer('/erasure'), { reason: 'ticket 4711' })).status).toBe(202);
      await cp(erasuresFile(dataPaths(running.project).audit), list());
    } finally {
      await running.close();
    }
  }, 120_000);
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const restored = (erasureLists: readonly string[]): Promise<RunningProject> =>
    runningProject({
      restore: async (into, withDatabase) => {
        const key = await openBackupKey(join(folder, 'backup.key'));
        const backup = await verifyBackup({ from: made.folder, keysFrom: join(folder, 'keys'), key }, silent);
        const options = { into, withDatabase, storage: openStorage, erasureLists, environment: {}, progress: silent };
        expect((await restoreBackup(backup, options)).erased).toBe(erasureLists.length);
      },
    });

  /** Waits for the erasure, then looks through every file and table. */
  async function nothingIsLeft(running: RunningProject): Promise<void> {
    await eraseCustomers(running.pipelines.client, { ...running.scope, graceMs: 100 });
    await until(async () => {
      const { body, status } = await running.ask('GET', customer('/erasure'));
      return status === 200 && erasureSchema.parse(body).state === 'completed' ? true : null;
    }, 60_000);
    expect(await filesLeft(running, TEXTS)).toEqual([]);
    expect(await parquetHolding(running.project.dataDir, TEXTS)).toEqual([]);
    expect(await tablesHolding(running.database, TEXTS)).toEqual([]);
    const options = { from: 1, receipts: [], anchorFiles: [], publicKeyFiles: [], authorityFiles: [] };
    expect(await audit(running.database, auditPlaces(running.project), options)).toMatchObject({ ok: true });
    expect((await running.ask('GET', `/v1/ratings/${planted.ratingId}`)).status).toBe(410);
    const other = await until(async () => {
      const answer = await running.ask('POST', '/v1/ratings', { customerId: 'C-001' });
      return answer.status === 200 ? answer : null;
    });
    expect(other.body).toMatchObject({ customerId: 'C-001' });
  }

  it('knows whom the backup held, and forgets them in every file and table when they are erased after the restore', async () => {
    const running = await restored([]);
    try {
      await until(async () => ((await running.ask('GET', '/readyz')).status === 200 ? true : null));
      expect((await running.ask('GET', customer('/file?purpose=check'))).text).toContain(PERSON.name);
      expect((await running.ask('POST', '/v1/ratings', { customerId: PERSON.id })).status).toBe(200);
      await sql`checkpoint`.execute(running.database.db);
      const held = (await filesLeft(running, TEXTS)).map((line) => line.split(':')[0]);
      expect(held.some((name) => name?.includes('base/'))).toBe(true);
      expect(held.some((name) => name?.endsWith('warehouse.duckdb'))).toBe(true);
      expect((await parquetHolding(running.project.dataDir, [PERSON.id])).length).toBeGreaterThan(3);
      expect((await tablesHolding(running.database, [PERSON.id])).length).toBeGreaterThan(3);
      expect((await running.ask('POST', customer('/erasure'), { reason: 'ticket 4712' })).status).toBe(202);
      await nothingIsLeft(running);
    } finally {
      await running.close();
    }
  }, 120_000);

  it('forgets them by itself where the list of erasures names them: what lies in warehouse and files follows at the start', async () => {
    const running = await restored([list()]);
    try {
      expect((await running.ask('GET', customer('/file?purpose=check'))).body).toMatchObject({
        erased: true,
        entries: [],
      });
      expect((await running.ask('POST', '/v1/ratings', { customerId: PERSON.id })).status).toBe(410);
      await nothingIsLeft(running);
    } finally {
      await running.close();
    }
  }, 120_000);
});
