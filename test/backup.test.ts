import { spawn } from 'node:child_process';
import { cp, mkdtemp, open, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { compiledEntry, dataPaths, instant, silent as unheard, type Project, type Tenant } from '../base/index.ts';
import { openWarehouse } from '../features/warehouse/index.ts';
import { readFactsHead, writeFactsHead } from '../pipelines/compose/facts-head.ts';
import { createAppender, storedRecord } from '../records/audit/index.ts';
import {
  createBackup,
  lastBackup,
  openBackupKey,
  restoreBackup,
  verifyBackup,
  type BackupKey,
  type MadeBackup,
} from '../records/backup/index.ts';
import { openPseudonymKey } from '../records/checkpoints/index.ts';
import { createCreditFiles } from '../records/credit-file/index.ts';
import { openDatabase, type Database } from '../records/database/index.ts';
import { createFacts } from '../records/facts/index.ts';
import { createErasures, createVault, erasuresFile, openMasterKeys } from '../records/privacy/index.ts';
import { createRatings, pseudonymsUnder } from '../records/ratings/index.ts';
import { openStorage } from '../records/storage/index.ts';
import { composeServing } from '../serving/compose/index.ts';
import { replayRecorded } from '../serving/compose/replay.ts';
import { startServer } from '../serving/index.ts';
import { startTestDatabase, type TestDatabase } from './support/database.ts';
import { startTestPostgres, type TestPostgres } from './support/postgres.ts';
import { ratedProject, type RatedProject } from './support/rated-project.ts';

describe('a backup', () => {
  const PERSON = 'planted-customer-7301';
  let server: TestDatabase;
  let rated: RatedProject;
  let project: Project;
  let folder: string;
  let backupKey: BackupKey;
  const places = () => ({ out: join(folder, 'backups'), keysOut: join(folder, 'keys') });
  const takeBackup = (more: { patienceMs?: number } = {}): Promise<MadeBackup> =>
    createBackup({
      project,
      databaseUrl: server.url,
      storage: openStorage(project),
      ...places(),
      key: backupKey,
      factsInWarehouse: (warehouse) => readFactsHead(warehouse.connection),
      progress: unheard,
      signal: new AbortController().signal,
      ...more,
    });
  const verified = (from: string, by = backupKey) =>
    verifyBackup({ from, keysFrom: places().keysOut, key: by }, unheard);
  const warehouseHolding = async (facts: number) => {
    const warehouse = await openWarehouse(dataPaths(project).warehouse, 'write');
    await writeFactsHead(warehouse.connection, facts);
    warehouse.close();
  };

  beforeAll(async () => {
    server = await startTestDatabase();
    rated = await ratedProject(server.database, server.url);
    project = rated.project;
    folder = await mkdtemp(join(tmpdir(), 'probity-backup-'));
    backupKey = await openBackupKey(join(folder, 'backup.key'), { make: true });
    const fact = { table: 'parties', happenedAt: instant('2026-01-01'), source: 'crm', idempotencyKey: null };
    const names = ['c-1', PERSON, 'a\ttab\\N and\nlines, 客户', ''];
    await createFacts(server.database, project.tenant).append(
      names.map((party_id) => ({ ...fact, values: { party_id, kind: 'person' } })),
    );
    await createFacts(server.database, 'other' as Tenant).append([{ ...fact, values: { party_id: 'c-of-other' } }]);
    await warehouseHolding(2);
  });
  afterAll(async () => {
    await server?.stop();
    await rated?.remove();
    await rm(folder, { recursive: true, force: true });
  });

  /** A restored project with its database. */
  async function restored(made: MadeBackup, erasureLists: readonly string[] = []) {
    const empty: TestPostgres = await startTestPostgres();
    const into = await mkdtemp(join(folder, 'restored-'));
    const result = await restoreBackup(await verified(made.folder), {
      into,
      withDatabase: (_project, work) => work(empty.url),
      storage: openStorage,
      erasureLists,
      environment: { PROBITY_DATABASE_URL: empty.url },
      progress: unheard,
    });
    const database = await openDatabase(empty.url);
    return {
      ...result,
      database,
      stop: async () => {
        await database.close();
        await empty.stop();
      },
    };
  }

  /** A hash of every table's rows of the tenant. */
  async function contents({ db }: Database): Promise<Record<string, string>> {
    const { rows } = await sql<{ name: string }>`select table_name as name from information_schema.columns
      where table_schema = 'public' and column_name = 'tenant' order by 1`.execute(db);
    const found: Record<string, string> = {};
    for (const { name } of rows) {
      const { rows: of } = await sql<{ n: number; hash: string }>`select count(*) as n,
        md5(coalesce(string_agg(t::text, '|' order by t::text), '')) as hash
        from ${sql.id(name)} t where tenant = ${project.tenant}`.execute(db);
      found[name] = `${of[0]?.n} ${of[0]?.hash}`;
    }
    return found;
  }

  it('taken while ratings are made is of one point: all acknowledged before it, chain whole, replayed to the same bytes', async () => {
    const composed = await composeServing(project, server.url, pino({ level: 'silent' }));
    const api = await startServer(composed.deps, { port: 0 });
    const acknowledged: { readonly ratingId: string; readonly sequence: number }[] = [];
    const enough = new AbortController();
    const rate = async () => {
      const response = await fetch(`${api.url}/v1/ratings`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: rated.authorization },
        body: JSON.stringify({ features: { days_late: acknowledged.length % 90, sector: 'mining' } }),
      });
      const { ratingId, receipt } = (await response.json()) as { ratingId: string; receipt: { sequence: number } };
      acknowledged.push({ ratingId, sequence: receipt.sequence });
    };
    const load = Promise.all(
      [1, 2, 3].map(async () => {
        while (!enough.signal.aborted) await rate();
      }),
    );
    await expect.poll(() => acknowledged.length, { timeout: 20_000 }).toBeGreaterThan(20);
    const before = acknowledged.length;
    const made = await takeBackup();
    enough.abort();
    await load;
    await api.close();
    await composed.close();
    const last = made.point.chain.sequence;
    expect(acknowledged.slice(0, before).every(({ sequence }) => sequence <= last)).toBe(true);
    expect(made.point).toMatchObject({ facts: 4, factsInWarehouse: 2 });

    const copy = await restored(made);
    try {
      expect(copy.audit).toMatchObject({ ok: true, bad: null, through: last, hash: made.point.chain.hash });
      expect(copy.recoveryPoint).toEqual(made.point);
      const { tenant } = project;
      for (const { ratingId, sequence } of acknowledged.filter((each) => each.sequence <= last).slice(-5)) {
        expect((await replayRecorded(copy.database, copy.project, ratingId)).outcome).toBe('same');
        const then = await storedRecord(server.database, tenant, sequence);
        expect(await storedRecord(copy.database, tenant, sequence)).toEqual(then);
      }
      expect(await storedRecord(copy.database, tenant, last + 1)).toBeNull();
      // It goes on from there.
      const next = createAppender(copy.database, tenant);
      expect((await next.append({ kind: 'note', subject: null, body: Buffer.from('{}') })).record.sequence).toBe(
        last + 1,
      );
    } finally {
      await copy.stop();
    }
  });

  it('holds every row of the tenant, none of another, and the warehouse and keys as they were', async () => {
    const made = await takeBackup();
    expect((await lastBackup(project))?.backupId).toBe(made.backupId);
    const copy = await restored(made);
    try {
      expect(await contents(copy.database)).toEqual(await contents(server.database));
      const { rows } = await sql<{ n: number }>`select count(*) as n from facts where tenant = 'other'`.execute(
        copy.database.db,
      );
      expect(rows[0]?.n).toBe(0);
      const warehouse = await openWarehouse(dataPaths(copy.project).warehouse, 'read');
      expect(await readFactsHead(warehouse.connection)).toBe(2);
      warehouse.close();
      for (const name of await readdir(dataPaths(project).keys))
        expect(await readFile(join(dataPaths(copy.project).keys, name))).toEqual(
          await readFile(join(dataPaths(project).keys, name)),
        );
    } finally {
      await copy.stop();
    }
  });

  it('restored after an erasure forgets the erased customer again, and no one else', async () => {
    const { tenant } = project;
    const { audit, keys } = dataPaths(project);
    const pseudonymKey = await openPseudonymKey(keys);
    const pseudonyms = pseudonymsUnder(pseudonymKey);
    const { database } = server;
    const vault = createVault(database, tenant, await openMasterKeys(join(keys, 'master-keys.json')), pseudonyms);
    const note = { actor: 'li', happenedAt: instant('2026-05-01'), kind: 'note', body: { text: 'pays late' } } as const;
    const files = createCreditFiles(database, tenant, vault);
    for (const customerId of [PERSON, 'bystander']) await files.put({ ...note, customerId });
    const appender = createAppender(database, tenant);
    const ratings = createRatings(database, tenant, appender, pseudonyms);
    await ratings.record({ customerId: PERSON, evidence: `{"of":"${PERSON}"}` });
    await appender.settled();
    const made = await takeBackup();
    const erasures = createErasures({ database, tenant, appender, pseudonymKey, audit });
    await erasures.request(PERSON, { actor: 'dpo', ground: 'request', reason: 'ticket 12' });

    const copy = await restored(made, [erasuresFile(audit)]);
    try {
      expect(copy.erased).toBe(1);
      expect(copy.audit.ok).toBe(true);
      for (const name of Object.keys(await contents(copy.database))) {
        const { rows } = await sql<{ n: number }>`select count(*) as n from ${sql.id(name)} t
          where t::text like ${`%${PERSON}%`} or t::text like ${`%${Buffer.from(PERSON).toString('hex')}%`}`.execute(
          copy.database.db,
        );
        expect([name, rows[0]?.n]).toEqual([name, 0]);
      }
      const kept = createVault(
        copy.database,
        tenant,
        await openMasterKeys(join(dataPaths(copy.project).keys, 'master-keys.json')),
        pseudonyms,
      );
      expect(await kept.isErased(PERSON)).toBe(true);
      expect(await createCreditFiles(copy.database, tenant, kept).of('bystander')).toMatchObject([
        { body: { text: 'pays late' } },
      ]);
    } finally {
      await copy.stop();
    }
  });

  describe('that is not what was written', () => {
    let made: MadeBackup;
    let from: string;
    beforeAll(async () => {
      made = await takeBackup();
    });
    beforeEach(async () => {
      from = await mkdtemp(join(folder, 'copy-'));
      await cp(made.folder, from, { recursive: true });
    });
    const file = () => join(from, 'database', 'facts.copy.gz.sealed');

    it.each<readonly [string, () => Promise<unknown>, string]>([
      ['has an altered byte', async () => flip(file()), 'database/facts.copy.gz.sealed is not what was written.'],
      ['is cut short', async () => truncate(file(), 20), 'database/facts.copy.gz.sealed has 20 bytes'],
      ['lacks a file', async () => rm(file()), 'database/facts.copy.gz.sealed is missing.'],
      ['lacks its manifest', async () => rm(join(from, 'manifest.json')), 'an unfinished one'],
      ['names another point', async () => replaceIn('"facts": 4', '"facts": 5'), 'key signed'],
      ['leads out of the folder', async () => replaceIn('data/warehouse', '../../warehouse'), 'cannot be read'],
    ])('is refused where it %s', async (_what, spoil, message) => {
      await verified(from);
      await spoil();
      const error: unknown = await verified(from).catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ code: 'BACKUP_DAMAGED' });
      expect(String(error)).toContain(message);
    });

    it('is refused with another backup key, and with keys that were altered', async () => {
      const other = await openBackupKey(join(from, 'other.key'), { make: true });
      await expect(verified(from, other)).rejects.toMatchObject({ code: 'KEY_UNUSABLE' });
      await expect(verified(from, { ...other, id: backupKey.id })).rejects.toMatchObject({ code: 'KEY_UNUSABLE' });
      await expect(openBackupKey(join(from, 'none.key'))).rejects.toMatchObject({ code: 'KEY_UNUSABLE' });
    });

    it('is restored into what is empty only', async () => {
      const into = await mkdtemp(join(folder, 'full-'));
      await writeFile(join(into, 'x'), '');
      const options = { into, storage: openStorage, erasureLists: [], environment: {}, progress: unheard };
      const refused = { code: 'RESTORE_REFUSED' };
      const none = () => Promise.reject(new Error('not reached'));
      await expect(restoreBackup(await verified(from), { ...options, withDatabase: none })).rejects.toMatchObject(
        refused,
      );
      const full = { ...options, into: join(into, 'new'), environment: { PROBITY_DATABASE_URL: server.url } };
      await expect(
        restoreBackup(await verified(from), { ...full, withDatabase: (_project, work) => work(server.url) }),
      ).rejects.toMatchObject(refused);
      // Without its file the folder is no project.
      expect(await readdir(full.into)).not.toContain('probity.yaml');
    });

    const replaceIn = async (what: string, by: string) => {
      const path = join(from, 'manifest.json');
      const text = await readFile(path, 'utf8');
      expect(text).toContain(what);
      await writeFile(path, text.replace(what, by));
    };
  });

  it('waits for whoever holds the warehouse, and gives up by name', async () => {
    const held = await openWarehouse(dataPaths(project).warehouse, 'write');
    await expect(takeBackup({ patienceMs: 10 })).rejects.toMatchObject({ code: 'WAREHOUSE_BUSY' });
    const waiting = takeBackup();
    held.close();
    expect((await waiting).files).toBeGreaterThan(30);
  });

  it('is refused where the warehouse knows facts that the database does not', async () => {
    await warehouseHolding(9);
    await expect(takeBackup()).rejects.toMatchObject({ code: 'BACKUP_DISAGREES' });
    await warehouseHolding(2);
  });

  it('that is killed leaves nothing that looks like one, and the next removes what it left', async () => {
    const out = join(folder, 'killed');
    const args = ['backup', '--out', out, '--keys-out', join(folder, 'killed-keys'), '--project', project.root];
    const child = spawn(process.execPath, [compiledEntry('cli/main.ts'), ...args], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const ended = new Promise((resolve) => child.once('exit', (_code, signal) => resolve(signal)));
    child.stderr.on('data', (text: Buffer) => {
      if (text.includes('database')) child.kill('SIGKILL');
    });
    expect(await ended).toBe('SIGKILL');
    const left = await readdir(out);
    expect(left).toHaveLength(1);
    expect(left[0]).toMatch(/^\..*\.tmp-/);
    await expect(verified(join(out, left[0] ?? ''))).rejects.toMatchObject({ code: 'BACKUP_DAMAGED' });
    const made = await createBackup({
      project,
      databaseUrl: server.url,
      storage: openStorage(project),
      ...places(),
      out,
      key: backupKey,
      factsInWarehouse: (warehouse) => readFactsHead(warehouse.connection),
      progress: unheard,
      signal: new AbortController().signal,
    });
    expect(await readdir(out)).toEqual([made.backupId]);
  });
});

async function flip(path: string): Promise<void> {
  const file = await open(path, 'r+');
  try {
    const byte = Buffer.alloc(1);
    await file.read(byte, 0, 1, 30);
    byte[0]! ^= 1;
    await file.write(byte, 0, 1, 30);
  } finally {
    await file.close();
  }
}
