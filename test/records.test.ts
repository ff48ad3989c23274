import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'kysely';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dataPaths, instant } from '../base/index.ts';
import { ARTEFACT_FILE } from '../models/artefact/index.ts';
import { composeDependencies } from '../pipelines/compose/index.ts';
import { audit, auditPlaces } from '../records/assurance/index.ts';
import { createAppender, storedRecord } from '../records/audit/index.ts';
import { openPseudonymKey } from '../records/checkpoints/index.ts';
import { createRatings, sharedPseudonyms } from '../records/ratings/index.ts';
import { applyRetention, createLegalHolds } from '../records/retention/index.ts';
import { openStorage } from '../records/storage/index.ts';
import { composeServing } from '../serving/compose/index.ts';
import { replayRecorded } from '../serving/compose/replay.ts';
import { startServer, type RunningServer } from '../serving/index.ts';
import { ratingAnswerSchema } from '../serving/openapi/answers.ts';
import { smallArtefact } from './serving/world.ts';
import type { TestDatabase } from './support/database.ts';
import { postgresKinds, startDatabaseOn } from './support/postgres-cluster.ts';
import { probity, ratedProject, type RatedProject } from './support/rated-project.ts';

const silent = pino({ level: 'silent' });
const note = () => ({ kind: 'note', subject: null, body: Buffer.from('of another process') });
const kinds = await postgresKinds();

describe.each(kinds)('records on $name', (kind) => {
  describe.skipIf(kind.programs === null)('of a served project', () => {
    let server: TestDatabase;
    let rated: RatedProject;
    let api: RunningServer;
    let close: () => Promise<void>;

    const serve = async () => {
      const composed = await composeServing(rated.project, server.url, silent);
      api = await startServer(composed.deps, { port: 0 });
      close = async () => {
        await api.close();
        await composed.close();
      };
    };
    beforeAll(async () => {
      server = await startDatabaseOn(kind);
      rated = await ratedProject(server.database, server.url);
      await serve();
    });
    afterAll(async () => {
      await close?.();
      await server?.stop();
      await rated?.remove();
    });

    const rate = async (daysLate: number, headers: Record<string, string> = {}) => {
      const response = await fetch(`${api.url}/v1/ratings`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: rated.authorization, ...headers },
        body: JSON.stringify({ features: { days_late: daysLate, sector: 'mining' } }),
      });
      expect(response.status).toBe(200);
      return ratingAnswerSchema.parse(await response.json());
    };
    const audited = (options: Parameters<typeof audit>[2] = {}) =>
      audit(server.database, auditPlaces(rated.project), { storage: openStorage(rated.project), ...options });
    const replayed = (ratingId: string) => replayRecorded(server.database, rated.project, ratingId);
    /** Runs statements that get around the database's own rules. */
    const tamper = (...statements: readonly string[]) =>
      server.database.db.transaction().execute(async (trx) => {
        await sql.raw('set local session_replication_role = replica').execute(trx);
        for (const statement of statements) await sql.raw(statement).execute(trx);
      });

    it('are whole, signed within a second, and prove every receipt', async () => {
      const answers = await Promise.all(Array.from({ length: 40 }, async (_, i) => rate(i)));
      const receipts = answers.flatMap(({ receipt }) => (receipt === null ? [] : [receipt as never]));
      await expect.poll(async () => (await audited()).signedThrough, { timeout: 5_000 }).toBe(40);
      expect(await audited({ receipts })).toMatchObject({
        ok: true,
        bad: null,
        records: 40,
        receipts: 40,
        problems: [],
      });
      expect(await audited({ from: 21, receipts })).toMatchObject({ ok: true, records: 20, through: 40 });
    });

    it('are verified by the command line, with a receipt as text or as the answer in a file', async () => {
      const answer = await rate(3);
      const file = join(rated.project.root, 'answer.json');
      await writeFile(file, JSON.stringify(answer));
      const verified = await probity(
        rated.project,
        'audit',
        'verify',
        '--receipt',
        file,
        '--receipt',
        JSON.stringify(answer.receipt),
      );
      expect(verified).toMatchObject({ code: 0, json: { ok: true, receipts: 2, through: answer.receipt?.sequence } });
      const forged = { ...answer.receipt, hash: '0'.repeat(64) };
      const refused = await probity(rated.project, 'audit', 'verify', '--receipt', JSON.stringify(forged));
      expect(refused).toMatchObject({ code: 1, json: { ok: false, bad: { sequence: answer.receipt?.sequence } } });
      const dated = { ...answer.receipt, at: '2020-01-01T00:00:00.000Z' };
      expect(await audited({ receipts: [dated as never] })).toMatchObject({ ok: false, bad: null });
    });

    it('replay to the same bytes when another model serves, and fail when evidence, standards or artefact were altered', async () => {
      const { ratingId, receipt } = await rate(45);
      await rated.promote(smallArtefact(1));
      const named = ratingId ?? '';
      const sequence = receipt?.sequence ?? 0;
      expect(await probity(rated.project, 'replay', named)).toMatchObject({ code: 0, json: { outcome: 'same' } });
      await expect(replayed('999-0000000000000000')).rejects.toMatchObject({ code: 'UNKNOWN_RATING' });
      const altered = { code: 'EVIDENCE_ALTERED' };

      const stored = await storedRecord(server.database, rated.project.tenant, sequence);
      const text = Buffer.from(stored?.body?.bytes ?? []).toString('utf8');
      const where = `where tenant = 'acme' and sequence = ${sequence}`;
      const write = (body: string) =>
        tamper(`update record_bodies set body = '\\x${Buffer.from(body).toString('hex')}' ${where}`);
      await write(text.replace('"days_late":45', '"days_late":46'));
      await expect(replayed(named)).rejects.toMatchObject(altered);
      expect(await audited()).toMatchObject({ bad: { sequence, problem: 'body-altered' } });
      await write(text);

      const { hash } = await server.database.db
        .selectFrom('parts')
        .select('hash')
        .where('role', '=', 'standards')
        .executeTakeFirstOrThrow();
      await tamper(
        `update parts set content = replace(content, '"baseScore":600', '"baseScore":700') where hash = '${hash}'`,
      );
      await expect(replayed(named)).rejects.toMatchObject(altered);
      const badPart = (role: string, part: string) => ({
        ok: false,
        bad: null,
        parts: { bad: { role, hash: part, sequence: 1 } },
      });
      expect(await audited()).toMatchObject(badPart('standards', hash));
      expect(await probity(rated.project, 'audit', 'verify')).toMatchObject({
        code: 1,
        json: badPart('standards', hash),
      });
      await tamper(
        `update parts set content = replace(content, '"baseScore":700', '"baseScore":600') where hash = '${hash}'`,
      );

      const folder = join(dataPaths(rated.project).artefacts, rated.modelHash);
      const file = ARTEFACT_FILE;
      const artefact = await readFile(join(folder, file), 'utf8');
      await writeFile(join(folder, file), artefact.replace('"intercept":-3', '"intercept":-4'));
      await expect(replayed(named)).rejects.toMatchObject(altered);
      expect(await audited()).toMatchObject(badPart('model', rated.modelHash));
      await rm(join(folder, file));
      expect(await audited()).toMatchObject(badPart('model', rated.modelHash));
      await writeFile(join(folder, file), artefact);
      expect(await audited()).toMatchObject({ ok: true, parts: { bad: null, unseen: 0 } });
      expect(await replayed(named)).toMatchObject({ outcome: 'same' });
    });

    it('answer `erased` after an erasure, with the chain whole', async () => {
      const { tenant } = rated.project;
      const evidence = Buffer.from((await storedRecord(server.database, tenant, 1))?.body?.bytes ?? []).toString(
        'utf8',
      );
      const key = await openPseudonymKey(auditPlaces(rated.project).keys);
      const pseudonyms = await sharedPseudonyms(server.database, tenant, key);
      const ratings = createRatings(server.database, tenant, createAppender(server.database, tenant), pseudonyms);
      const { ratingId } = await ratings.record({ customerId: 'Ada Lovelace', evidence });
      expect(await replayed(ratingId)).toMatchObject({ outcome: 'same' });
      expect(await ratings.eraseCustomer('Ada Lovelace')).toBe(1);
      expect(await probity(rated.project, 'replay', ratingId)).toMatchObject({ code: 0, json: { outcome: 'erased' } });
      const headers = { authorization: rated.authorization };
      expect((await fetch(`${api.url}/v1/ratings/${ratingId}`, { headers })).status).toBe(410);
      expect(await audited()).toMatchObject({ ok: true });
      await expect(sharedPseudonyms(server.database, tenant, Buffer.alloc(32, 7))).rejects.toMatchObject({
        code: 'KEY_UNUSABLE',
      });
    });

    it('answer `retired` once a retention rule removed their evidence, with the chain whole; on hold they answer as before', async () => {
      const { tenant } = rated.project;
      const evidence = Buffer.from((await storedRecord(server.database, tenant, 1))?.body?.bytes ?? []).toString();
      const key = await openPseudonymKey(auditPlaces(rated.project).keys);
      const pseudonyms = await sharedPseudonyms(server.database, tenant, key);
      const ratings = createRatings(server.database, tenant, createAppender(server.database, tenant), pseudonyms);
      const customers = ['Grace Hopper', 'Alan Turing'] as const;
      const [gone, held] = await Promise.all(
        customers.map(async (customerId) => (await ratings.record({ customerId, evidence })).ratingId),
      );
      await createLegalHolds(server.database, tenant).place({ customerId: customers[1], reason: 'court', actor: 'li' });
      const everybodyElse = (await createLegalHolds(server.database, tenant).standing()).length;
      expect(everybodyElse).toBe(1);
      await applyRetention({
        database: server.database,
        tenant,
        rules: { ratings: 12, facts: {} },
        now: instant(Date.now() + 400 * 86_400_000),
        pseudonyms,
        actor: 'li',
        appender: createAppender(server.database, tenant),
      });
      expect(await probity(rated.project, 'replay', gone ?? '')).toMatchObject({
        code: 0,
        json: { outcome: 'retired' },
      });
      expect(await replayed(held ?? '')).toMatchObject({ outcome: 'same' });
      const headers = { authorization: rated.authorization };
      const answer = await fetch(`${api.url}/v1/ratings/${gone}`, { headers });
      expect([answer.status, ((await answer.json()) as { code: string }).code]).toEqual([410, 'RATING_RETIRED']);
      expect(await audited()).toMatchObject({ ok: true });
    });

    it('name what was cut off or rewritten, though the database agrees with itself: by checkpoint, anchor or receipt', async () => {
      const anchors = join(rated.project.root, 'elsewhere.jsonl');
      const before = await rate(5);
      expect(await probity(rated.project, 'audit', 'anchor', '--file', anchors)).toMatchObject({ code: 0 });
      const { through } = await audited();
      const last = await storedRecord(server.database, rated.project.tenant, through - 1);
      await close();
      const kept = `create table kept_records as select * from chain_records where sequence = ${through};
        create table kept_heads as select * from chain_heads`;
      await tamper(...kept.split(';'));
      await tamper(
        `delete from chain_records where sequence = ${through}`,
        `update chain_heads set sequence = ${through - 1}, hash = '\\x${last?.hash}' where tenant = 'acme'`,
      );
      const cut = { ok: false, bad: { sequence: through, problem: 'record-missing' } };
      expect(await audited()).toMatchObject(cut);
      await expect(composeServing(rated.project, server.url, silent)).rejects.toMatchObject({
        code: 'AUDIT_CHAIN_BROKEN',
      });

      // Whoever holds the disk and the key takes the checkpoints away too: the second party and the customer still know.
      const { checkpoints } = auditPlaces(rated.project);
      await rename(checkpoints, `${checkpoints}.gone`);
      await mkdir(checkpoints);
      expect(await audited()).toMatchObject({ ok: true });
      expect(await audited({ anchorFiles: [anchors] })).toMatchObject(cut);
      expect(await audited({ receipts: [before.receipt as never] })).toMatchObject({ ok: false });
      await rm(checkpoints, { recursive: true });
      await rename(`${checkpoints}.gone`, checkpoints);
      await tamper(
        'insert into chain_records select * from kept_records',
        'update chain_heads h set sequence = k.sequence, hash = k.hash, at = k.at from kept_heads k where k.tenant = h.tenant',
      );
      expect(await audited()).toMatchObject({ ok: true });
      await serve();
      await rate(6);
    });

    it('go on under a new signing key, old checkpoints still verified', async () => {
      const { code, json } = await probity(rated.project, 'audit', 'rotate-key');
      expect([code, json]).toMatchObject([0, { keyId: expect.stringMatching(/^[0-9a-f]{16}$/) as string }]);
      await close();
      await serve();
      await rate(7);
      await expect.poll(async () => (await audited()).ok).toBe(true);
      const { keys } = auditPlaces(rated.project);
      expect((await readdir(keys)).filter((name) => name.endsWith('.pem'))).toHaveLength(2);
      const old = (json as { retired: string }).retired;
      const pinned = await audited({ publicKeyFiles: [join(keys, `${old}.pem`)] });
      expect(pinned.problems.length).toBeGreaterThan(0);
    });

    it('are signed within moments while a server runs, whoever appended them, and by the end of the process that did where none runs', async () => {
      const { tenant } = rated.project;
      const { sequence } = (await createAppender(server.database, tenant).append(note())).record;
      await expect.poll(async () => (await audited()).signedThrough, { timeout: 5_000 }).toBe(sequence);
      await close();
      const services = { databaseUrl: server.url, temporalAddress: '127.0.0.1:9' };
      const worker = await composeDependencies(rated.project, services);
      const later = new Date(Date.now() + 11 * 366 * 86_400_000).toISOString();
      await worker.dependencies.retention.records({ now: later, actor: 'schedule' });
      await worker.close();
      const signed = await audited();
      expect(signed).toMatchObject({ ok: true, signedThrough: signed.through });
      expect(signed.through).toBeGreaterThan(sequence);
      await serve();
    });
  });
});
