import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { dataPaths, ProbityError } from '../base/index.ts';
import { loadDataset } from '../models/dataset/index.ts';
import { eraseCustomers, refreshFeatures } from '../pipelines/index.ts';
import { audit, auditPlaces } from '../records/assurance/index.ts';
import { createFacts } from '../records/facts/index.ts';
import { createSnapshots } from '../records/registry/index.ts';
import { replayRecorded } from '../serving/compose/replay.ts';
import { customerExportSchema, erasureSchema } from '../serving/openapi/privacy-paths.ts';
import { until } from './pipelines-environment.ts';
import { customer, PERSON, plantPerson, STRANGER, type Planted } from './support/planted-person.ts';
import { runningProject, type RunningProject } from './support/running-project.ts';
import { filesHolding, filesLeft, parquetHolding, tablesHolding } from './support/search-files.ts';

const TEXTS = Object.values(PERSON);

let running: RunningProject;
let planted: Planted;
const ask: RunningProject['ask'] = (...request) => running.ask(...request);

beforeAll(async () => {
  running = await runningProject();
}, 120_000);
afterAll(() => running?.close());

describe('a person', () => {
  it('may be told everything that is held, and who looked', async () => {
    planted = await plantPerson(running);
    const { ratingId } = planted;
    expect((await ask('GET', customer('/export'))).status).toBe(400);
    const told = await ask('GET', customer('/export?purpose=right-of-access'));
    const all = customerExportSchema.parse(told.body);
    expect(all.file.map(({ kind }) => kind).toSorted()).toEqual(['contact', 'contact', 'identity', 'note']);
    for (const text of TEXTS) expect(told.text).toContain(text);
    expect(all.ratings[0]).toMatchObject({ ratingId, reasons: expect.any(Array) as unknown });
    expect(all.reportLinks[0]?.openings).toMatchObject([{ outcome: 'shown' }]);
    expect(all.accesses.map(({ what }) => what)).toContain('export');
    expect([...new Set(all.facts.map(({ table, from }) => `${table} ${from}`))].toSorted()).toEqual([
      'invoices snapshot',
      'orders events',
      'parties snapshot',
    ]);
    // The look at signals after the person's event may have raised warnings of its own by now.
    const high = all.warnings.filter(({ warning }) => (warning as { code?: unknown }).code === 'PD_HIGH');
    expect(high).toMatchObject([{ events: [{ event: { kind: 'snooze' } }] }]);
    expect([all.cases.length, all.overrides.length, all.agreements.length]).toEqual([1, 1, 1]);
    expect(all.erasure).toBeNull();
  }, 60_000);

  it('is not named by what people wrote, as it lies in tables and chain', async () => {
    const { db } = running.database;
    for (const table of ['referral_case_events', 'early_warning_events'])
      expect(
        (
          await sql`select count(*) filter (where event::text like '%sealed:1:%') > 0 as sealed,
            count(*) filter (where event::text like ${`%${PERSON.reason}%`}) as plain from ${sql.id(table)}`.execute(db)
        ).rows,
      ).toEqual([{ sealed: true, plain: 0 }]);
    const { rows } = await sql<{ kind: string }>`select distinct r.kind from record_bodies b join chain_records r
      on r.tenant = b.tenant and r.sequence = b.sequence
      where position(convert_to(${PERSON.reason}, 'UTF8') in b.body) > 0`.execute(db);
    // Planted there by the test itself, as it was written before texts were sealed.
    expect(rows).toEqual([{ kind: 'override' }]);
  });

  it('was in files of every kind, which the search finds', async () => {
    await sql`checkpoint`.execute(running.database.db);
    const held = await filesHolding([running.postgresFolder], [PERSON.id]);
    expect(held.some((line) => line.includes('pg_wal'))).toBe(true);
    expect(held.some((line) => line.includes('base/'))).toBe(true);
    const { warehouse } = dataPaths(running.project);
    expect((await filesHolding([dirname(warehouse)], [PERSON.id])).map((line) => line.split(':')[0])).toContain(
      'warehouse.duckdb',
    );
    expect((await parquetHolding(running.project.dataDir, [PERSON.id])).length).toBeGreaterThan(3);
  });

  it('is erased: nothing of the person is left in the whole data folder', async () => {
    const asked = await ask('POST', customer('/erasure'), { reason: 'ticket 4711' });
    expect([asked.status, erasureSchema.parse(asked.body).state]).toEqual([202, 'running']);
    expect((await ask('POST', customer('/erasure'), { reason: `of ${PERSON.id}` })).status).toBe(400);
    expect((await ask('POST', '/v1/ratings', { customerId: PERSON.id })).status).toBe(410);
    // The server's own loop starts the workflow with its grace; this one is the same workflow, or it finds that one at work.
    await eraseCustomers(running.pipelines.client, { ...running.scope, graceMs: 100 });
    const done = await until(async () => {
      const erasure = erasureSchema.parse((await ask('GET', customer('/erasure'))).body);
      return erasure.state === 'completed' ? erasure : null;
    }, 60_000);
    const removed = Object.assign({}, ...done.steps.map((step) => step.removed)) as Record<string, number>;
    expect(removed).toMatchObject({ snapshots: 1, feature_files: 1, training_rows: 1, scores: 1 });
    // Of the case, of the planted warning, and of each that signals raised meanwhile.
    expect(removed['histories']).toBeGreaterThanOrEqual(2);
    expect(done.steps.find(({ step }) => step === 'warehouse')?.removed).toMatchObject({
      invoices: 1,
      party_relations: 1,
      guarantees: 1,
    });
    expect(removed['log_segments']).toBeGreaterThan(0);

    expect(await filesLeft(running, TEXTS)).toEqual([]);
    expect(await parquetHolding(running.project.dataDir, TEXTS)).toEqual([]);
    expect(await tablesHolding(running.database, TEXTS)).toEqual([]);
  }, 90_000);

  it('leaves a chain that verifies, ratings that answer `erased`, and everybody else as they were', async () => {
    const options = { from: 1, receipts: [], anchorFiles: [], publicKeyFiles: [], authorityFiles: [] };
    expect(await audit(running.database, auditPlaces(running.project), options)).toMatchObject({ ok: true });
    expect(await replayRecorded(running.database, running.project, planted.ratingId)).toMatchObject({
      outcome: 'erased',
    });
    expect((await ask('GET', `/v1/ratings/${planted.ratingId}`)).status).toBe(410);
    expect((await ask('GET', planted.sharedPath)).status).toBe(410);
    const file = await ask('GET', customer('/file?purpose=check'));
    expect(file.body).toMatchObject({ erased: true, entries: [] });
    const { runs, scores } = dataPaths(running.project);
    expect((await loadDataset(join(runs, 'run-1', 'training-set', 'train.arrow'))).ids).toEqual([
      '(erased)/2026-01-01',
      'C-001/2026-01-01',
    ]);
    const manifest = JSON.parse(await readFile(join(scores, 'request-1', 'manifest.json'), 'utf8')) as { rows: number };
    expect(manifest).toMatchObject({ rows: 1, meanPd: 0.1 });
    const rated = await until(async () => {
      const answer = await ask('POST', '/v1/ratings', { customerId: 'C-001' });
      return answer.status === 200 ? answer : null;
    });
    expect(rated.body).toMatchObject({ customerId: 'C-001' });
    expect((await createSnapshots(running.database, running.project.tenant).newest())?.snapshotId).toMatch(
      /^[0-9a-f]{64}$/,
    );
  }, 60_000);

  it('does not come back: by the API, by an event, or by a source that still has the person', async () => {
    const events = [{ table: 'parties', values: { party_id: PERSON.id, kind: 'person' }, happenedAt: '2026-01-06' }];
    const refused = await ask('POST', '/v1/events', { events });
    expect([refused.status, refused.body?.['code']]).toEqual([410, 'SUBJECT_ERASED']);
    expect(refused.text).not.toContain(PERSON.id);
    expect(
      (
        await ask('POST', customer('/file/review'), {
          body: { dueOn: '2026-12-01', because: ['date'], assignee: 'li', state: 'open' },
        })
      ).status,
    ).toBe(410);
    await running.writeSource(`${PERSON.id},retail,1984-05-17,2021-03-02\nC-100,retail,1984-05-17,2021-03-02\n`);
    const { imports } = await refreshFeatures(running.pipelines.client, running.scope);
    expect(imports.sources).toMatchObject([{ read: 10, loaded: 1 }]);
    expect(await filesLeft(running, TEXTS)).toEqual([]);
    expect(await createFacts(running.database, running.project.tenant).since(0, { entity: PERSON.id })).toEqual([]);
  }, 60_000);
});

/** Requests that are no good, each with a text of a person in another place. */
function badRequests(said: string): readonly (readonly [string, string, unknown])[] {
  const inPath = encodeURIComponent(said);
  const event = (values: object, happenedAt = '2026-01-01') => ({
    events: [{ table: 'parties', values, happenedAt }],
  });
  return [
    ['POST', '/v1/ratings', { customerId: said, [said]: 1 }],
    ['POST', '/v1/ratings', `{"customerId": "${said}`],
    ['POST', '/v1/ratings', { features: { days_late: said } }],
    ['POST', '/v1/events', { events: [{ table: said, values: { party_id: said }, happenedAt: said }] }],
    ['POST', '/v1/events', event({ party_id: said, born_on: said })],
    ['POST', '/v1/events', event({ party_id: said, kind: 'person', [said]: said })],
    ['POST', '/v1/events', event({ party_id: said, kind: 'person' }, said)],
    ['PUT', `/v1/customers/${inPath}/file/identity/identity`, { body: { name: said } }],
    [
      'PUT',
      `/v1/customers/${inPath}/file/identity/identity`,
      { body: { kind: 'person', name: said, country: said, residentNumber: said, bornOn: said } },
    ],
    ['POST', `/v1/customers/${inPath}/file/contact`, { body: { channel: said, value: said } }],
    ['POST', `/v1/customers/${inPath}/file/contact`, { body: { channel: 'email', value: { said } } }],
    ['POST', `/v1/customers/${inPath}/file/note`, { body: { text: said, [said]: said } }],
    ['GET', `/v1/customers/${inPath}/file?purpose=${inPath}`, undefined],
    ['GET', `/v1/customers/${inPath}/report?audience=${inPath}&purpose=${inPath}`, undefined],
    ['GET', `/v1/ratings/${inPath}?${inPath}=${inPath}`, undefined],
    ['GET', `/v1/${inPath}`, undefined],
    ['GET', `/shared/${inPath}`, undefined],
    ['POST', `/v1/cases/${inPath}/events`, { kind: said }],
  ];
}

describe('logs', () => {
  const SAID = Object.values(STRANGER);
  /** As it stands, and as addresses and forms write it. */
  const written = SAID.flatMap((said) => [
    said,
    encodeURIComponent(said),
    encodeURIComponent(said).replaceAll('%20', '+'),
  ]);

  it('of server and worker never hold what a request or an import said of a person, well or badly', async () => {
    // The worker of this test runs in this process, and its log is stderr.
    const logged: string[] = [];
    const stderr = vi.spyOn(process.stderr, 'write').mockImplementation((text) => logged.push(String(text)) > 0);
    for (const said of SAID)
      for (const [method, path, body] of badRequests(said)) {
        const { status } = await ask(method, path, body, { 'idempotency-key': said });
        // A file of a customer whom nobody knows is an empty file; all else is refused.
        expect([path, status]).toEqual([path, path.includes('/file?') ? 200 : expect.toBeOneOf([400, 404, 410, 422])]);
      }
    // The same person in requests that succeed.
    const { id, name, residentNumber, phone, email, note } = STRANGER;
    const values = { party_id: id, kind: 'person' };
    const good: readonly (readonly [string, string, object])[] = [
      ['POST', '/v1/events', { events: [{ table: 'parties', values, happenedAt: '2026-01-01' }] }],
      ['PUT', '/identity/identity', { body: { kind: 'person', name, country: 'CN' } }],
      ['POST', '/contact', { body: { channel: 'phone', value: phone } }],
      ['POST', '/contact', { body: { channel: 'email', value: email } }],
      ['POST', '/note', { body: { text: `${note} ${residentNumber}` } }],
    ];
    for (const [method, path, body] of good) {
      const at = path.startsWith('/v1') ? path : `/v1/customers/${id}/file${path}`;
      const { status, text } = await ask(method, at, body);
      expect([at, status < 300, text]).toEqual([at, true, expect.any(String)]);
    }
    // The database refuses a fact that the contract allows: a failure that nobody foresaw.
    await sql`alter table facts add constraint said check (source <> 'planted')`.execute(running.database.db);
    const failed: number[] = [];
    for (const said of SAID) {
      const fact = { table: 'parties', values: { party_id: said, kind: 'person' }, happenedAt: '2026-01-01' };
      failed.push((await ask('POST', '/v1/events', { source: 'planted', events: [fact] })).status);
    }
    // Numbers and addresses are no ids of customers, and are refused before the database sees them.
    expect(failed.slice(0, 2)).toEqual([500, 500]);
    expect(failed.slice(2).every((status) => [400, 500].includes(status))).toBe(true);
    await sql`alter table facts drop constraint said`.execute(running.database.db);
    await running.writeSource(SAID.map((said) => `${said},retail,${said},${said}\n`).join(''));
    // Too many bad rows, then lines that are no CSV: both imports fail in the worker.
    await expect(refreshFeatures(running.pipelines.client, running.scope)).rejects.toBeInstanceOf(ProbityError);
    await writeFile(
      join(running.sources, 'customers.csv'),
      `id,segment,born,since\n${id},retail,${residentNumber},${phone}\n"${name} ${email} ${note}\n`,
    );
    await expect(refreshFeatures(running.pipelines.client, running.scope)).rejects.toBeInstanceOf(ProbityError);
    stderr.mockRestore();
    expect(logged.join('')).toContain('Activity failed');
    for (const text of written) expect([text, logged.join('').includes(text)]).toEqual([text, false]);
    const { logs } = dataPaths(running.project);
    expect(await filesHolding([logs], written)).toEqual([]);
    const lines = (await readFile(join(logs, 'api.log'), 'utf8')).trimEnd().split('\n');
    expect(lines.length).toBeGreaterThan(SAID.length * badRequests('').length);
    // The search finds what is there.
    expect(await filesHolding([logs], ['/v1/events'])).not.toEqual([]);
  }, 120_000);
});
