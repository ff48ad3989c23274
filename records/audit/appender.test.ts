import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fixedClock, sha256, type ProbityError, type Tenant } from '../../base/index.ts';
import { postgresKinds, startDatabaseOn } from '../../test/support/postgres-cluster.ts';
import type { TestDatabase } from '../../test/support/database.ts';
import { assertDurable, openDatabase, type Database } from '../database/index.ts';
import {
  createAppender,
  eraseSubject,
  erasures,
  storedHead,
  storedRecords,
  verifyChain,
  type BadRecord,
  type Claim,
  type NewRecord,
  type StoredRecord,
} from './index.ts';

const note = (text: string, more: Partial<NewRecord> = {}): NewRecord => ({
  kind: 'note',
  subject: null,
  body: Buffer.from(text),
  ...more,
});
const once = (key: string, meaning = key): Pick<NewRecord, 'once'> => ({
  once: { key, fingerprint: sha256(meaning) },
});

describe.each(await postgresKinds())('on $name', (kind) => {
  describe.skipIf(kind.programs === null)('the chain', () => {
    let server: TestDatabase;
    let database: Database;

    beforeAll(async () => {
      server = await startDatabaseOn(kind);
      ({ database } = server);
    });
    afterAll(() => server?.stop());

    const verified = async (tenant: Tenant, claims: readonly Claim[] = []): Promise<BadRecord | number> => {
      const verifier = verifyChain(tenant, { claims, erasures: await erasures(database, tenant) });
      let count = 0;
      for await (const record of storedRecords(database, tenant)) {
        const bad = verifier.check(record);
        if (bad !== null) return bad;
        count += 1;
      }
      return verifier.finish(await storedHead(database, tenant)) ?? count;
    };

    const allRecords = async (tenant: Tenant): Promise<StoredRecord[]> => {
      const all: StoredRecord[] = [];
      for await (const record of storedRecords(database, tenant)) all.push(record);
      return all;
    };

    it('is whole whoever appends at once: each record once, in one order, groups sharing a commit', async () => {
      const tenant = 'crowd' as Tenant;
      const second = await openDatabase(server.url);
      try {
        const commits: number[] = [];
        const appenders = [
          createAppender(database, tenant, { onCommit: ({ sequence }) => commits.push(sequence) }),
          createAppender(second, tenant),
          createAppender(second, tenant),
        ];
        const appended = await Promise.all(
          Array.from({ length: 300 }, async (_, i) => {
            if (i % 50 === 0) await new Promise((resolve) => setTimeout(resolve, i / 10));
            return appenders[i % 3]?.append(note(`record ${i}`));
          }),
        );
        const sequences = appended.map((one) => one?.record.sequence ?? 0).sort((a, b) => a - b);
        expect(sequences).toEqual(Array.from({ length: 300 }, (_, i) => i + 1));
        expect(await verified(tenant)).toBe(300);
        expect(commits.length).toBeLessThan(100);
        const bodies = new Set<string>();
        for await (const { body } of storedRecords(database, tenant))
          bodies.add(String(body && Buffer.from(body.bytes)));
        expect(bodies.size).toBe(300);
      } finally {
        await second.close();
      }
    });

    it('holds a key once: the same meaning answers the same record, another is refused and adds nothing', async () => {
      const tenant = 'keys' as Tenant;
      const appender = createAppender(database, tenant);
      const other = createAppender(database, tenant);
      const together = await Promise.all(
        [appender, other, appender, other].map((one) => one.append(note('first', once('k1')))),
      );
      expect(new Set(together.map(({ record }) => record.hash)).size).toBe(1);
      expect(together.filter(({ repeated }) => !repeated)).toHaveLength(1);
      const again = await createAppender(database, tenant).append(note('never stored', once('k1')));
      expect(again).toEqual({ record: together[0]?.record, repeated: true });
      const mixed = await Promise.allSettled([
        appender.append(note('other', once('k1', 'another meaning'))),
        appender.append(note('second', once('k2'))),
        appender.append(note('second, differently', once('k2', 'another meaning'))),
      ]);
      expect(mixed.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'rejected']);
      expect(mixed[0]).toMatchObject({ reason: { code: 'IDEMPOTENCY_CONFLICT' } });
      expect(await verified(tenant)).toBe(2);
    });

    it('never goes back in time, whatever the clocks of its writers say', async () => {
      const tenant = 'clocks' as Tenant;
      await createAppender(database, tenant, { clock: fixedClock('2030-01-01') }).append(note('fast clock'));
      const slow = await createAppender(database, tenant, { clock: fixedClock('2020-01-01') }).append(note('slow'));
      expect(slow.record.at).toBe('2030-01-01T00:00:00.000Z');
      expect(await verified(tenant)).toBe(2);
    });

    it('refuses changes through the database’s own rules, and names the first bad record where they were got around', async () => {
      const tenant = 'tampered' as Tenant;
      const appender = createAppender(database, tenant);
      await Promise.all(Array.from({ length: 9 }, async (_, i) => appender.append(note(`record ${i + 1}`))));
      const records = await allRecords(tenant);
      for (const statement of [
        sql`update chain_records set kind = 'x' where tenant = ${tenant} and sequence = 4`,
        sql`delete from chain_records where tenant = ${tenant} and sequence = 4`,
        sql`truncate chain_records`,
        sql`delete from record_bodies where tenant = ${tenant} and sequence = 4`,
        sql`update record_bodies set body = 'x' where tenant = ${tenant} and sequence = 4`,
      ])
        await expect(statement.execute(database.db)).rejects.toThrow(/audit/);

      /** What verification finds after a statement that gets around the triggers, which is then undone. */
      const found = async (statement: string): Promise<unknown> => {
        const undo = new Error('undo');
        let outcome: unknown;
        await database.db
          .transaction()
          .execute(async (trx) => {
            await sql.raw('set local session_replication_role = replica').execute(trx);
            for (const one of statement.split(';')) await sql.raw(one).execute(trx);
            const inside: Database = { ...database, db: trx };
            const verifier = verifyChain(tenant, { erasures: await erasures(inside, tenant) });
            for await (const record of storedRecords(inside, tenant)) {
              outcome = verifier.check(record);
              if (outcome !== null) throw undo;
            }
            outcome = verifier.finish(await storedHead(inside, tenant));
            throw undo;
          })
          .catch((error: unknown) => {
            if (error !== undo) throw error;
          });
        return outcome;
      };
      const at = (sequence: number) => `where tenant = 'tampered' and sequence = ${sequence}`;
      const columns = ['previous_hash', 'hash', 'body_hash', 'subject'];
      for (const column of columns)
        expect(await found(`update chain_records set ${column} = '\\x00' ${at(4)}`)).toMatchObject({ sequence: 4 });
      expect(await found(`update chain_records set kind = 'rating' ${at(4)}`)).toMatchObject({ sequence: 4 });
      expect(await found(`update chain_records set at = at + interval '1 day' ${at(4)}`)).toMatchObject({
        sequence: 4,
      });
      expect(await found(`update chain_records set sequence = 40 ${at(4)}`)).toMatchObject({ sequence: 4 });
      expect(await found(`update chain_records set sequence = 0 ${at(4)}`)).toMatchObject({ sequence: 0 });
      expect(await found(`delete from chain_records ${at(4)}`)).toMatchObject({
        sequence: 4,
        problem: 'record-missing',
      });
      expect(await found(`delete from chain_records ${at(9)}`)).toMatchObject({ sequence: 9 });
      expect(await found(`update record_bodies set body = body || '\\x00' ${at(4)}`)).toMatchObject({
        sequence: 4,
        problem: 'body-altered',
      });
      expect(await found(`update record_bodies set salt = '\\x00' ${at(4)}`)).toMatchObject({ sequence: 4 });
      expect(await found(`update record_bodies set body = null, salt = null ${at(4)}`)).toMatchObject({
        sequence: 4,
        problem: 'body-missing',
      });
      expect(await found(`delete from record_bodies ${at(4)}`)).toMatchObject({ sequence: 4, problem: 'body-missing' });
      const swapped = [3, 6].map((to, i) => `update chain_records set sequence = ${to} ${at([-6, -3][i] ?? 0)}`);
      expect(
        await found(
          [
            `update chain_records set sequence = -sequence ${at(3)}`,
            `update chain_records set sequence = -sequence ${at(6)}`,
            ...swapped,
          ].join(';'),
        ),
      ).toMatchObject({ sequence: 3 });
      expect(await found(`update chain_heads set sequence = 8 where tenant = 'tampered'`)).toMatchObject({
        sequence: 9,
        problem: 'head-contradicted',
      });
      expect(await found('select 1')).toBeNull();
      expect(await verified(tenant, [{ sequence: 5, hash: sha256('other'), source: 'a checkpoint' }])).toMatchObject({
        sequence: 5,
        problem: 'claim-contradicted',
      });
      expect(await allRecords(tenant)).toEqual(records);
    });

    it('verifies after an erasure, which leaves neither body nor salt', async () => {
      const tenant = 'erased' as Tenant;
      const appender = createAppender(database, tenant);
      const [ada, bob] = ['aa'.repeat(16), 'bb'.repeat(16)];
      for (const subject of [ada, bob, ada, null]) await appender.append(note('secret of ada', { subject }));
      expect(await eraseSubject(database, tenant, appender, ada)).toMatchObject({ bodies: 2 });
      await appender.append(note('ada is back', { subject: ada }));
      const bodies = await database.db.selectFrom('record_bodies').selectAll().where('tenant', '=', tenant).execute();
      const gone = bodies.filter(({ body, salt }) => body === null && salt === null);
      expect(gone.map(({ sequence }) => sequence).sort((a, b) => a - b)).toEqual([1, 3]);
      expect(await verified(tenant)).toBe(6);
      expect(await eraseSubject(database, tenant, appender, ada)).toMatchObject({ bodies: 1 });
      expect(await verified(tenant)).toBe(7);
    });

    it('survives a lost connection: what was refused may be repeated with its key', async () => {
      const tenant = 'lost' as Tenant;
      const appender = createAppender(database, tenant);
      await appender.append(note('before', once('a')));
      const cut = sql`select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and datname = current_database()`;
      await Promise.allSettled([
        cut.execute(database.db),
        ...Array.from({ length: 50 }, async (_, i) => appender.append(note(`n${i}`, once(`k${i}`)))),
      ]);
      for (let i = 0; i < 50; i++) await retried(async () => appender.append(note(`n${i}`, once(`k${i}`))));
      expect(await verified(tenant)).toBe(51);
    });

    it('on a database that may lose what it acknowledged is refused, by name of each setting', async () => {
      await assertDurable(database);
      const set = async (how: (name: string) => string) => {
        for (const name of ['fsync', 'synchronous_commit'])
          await sql.raw(`alter system ${how(name)}`).execute(database.db);
        await sql`select pg_reload_conf()`.execute(database.db);
      };
      const refusal = async (): Promise<readonly string[]> =>
        assertDurable(database).then(
          () => [],
          (error: ProbityError) => [error.code, ...error.problems.map(({ at }) => at)],
        );
      await set((name) => `set ${name} = off`);
      await expect.poll(refusal).toEqual(['DATABASE_NOT_DURABLE', 'fsync', 'synchronous_commit']);
      await set((name) => `reset ${name}`);
      await expect.poll(refusal).toEqual([]);
    });
  });
});

async function retried<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (attempt === 10) throw error;
    }
  }
}
