import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { sql } from 'kysely';
import { destination, pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { endProcess } from '../cli/stack/processes.ts';
import { startPostgres, type PostgresServer } from '../cli/stack/postgres.ts';
import { startTemporal, type TemporalServer } from '../cli/stack/temporal.ts';
import { dataPaths, loadProject, ProbityError, type Project } from '../base/index.ts';
import { makeDataset, loadDataset, saveDataset } from '../models/dataset/index.ts';
import {
  connectPipelines,
  eraseCustomers,
  projectCodec,
  refreshFeatures,
  rescorePortfolio,
  taskQueues,
  type PipelineClient,
} from '../pipelines/index.ts';
import { composeDependencies } from '../pipelines/compose/index.ts';
import { startWorker, type RunningWorker } from '../pipelines/worker.ts';
import { createAgreements } from '../records/agreements/index.ts';
import { audit, auditPlaces } from '../records/assurance/index.ts';
import { createAppender } from '../records/audit/index.ts';
import { createKeys } from '../records/keys/index.ts';
import { openDatabase, migrate, type Database } from '../records/database/index.ts';
import { createOverrides } from '../records/overrides/index.ts';
import { createFacts } from '../records/facts/index.ts';
import { createSnapshots } from '../records/registry/index.ts';
import { composeServing } from '../serving/compose/index.ts';
import { replayRecorded } from '../serving/compose/replay.ts';
import { startServer, type RunningServer } from '../serving/index.ts';
import { customerExportSchema, erasureSchema } from '../serving/openapi/privacy-paths.ts';
import { until } from './pipelines-environment.ts';
import { filesHolding, parquetHolding, PERSON } from './support/planted-person.ts';
import { promoteTo } from './support/rated-project.ts';
import { smallArtefact } from './serving/world.ts';

const TEXTS = Object.values(PERSON);
const queues = (project: Project) => ({ tenant: project.tenant, queues: taskQueues(project) });

let folder: string;
let project: Project;
let postgres: PostgresServer;
let temporal: TemporalServer;
let database: Database;
let pipelines: PipelineClient;
let worker: RunningWorker;
let server: RunningServer;
let token: string;
let postgresFolder: string;
const closing: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'probity-erasure-'));
  // PostgreSQL runs as another user where the tests run as root, and its data are to lie in the data folder.
  await chmod(folder, 0o755);
  await mkdir(join(folder, 'sources'));
  await writeSources(`${PERSON.id},retail,1984-05-17,2021-03-01\n`);
  await writeFile(
    join(folder, 'probity.yaml'),
    'tenant: acme\nspecs: [sources/customers.yaml]\nserving: { port: 0 }\n',
  );
  const bare = await loadProject(folder, {});
  await mkdir(bare.dataDir, { recursive: true, mode: 0o755 });
  [postgres, temporal] = await Promise.all([startPostgres(bare), startTemporal(bare)]);
  closing.push(
    () => endProcess(temporal.pid, 'SIGKILL'),
    () => endProcess(postgres.pid, 'SIGINT'),
  );
  project = { ...bare, databaseUrl: postgres.url, temporalAddress: temporal.address };
  database = await openDatabase(postgres.url);
  closing.push(() => database.close());
  await migrate(database);
  const { rows } = await sql<{ data_directory: string }>`show data_directory`.execute(database.db);
  postgresFolder = dirname(rows[0]?.data_directory ?? '');
  await promoteTo(project, database, smallArtefact());
  const { written } = await createKeys(database, project.tenant).create({
    name: 'dpo',
    roles: ['admin'],
    days: 1,
    actor: 'test',
  });
  token = `Bearer ${written}`;
  const composition = await composeDependencies(project, {
    databaseUrl: postgres.url,
    temporalAddress: temporal.address,
  });
  closing.push(() => composition.close());
  worker = await startWorker({
    address: temporal.address,
    namespace: project.temporalNamespace,
    queues: taskQueues(project),
    dependencies: composition.dependencies,
    codec: composition.codec,
  });
  closing.push(() => worker.stop());
  pipelines = await connectPipelines(temporal.address, project.temporalNamespace, await projectCodec(project));
  closing.push(() => pipelines.close());
  const log = join(dataPaths(project).logs, 'api.log');
  const logger = pino({ level: 'debug' }, destination({ dest: log, sync: true, mkdir: true }));
  const { deps, close } = await composeServing(project, postgres.url, logger);
  closing.push(close);
  server = await startServer(deps, { port: 0 });
  closing.push(() => server.close());
}, 120_000);

afterAll(async () => {
  for (const close of closing.toReversed()) await close();
  await rm(folder, { recursive: true, force: true });
});

/** A source of customers, as the user keeps it; with the person or without. */
async function writeSources(more: string): Promise<void> {
  const spec = `name: customers
tables:
  - table: parties
    source: { path: customers.csv }
    mode: upsert
    columns: { party_id: id, kind: { value: person }, segment: segment, born_on: born }
    happened: since
    known: { lag: P1D }
`;
  await writeFile(join(folder, 'sources', 'customers.yaml'), spec);
  const others = Array.from({ length: 8 }, (_, i) => `C-00${i},retail,1990-11-02,2022-07-1${i}\n`).join('');
  await writeFile(join(folder, 'sources', 'customers.csv'), `id,segment,born,since\n${others}${more}`);
}

async function ask(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
  const response = await fetch(server.url + path, {
    method,
    headers: {
      authorization: token,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  const isJson = (response.headers.get('content-type') ?? '').includes('json');
  return { status: response.status, text, body: (isJson ? JSON.parse(text) : null) as Record<string, unknown> | null };
}

const customer = (path: string) => `/v1/customers/${PERSON.id}${path}`;
let ratingId: string;
let sharedPath: string;

/** Everything that the API takes about the person, all the way through pipelines and people. */
async function plant(): Promise<void> {
  const happenedAt = '2026-01-05T00:00:00Z';
  const fact = (table: string, values: object, key: string) => ({
    table,
    values,
    happenedAt,
    idempotencyKey: `${key}-${PERSON.id}`,
  });
  const events = [
    fact('parties', { party_id: PERSON.id, kind: 'person', segment: 'retail' }, 'a'),
    fact(
      'invoices',
      { party_id: PERSON.id, invoice_id: 'I-1', issued_on: '2026-01-05', due_on: '2026-02-05', amount: '10' },
      'b',
    ),
    fact('party_relations', { party_id: 'C-001', related_party_id: PERSON.id, relation: 'household' }, 'c'),
    fact(
      'guarantees',
      { guarantee_id: 'G-1', party_id: 'C-001', guarantor_party_id: PERSON.id, kind: 'personal', amount: '5' },
      'd',
    ),
  ];
  expect((await ask('POST', '/v1/events', { events })).status).toBe(201);
  const { name, residentNumber } = PERSON;
  const file: readonly (readonly [string, string, object])[] = [
    ['PUT', '/file/identity/identity', { kind: 'person', name, country: 'CN', residentNumber }],
    ['POST', '/file/contact', { channel: 'phone', value: PERSON.phone }],
    ['POST', '/file/contact', { channel: 'email', value: PERSON.email }],
    ['POST', '/file/note', { text: PERSON.note }],
  ];
  for (const [method, path, body] of file)
    expect((await ask(method, customer(path), { body })).status).toBeLessThan(300);
  const refreshed = await refreshFeatures(pipelines.client, queues(project));
  await until(async () => ((await ask('GET', '/readyz')).status === 200 ? true : null));
  // What came after the snapshot is read from the tail of facts.
  await ask('POST', '/v1/events', {
    events: [fact('orders', { order_id: 'O-1', party_id: PERSON.id, amount: '7', status: 'placed' }, 'e')],
  });
  const rated = await until(async () => {
    const answer = await ask(
      'POST',
      '/v1/ratings',
      { customerId: PERSON.id, amount: 900 },
      { 'idempotency-key': `rate-${PERSON.id}` },
    );
    return answer.status === 200 ? answer : null;
  });
  ratingId = String(rated.body?.['ratingId']);
  expect(rated.body).toMatchObject({ customerId: PERSON.id });
  expect(refreshed.snapshotId).toMatch(/^[0-9a-f]{64}$/);
  // Whatever was decided, a case and an override of it hold what people wrote.
  const { createCases } = await import('../records/cases/index.ts');
  const { defaultAuthority, openCase } = await import('../rating/index.ts');
  const opened = {
    caseId: ratingId,
    ratingId,
    customerId: PERSON.id,
    exposure: 900,
    causes: ['CUTOFF'],
    requestedBy: 'crm',
  };
  await createCases(database, project.tenant).open(openCase(opened, defaultAuthority(), new Date().toISOString()));
  await until(async () => ((await ask('GET', `/v1/cases/${ratingId}`)).status === 200 ? true : null));
  await ask('POST', `/v1/cases/${ratingId}/events`, { kind: 'ask-documents', documents: [PERSON.reason] });
  const decided = await ask('POST', `/v1/cases/${ratingId}/events`, { kind: 'withdraw', reason: PERSON.reason });
  expect(decided.status, decided.text).toBe(200);
  await createOverrides(database, project.tenant, createAppender(database, project.tenant)).step(
    ratingId,
    () =>
      ({
        ratingId,
        from: 'refer',
        to: 'approve',
        note: PERSON.reason,
        state: 'second',
        expiresAt: new Date(Date.now() + 1e9).toISOString(),
      }) as never,
  );
  await createAgreements(database, project.tenant).agree({
    agreementId: 'agreement-1',
    customerId: PERSON.id,
    ratingId,
    state: 'open',
    due: '2026-12-01',
    agreedBy: 'li',
    agreedAt: new Date().toISOString(),
    closedAt: null,
  } as never);
  const link = await ask('POST', customer('/report-links'), {
    audience: 'internal',
    language: 'en',
    expiresAt: new Date(Date.now() + 86_400_000).toISOString(),
  });
  sharedPath = String(link.body?.['path']);
  expect((await ask('GET', sharedPath)).text).toContain(PERSON.name);
  expect((await ask('GET', customer(`/file?purpose=${encodeURIComponent(`about ${PERSON.id}`)}`))).status).toBe(200);
  await rescorePortfolio(pipelines.client, {
    ...queues(project),
    slot: { portfolio: 'main', segment: null, horizonMonths: 12 },
    partitions: 2,
  }).catch(
    // A champion without views cannot be scored from a feature table; the scores are made by hand below.
    (error: unknown) => expect(error).toBeInstanceOf(ProbityError),
  );
  await plantFiles();
}

/** What a retraining, a rescoring and `features build` leave in files. */
async function plantFiles(): Promise<void> {
  const { runs, scores, snapshots } = dataPaths(project);
  await mkdir(join(runs, 'run-1', 'training-set'), { recursive: true });
  const ids = [`${PERSON.id}/2026-01-01`, 'C-001/2026-01-01'];
  const dataset = makeDataset({
    rows: 2,
    columns: [{ kind: 'number', name: 'x', values: Float64Array.of(1, 2) }],
    features: [{ name: 'x', type: 'number', codes: [], monotone: null, label: null }] as never,
    bad: Uint8Array.of(0, 1),
    weight: null,
    group: null,
    time: null,
    ids,
  });
  await saveDataset(dataset, join(runs, 'run-1', 'training-set', 'train.arrow'));
  const { DuckDBInstance } = await import('@duckdb/node-api');
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  await mkdir(join(scores, 'request-1'), { recursive: true });
  await mkdir(join(dirname(snapshots), 'features'), { recursive: true });
  const rows = `(SELECT unnest(['C-001', '${PERSON.id}']) AS party_id, unnest([0.1, 0.3]) AS pd)`;
  await connection.run(`COPY ${rows} TO '${join(scores, 'request-1', 'bucket-000000.parquet')}' (FORMAT parquet)`);
  await connection.run(
    `COPY ${rows} TO '${join(dirname(snapshots), 'features', '20260101.parquet')}' (FORMAT parquet)`,
  );
  connection.closeSync();
  const stamp = { file: 'bucket-000000.parquet', hash: 'x', rows: 2, sumPd: 0.4 };
  await writeFile(join(scores, 'request-1', 'bucket-000000.json'), JSON.stringify(stamp));
  await writeFile(join(scores, 'request-1', 'manifest.json'), JSON.stringify({ rows: 2, meanPd: 0.2, files: [stamp] }));
}

describe('a person', () => {
  it('may be told everything that is held, and who looked', async () => {
    await plant();
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
    expect([all.cases.length, all.overrides.length, all.agreements.length]).toEqual([1, 1, 1]);
    expect(all.erasure).toBeNull();
  }, 60_000);

  it('was in files of every kind, which the search finds', async () => {
    await sql`checkpoint`.execute(database.db);
    const held = await filesHolding([postgresFolder], [PERSON.id]);
    expect(held.some((line) => line.includes('pg_wal'))).toBe(true);
    expect(held.some((line) => line.includes('base/'))).toBe(true);
    const { warehouse } = dataPaths(project);
    expect((await filesHolding([dirname(warehouse)], [PERSON.id])).map((line) => line.split(':')[0])).toContain(
      'warehouse.duckdb',
    );
    expect((await parquetHolding(project.dataDir, [PERSON.id])).length).toBeGreaterThan(3);
  });

  it('is erased: nothing of the person is left in the whole data folder', async () => {
    const asked = await ask('POST', customer('/erasure'), { reason: 'ticket 4711' });
    expect([asked.status, erasureSchema.parse(asked.body).state]).toEqual([202, 'running']);
    expect((await ask('POST', customer('/erasure'), { reason: `of ${PERSON.id}` })).status).toBe(400);
    expect((await ask('POST', '/v1/ratings', { customerId: PERSON.id })).status).toBe(410);
    // The server's own loop starts the workflow with its grace; this one is the same workflow, or it finds that one at work.
    await eraseCustomers(pipelines.client, { ...queues(project), graceMs: 100 });
    const done = await until(async () => {
      const erasure = erasureSchema.parse((await ask('GET', customer('/erasure'))).body);
      return erasure.state === 'completed' ? erasure : null;
    }, 60_000);
    const removed = Object.assign({}, ...done.steps.map((step) => step.removed)) as Record<string, number>;
    expect(removed).toMatchObject({ case_workflows: 1, snapshots: 1, feature_files: 1, training_rows: 1, scores: 1 });
    expect(done.steps.find(({ step }) => step === 'warehouse')?.removed).toMatchObject({
      invoices: 1,
      party_relations: 1,
      guarantees: 1,
    });
    expect(removed['log_segments']).toBeGreaterThan(0);

    expect(await filesHolding([project.dataDir, postgresFolder], TEXTS)).toEqual([]);
    expect(await parquetHolding(project.dataDir, TEXTS)).toEqual([]);
    for (const table of await tables()) {
      const { rows } = await sql<{ n: number }>`select count(*) as n from ${sql.id(table)} t where ${sql.join(
        TEXTS.flatMap((text) => [text, Buffer.from(text).toString('hex')]).map(
          (text) => sql`t::text like ${`%${text}%`}`,
        ),
        sql` or `,
      )}`.execute(database.db);
      expect([table, rows[0]?.n]).toEqual([table, 0]);
    }
  }, 90_000);

  it('leaves a chain that verifies, ratings that answer `erased`, and everybody else as they were', async () => {
    const options = { from: 1, receipts: [], anchorFiles: [], publicKeyFiles: [], authorityFiles: [] };
    expect(await audit(database, auditPlaces(project), options)).toMatchObject({ ok: true });
    expect(await replayRecorded(database, project, ratingId)).toMatchObject({ outcome: 'erased' });
    expect((await ask('GET', `/v1/ratings/${ratingId}`)).status).toBe(410);
    expect((await ask('GET', sharedPath)).status).toBe(410);
    const file = await ask('GET', customer('/file?purpose=check'));
    expect(file.body).toMatchObject({ erased: true, entries: [] });
    const { runs, scores } = dataPaths(project);
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
    expect((await createSnapshots(database, project.tenant).newest())?.snapshotId).toMatch(/^[0-9a-f]{64}$/);
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
    await writeSources(`${PERSON.id},retail,1984-05-17,2021-03-02\nC-100,retail,1984-05-17,2021-03-02\n`);
    const { imports } = await refreshFeatures(pipelines.client, queues(project));
    expect(imports.sources).toMatchObject([{ read: 10, loaded: 1 }]);
    expect(await filesHolding([project.dataDir, postgresFolder], TEXTS)).toEqual([]);
    expect(await createFacts(database, project.tenant).since(0, { entity: PERSON.id })).toEqual([]);
  }, 60_000);
});

describe('logs', () => {
  it('never hold what a bad request or a failing import said', async () => {
    const planted = PERSON.name;
    const bad: readonly (readonly [string, string, unknown])[] = [
      ['POST', '/v1/ratings', { customerId: planted, [planted]: 1 }],
      ['POST', '/v1/ratings', `{"customerId": "${planted}`],
      ['POST', '/v1/ratings', { features: { days_late: planted } }],
      ['POST', '/v1/events', { events: [{ table: planted, values: { party_id: planted }, happenedAt: planted }] }],
      [
        'POST',
        '/v1/events',
        { events: [{ table: 'parties', values: { party_id: planted, born_on: planted }, happenedAt: '2026-01-01' }] },
      ],
      ['PUT', `/v1/customers/${encodeURIComponent(planted)}/file/identity/identity`, { body: { name: planted } }],
      ['GET', `/v1/customers/${encodeURIComponent(planted)}/file?purpose=${encodeURIComponent(planted)}`, undefined],
      ['GET', `/v1/${encodeURIComponent(planted)}`, undefined],
      ['GET', `/shared/${encodeURIComponent(planted)}`, undefined],
      ['POST', `/v1/cases/${encodeURIComponent(planted)}/events`, { kind: planted }],
    ];
    for (const [method, path, body] of bad) await ask(method, path, body, { 'idempotency-key': planted });
    // The database refuses a fact that the contract allows: a failure that nobody foresaw.
    await sql`alter table facts add constraint planted check (source <> 'planted')`.execute(database.db);
    const fact = { table: 'parties', values: { party_id: planted, kind: 'person' }, happenedAt: '2026-01-01' };
    expect((await ask('POST', '/v1/events', { source: 'planted', events: [fact] })).status).toBe(500);
    await sql`alter table facts drop constraint planted`.execute(database.db);
    await writeFile(
      join(folder, 'sources', 'customers.csv'),
      `id,segment,born,since\n${planted},retail,${planted},${planted}\n"${planted}\n`,
    );
    await expect(refreshFeatures(pipelines.client, queues(project))).rejects.toBeInstanceOf(ProbityError);
    expect(await filesHolding([dataPaths(project).logs], [planted, encodeURIComponent(planted)])).toEqual([]);
    expect((await readFile(join(dataPaths(project).logs, 'api.log'), 'utf8')).split('\n').length).toBeGreaterThan(20);
  }, 60_000);
});

async function tables(): Promise<readonly string[]> {
  const { rows } = await sql<{ name: string }>`select table_name as name from information_schema.tables
    where table_schema = 'public' order by 1`.execute(database.db);
  return rows.map(({ name }) => name);
}
