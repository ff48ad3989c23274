import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Tenant } from '../../base/index.ts';
import { startTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { createAppender } from '../audit/index.ts';
import { newestCheckpoint } from '../checkpoints/index.ts';
import { audit, auditPlaces, openSignedAppender, withSignedAppender, type AuditPlaces } from './index.ts';

let server: TestDatabase;
let folder: string;
let places: AuditPlaces;
let tenants = 0;

beforeAll(async () => {
  server = await startTestDatabase();
});
afterAll(() => server?.stop());
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'probity-signed-'));
  places = auditPlaces({ dataDir: folder, tenant: `t${tenants++}` as Tenant });
  return () => rm(folder, { recursive: true, force: true });
});

const note = { kind: 'note', subject: null, body: Buffer.from('x') };
const signed = async (): Promise<number> => (await newestCheckpoint(places.checkpoints))?.sequence ?? 0;
const lines = async (): Promise<number> => {
  const names = await readdir(places.checkpoints).catch(() => []);
  const texts = await Promise.all(names.map((name) => readFile(join(places.checkpoints, name), 'utf8')));
  return texts.reduce((total, text) => total + text.split('\n').length - 1, 0);
};

describe('what is appended to a chain', () => {
  it('by any process is signed by whoever watches it, and nothing is signed twice', async () => {
    const { database } = server;
    const watcher = await openSignedAppender({ database, places, watch: true, everyMs: 20 });
    const elsewhere = createAppender(database, places.tenant);
    await elsewhere.append(note);
    await expect.poll(signed).toBe(1);
    await Promise.all([watcher.appender.append(note), elsewhere.append(note)]);
    await expect.poll(signed).toBe(3);
    const before = await lines();
    await new Promise((resolve) => setTimeout(resolve, 120));
    await watcher.close();
    expect(await lines()).toBe(before);
    expect(await audit(database, places)).toMatchObject({ ok: true, signedThrough: 3 });
  });

  it('is signed by the end of the process that appended it; who appends nothing makes no key', async () => {
    const { database } = server;
    const idle = await openSignedAppender({ database, places });
    await idle.close();
    expect(await readdir(places.keys).catch(() => [])).toEqual([]);
    const one = await openSignedAppender({ database, places, everyMs: 60_000 });
    for (let i = 0; i < 3; i++) await one.appender.append(note);
    await one.close();
    expect(await signed()).toBe(3);
    expect(await audit(database, places)).toMatchObject({ ok: true, signedThrough: 3 });
  });

  it('by a process that died is signed by the next one that watches', async () => {
    const { database } = server;
    await createAppender(database, places.tenant).append(note);
    const watcher = await openSignedAppender({ database, places, watch: true, everyMs: 60_000 });
    await expect.poll(signed).toBe(1);
    await watcher.close();
  });

  it('goes to no database that lacks what was signed last, nor to one that may lose it', async () => {
    const { database } = server;
    await withSignedAppender({ database, places }, (appender) => appender.append(note));
    const emptied = { ...places, tenant: 'another' as Tenant };
    await expect(openSignedAppender({ database, places: emptied })).rejects.toMatchObject({
      code: 'AUDIT_CHAIN_BROKEN',
    });
    const set = async (how: string) => {
      await sql.raw(`alter system ${how}`).execute(database.db);
      await sql`select pg_reload_conf()`.execute(database.db);
    };
    await set('set fsync = off');
    try {
      const refusal = () =>
        openSignedAppender({ database, places }).then(
          () => 'opened',
          ({ code }: { readonly code: string }) => code,
        );
      await expect.poll(refusal).toBe('DATABASE_NOT_DURABLE');
    } finally {
      await set('reset fsync');
    }
  });
});
