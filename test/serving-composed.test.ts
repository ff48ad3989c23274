import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dataPaths, instant, parseProject, type Project, type Tenant } from '../base/index.ts';
import { computeFeatures } from '../features/asof/index.ts';
import { publishSnapshot } from '../features/snapshots/index.ts';
import { CONTRACTS } from '../features/contracts/index.ts';
import { loadViews, viewHashes, type FeatureView } from '../features/views/index.ts';
import { saveArtefact, type Artefact, type FeatureTerm } from '../models/artefact/index.ts';
import { migrate, openDatabase, type Database } from '../records/database/index.ts';
import { createChampions, createRegistry, createSnapshots } from '../records/registry/index.ts';
import { openStorage } from '../records/storage/index.ts';
import { createKeys } from '../records/keys/index.ts';
import { createLegalBases } from '../records/privacy/index.ts';
import { composeServing } from '../serving/compose/index.ts';
import { startServer, type RunningServer } from '../serving/index.ts';
import { ratingAnswerSchema } from '../serving/openapi/answers.ts';
import { smallArtefact } from './serving/world.ts';
import { BOOK, COMPANY } from './support/golden-book.ts';
import { startTestPostgres, type TestPostgres } from './support/postgres.ts';
import { insertRaw, rawDatabase, rowsOf } from './support/raw-fixture.ts';

const tenant = 'acme' as Tenant;
const daysAgo = (days: number): string => instant(Date.now() - days * 86_400_000).slice(0, 10);

let postgres: TestPostgres;
let database: Database;
let raw: Awaited<ReturnType<typeof rawDatabase>>;
let folder: string;
let project: Project;
let views: readonly FeatureView[];
let server: RunningServer;
let close: () => Promise<void>;
let authorization: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'probity-serving-'));
  project = parseProject(`tenant: ${tenant}\ndata: ${JSON.stringify(folder)}\n`, folder);
  raw = await rawDatabase();
  await insertRaw(raw.connection, [
    ...BOOK,
    {
      table: 'invoices',
      values: {
        party_id: COMPANY,
        happened_at: daysAgo(80),
        invoice_id: 'fresh',
        issued_on: daysAgo(80),
        due_on: daysAgo(40),
        amount: 700,
      },
    },
  ]);
  views = await loadViews();
  postgres = await startTestPostgres();
  database = await openDatabase(postgres.url);
  await migrate(database);
  const issued = await createKeys(database, tenant).create({
    name: 'erp',
    roles: ['applicant-system'],
    days: 1,
    actor: 'test',
  });
  authorization = `Bearer ${issued.written}`;
  await publish(0);
  await promote(artefactOf(views));
  const composed = await composeServing(project, postgres.url, pino({ level: 'silent' }));
  server = await startServer(composed.deps, { port: 0 });
  close = composed.close;
});

afterAll(async () => {
  await server?.close();
  await close?.();
  await database?.close();
  await postgres?.stop();
  raw?.close();
  await rm(folder, { recursive: true, force: true });
});

/** A model that reads every number feature there is, so that a rating shows them all. */
function artefactOf(all: readonly FeatureView[], intercept = -3): Artefact {
  const small = smallArtefact(0, viewHashes(all));
  const terms = all
    .flatMap((view) => view.features)
    .filter((feature) => feature.type !== 'category')
    .map(({ name }, i): FeatureTerm => ({
      name,
      type: 'number',
      encoding: { kind: 'number', codes: [], edges: [0.5, 30] },
      shape: [0.01, -0.02, 0.03 + i / 1000, 0.05],
      support: [1, 10, 5, 1],
      band: null,
      monotone: null,
      range: [-1e12, 1e12],
      label: null,
    }));
  return { ...small, model: { intercept, terms, pairs: [] } };
}

async function publish(factsThrough: number): Promise<void> {
  const manifest = await publishSnapshot({
    connection: raw.connection,
    views,
    asOf: instant(Date.now()),
    tenant,
    storageDir: dataPaths(project).snapshots,
    factsThrough,
    builtAt: instant(Date.now()),
  });
  const ref = await openStorage(project).publish(
    tenant,
    'snapshots',
    manifest.hash,
    join(dataPaths(project).snapshots, manifest.hash),
  );
  await createSnapshots(database, tenant).announce({
    snapshotId: manifest.hash,
    ref,
    asOf: manifest.content.asOf,
    factsThrough,
    featureViews: viewHashes(views),
  });
}

async function promote(artefact: Artefact): Promise<string> {
  const made = await mkdtemp(join(folder, 'artefact-'));
  const modelHash = await saveArtefact(artefact, made);
  const artefactRef = await openStorage(project).publish(tenant, 'artefacts', modelHash, made);
  const registry = createRegistry(database, tenant);
  const { candidateId } = await registry.registerCandidate({
    runId: modelHash.slice(0, 12),
    slot: { portfolio: 'main', segment: null, horizonMonths: 12 },
    modelHash,
    name: artefact.name,
    artefactRef,
    trainingSetHash: artefact.provenance.trainingSetHash,
    featureViews: artefact.provenance.featureViews,
    golden: { proven: true },
    submitter: 'ada',
  });
  await registry.recordValidation(candidateId, { passed: true }, true);
  await registry.decide(candidateId, { kind: 'approve', actor: 'grace', reason: null });
  await createChampions(database, tenant).promote(candidateId, 'grace');
  return modelHash;
}

async function post(path: string, body: unknown) {
  const response = await fetch(server.url + path, {
    method: 'POST',
    headers: { authorization, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return { status: response.status, body: await response.json() };
}

async function rate(customerId: string, asOf?: string) {
  const { status, body } = await post('/v1/ratings?contributions=true', {
    customerId,
    ...(asOf === undefined ? {} : { asOf }),
  });
  expect(status, JSON.stringify(body)).toBe(200);
  return ratingAnswerSchema.parse(body);
}

type Rated = Awaited<ReturnType<typeof rate>>;
const featuresIn = (rating: Rated): Record<string, unknown> =>
  Object.fromEntries((rating.contributions ?? []).map(({ features, values }) => [features[0], values[0]]));

/** The features of a customer by a full rebuild over the raw tables. */
async function rebuilt(customerId: string, asOf: string, names: readonly string[]): Promise<Record<string, unknown>> {
  await computeFeatures(raw.connection, {
    views,
    asked: `(SELECT '${customerId}' AS party_id, TIMESTAMP '${asOf.replace('T', ' ').replace('Z', '')}' AS as_of)`,
    into: 'rebuilt',
  });
  const row = (await rowsOf(raw.connection, 'rebuilt'))[0] ?? {};
  return Object.fromEntries(
    names.map((name) => [name, typeof row[name] === 'boolean' ? Number(row[name]) : (row[name] ?? null)]),
  );
}

describe('the composed server', () => {
  it('is ready, and rates a published customer by the features of a full rebuild, for now and for the past', async () => {
    const ready = await fetch(`${server.url}/readyz`, { headers: { authorization } });
    expect([ready.status, await ready.text()]).toEqual([200, '{"status":"ready","customers":true}']);
    for (const asOf of [undefined, '2025-07-01']) {
      const rating = await rate(COMPANY, asOf);
      const features = featuresIn(rating);
      expect(features).toEqual(await rebuilt(COMPANY, rating.asOf, Object.keys(features)));
    }
    expect((await post('/v1/ratings', { customerId: 'nobody' })).status).toBe(404);
    expect((await post('/v1/ratings', { customerId: COMPANY, asOf: '2020-01-01' })).status).toBe(404);
  });

  it('sees a payment as soon as it is acknowledged, as a full rebuild does', async () => {
    const before = await rate(COMPANY);
    const values = { payment_id: 'new', party_id: COMPANY, invoice_id: 'fresh', amount: 700 };
    const happenedAt = `${daysAgo(1)}T00:00:00Z`;
    const { status, body } = await post('/v1/events', {
      source: 'erp',
      events: [{ table: 'payments', values, happenedAt }],
    });
    expect(status, JSON.stringify(body)).toBe(201);
    const [fact] = (body as { facts: { sequence: number; knownFrom: string }[] }).facts;
    const after = await rate(COMPANY);
    expect(after.features?.factsThrough).toBe(fact?.sequence);
    expect(featuresIn(after)).not.toEqual(featuresIn(before));
    expect([featuresIn(before)['dpd_current'], featuresIn(after)['dpd_current']]).not.toEqual([0, 0]);

    await insertRaw(raw.connection, [
      {
        table: 'payments',
        values: {
          ...values,
          happened_at: happenedAt.slice(0, 10),
          known_from: fact?.knownFrom.replace('Z', '') ?? null,
        },
      },
    ]);
    const features = featuresIn(after);
    expect(features).toEqual(await rebuilt(COMPANY, after.asOf, Object.keys(features)));
    expect(featuresIn(await rate(COMPANY, before.asOf))).toEqual(featuresIn(before));
  });

  it('rates the same after the fact has become part of the next snapshot', async () => {
    const before = await rate(COMPANY);
    await publish(before.features?.factsThrough ?? 0);
    await server.refresh();
    const after = await rate(COMPANY, before.asOf);
    expect(after.features?.snapshotId).not.toBe(before.features?.snapshotId);
    expect(featuresIn(after)).toEqual(featuresIn(before));
  });

  it('sees a CloudEvent at once, and the same once more where it is sent again, and is not misled by one that comes late', async () => {
    const send = async (id: string, time: string, amount: string) => {
      const response = await fetch(`${server.url}/v1/events`, {
        method: 'POST',
        headers: { authorization, 'content-type': 'application/cloudevents+json' },
        body: JSON.stringify({
          specversion: '1.0',
          id,
          source: '/erp',
          type: 'probity.order.v1',
          subject: COMPANY,
          time,
          data: { order_id: 'ce-1', amount, status: 'open' },
        }),
      });
      expect(response.status).toBe(201);
      const { facts } = (await response.json()) as {
        facts: { sequence: number; repeated: boolean; differs: boolean }[];
      };
      const rated = await rate(COMPANY);
      expect(rated.features?.factsThrough).toBeGreaterThanOrEqual(facts[0]?.sequence ?? Number.NaN);
      return { told: facts[0], amount: Number(featuresIn(rated)['order_amount_365d']) };
    };
    const time = (days: number) => `${daysAgo(days)}T08:00:00Z`;
    const first = await send('e1', time(2), '100');
    expect(await send('e2', time(1), '130')).toMatchObject({ amount: first.amount + 30, told: { repeated: false } });
    expect(await send('e2', time(1), '130')).toMatchObject({
      amount: first.amount + 30,
      told: { repeated: true, differs: false },
    });
    expect(await send('e2', time(1), '131')).toMatchObject({ amount: first.amount + 30, told: { differs: true } });
    expect(await send('e0', time(3), '90')).toMatchObject({ amount: first.amount + 30, told: { repeated: false } });
  });

  it('knows a customer from the first acknowledged fact on', async () => {
    const values = { party_id: 'newcomer', kind: 'person' };
    const event = { table: 'parties', values, happenedAt: daysAgo(2), idempotencyKey: 'n1' };
    expect((await post('/v1/events', { events: [event] })).status).toBe(201);
    expect((await rate('newcomer')).flags.map(({ code }) => code)).toContain('THIN_DATA');
    const again = await post('/v1/events', { events: [event] });
    expect(again.body).toMatchObject({ acknowledged: 1 });
  });

  it('withholds and names the features of a table without a legal basis as of then, and rates by them once the customer consents', async () => {
    const rulesDir = await mkdtemp(join(folder, 'rules-'));
    const bases = CONTRACTS.map(({ name }) => ({
      source: name,
      purpose: 'credit-decision',
      basis: name === 'invoices' ? 'consent' : 'contract',
    }));
    await writeFile(join(rulesDir, 'legal-bases.json'), JSON.stringify({ bases }));
    const strict = await composeServing({ ...project, rulesDir }, postgres.url, pino({ level: 'silent' }));
    const usual = { server, close };
    let consentedAt = '';
    let consentedFeatures = {};
    const whole = await rate(COMPANY);
    server = await startServer(strict.deps, { port: 0 });
    try {
      const before = await rate(COMPANY, whole.asOf);
      const withheld = before.withheld.map(({ feature }) => feature);
      expect(new Set(before.withheld.map(({ source }) => source))).toEqual(new Set(['invoices']));
      expect(withheld).toContain('dpd_current');
      expect(withheld).not.toContain('income_monthly');
      // Their values are gone, and all others stay.
      const lacking = new Set(withheld);
      for (const [name, value] of Object.entries(featuresIn(whole)))
        expect(featuresIn(before)[name], name).toEqual(lacking.has(name) ? null : value);
      expect(before.missing).toEqual(expect.arrayContaining(withheld));
      expect(before.flags.find(({ code }) => code === 'WITHHELD')?.text).toContain('no legal basis for invoices');

      const step = (body: object) => post(`/v1/customers/${COMPANY}/legal-bases`, body);
      expect((await step({ action: 'grant', source: 'invoices' })).status).toBe(201);
      const consented = await rate(COMPANY);
      expect(consented.withheld).toEqual([]);
      consentedAt = consented.asOf;
      consentedFeatures = featuresIn(consented);
      // As of then it had given none.
      expect((await rate(COMPANY, before.asOf)).withheld).toEqual(before.withheld);
      const { body } = await step({ action: 'withdraw' });
      expect(body).toMatchObject({ ended: 1 });
      expect((await rate(COMPANY)).withheld).toEqual(before.withheld);
      expect((await rate(COMPANY, consented.asOf)).withheld).toEqual([]);

      // A recorded rating is told from its evidence, whatever the bases are by now.
      const response = await fetch(`${server.url}/v1/ratings/${before.ratingId}`, { headers: { authorization } });
      expect(await response.json()).toMatchObject({ withheld: before.withheld, pd: before.pd });
      expect((await createLegalBases(database, tenant).of(COMPANY)).at(-1)?.withdrawn).not.toBeNull();
    } finally {
      await server.close();
      await strict.close();
      ({ server, close } = usual);
    }
    // Where the policy has a basis for everything, nothing is withheld and nothing is said.
    const rated = await rate(COMPANY, consentedAt);
    expect(featuresIn(rated)).toEqual(consentedFeatures);
    expect([rated.withheld, rated.flags.map(({ code }) => code)]).toEqual([
      [],
      expect.not.arrayContaining(['WITHHELD']),
    ]);
  });

  it('answers a newly promoted model, and refuses readiness by name for one trained with an edited view', async () => {
    const second = await promote(artefactOf(views, -2));
    await server.refresh();
    expect((await rate(COMPANY)).model.hash).toBe(second);
    const edited = views.map((view) => (view.name === 'exposure' ? { ...view, hash: '0'.repeat(64) } : view));
    await promote(artefactOf(edited));
    await server.refresh();
    const ready = await fetch(`${server.url}/readyz`, { headers: { authorization } });
    expect(ready.status).toBe(503);
    expect(await ready.json()).toMatchObject({ problems: [{ at: 'main/*/12m view exposure' }] });
    expect((await rate(COMPANY)).model.hash).toBe(second);
  });
});
