import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { instant, parseProject, silent, type Project, type Tenant } from '../base/index.ts';
import { loadViews, type FeatureView } from '../features/views/index.ts';
import { saveArtefact, type Artefact, type FeatureValues } from '../models/artefact/index.ts';
import { compileDeep, saveDeep, type DeepArtefact } from '../models/deep/index.ts';
import { inShare, slotKey, type ModelUse } from '../models/registry/index.ts';
import { compile } from '../models/scoring/index.ts';
import { composeShadowWork } from '../pipelines/compose/score-shadows-now.ts';
import { parseEvidence, rateableModel } from '../rating/index.ts';
import { createAppender, eraseSubject, storedRecord } from '../records/audit/index.ts';
import type { Database } from '../records/database/index.ts';
import { createKeys } from '../records/keys/index.ts';
import { createChampions, createRegistry, createTrafficSplits } from '../records/registry/index.ts';
import { createShadows, createShadowScores, type ShadowScore } from '../records/shadows/index.ts';
import { openStorage } from '../records/storage/index.ts';
import { composeServing } from '../serving/compose/index.ts';
import { startServer, type RunningServer } from '../serving/index.ts';
import { ratingAnswerSchema } from '../serving/openapi/answers.ts';
import { startTestDatabase, type TestDatabase } from './support/database.ts';
import { BOOK, COMPANY, PERSON } from './support/golden-book.ts';
import { insertRaw, rawDatabase } from './support/raw-fixture.ts';
import { deepModel, glassBox } from './support/shadow-models.ts';
import { publishAndAnnounce } from './support/published-snapshot.ts';
import { simulatedAgain } from './support/simulated-again.ts';

const tenant = 'acme' as Tenant;
const slot = { portfolio: 'main', segment: null, horizonMonths: 12 };
const daysAgo = (days: number): string => instant(Date.now() - days * 86_400_000).slice(0, 10);

let server: TestDatabase;
let database: Database;
let raw: Awaited<ReturnType<typeof rawDatabase>>;
let folder: string;
let project: Project;
let views: readonly FeatureView[];
let api: RunningServer;
let close: () => Promise<void>;
let authorization: string;

const context = { progress: silent, signal: new AbortController().signal };

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'probity-shadows-'));
  project = parseProject(`tenant: ${tenant}\ndata: ${JSON.stringify(folder)}\n`, folder);
  raw = await rawDatabase();
  const fresh = { party_id: COMPANY, happened_at: daysAgo(80), invoice_id: 'fresh', issued_on: daysAgo(80) };
  await insertRaw(raw.connection, [
    ...BOOK,
    { table: 'invoices', values: { ...fresh, due_on: daysAgo(40), amount: 700 } },
  ]);
  views = await loadViews();
  server = await startTestDatabase();
  ({ database } = server);
  const key = { name: 'erp', roles: ['applicant-system'], operations: null, days: 1, actor: 'test' } as const;
  authorization = `Bearer ${(await createKeys(database, tenant).create(key)).written}`;
  await publish(0);
  const champion = await register(glassBox(views, (_, i) => i % 2 === 0));
  await createRegistry(database, tenant).decide(champion.candidateId, {
    kind: 'approve',
    actor: 'grace',
    reason: null,
  });
  await createChampions(database, tenant).promote(champion.candidateId, 'grace');
  const composed = await composeServing(project, server.url, pino({ level: 'silent' }));
  api = await startServer(composed.deps, { port: 0 });
  close = composed.close;
});

afterAll(async () => {
  await api?.close();
  await close?.();
  await server?.stop();
  raw?.close();
  await rm(folder, { recursive: true, force: true });
});

async function register(artefact: Artefact | DeepArtefact, use: ModelUse = 'decisions') {
  const made = await mkdtemp(join(folder, 'artefact-'));
  const modelHash =
    artefact.format === 'probity.deep/1' ? await saveDeep(artefact, made) : await saveArtefact(artefact, made);
  const registry = createRegistry(database, tenant);
  const { candidateId } = await registry.registerCandidate({
    runId: modelHash.slice(0, 12),
    slot,
    modelHash,
    name: artefact.name,
    artefactRef: await openStorage(project).publish(tenant, 'artefacts', modelHash, made),
    trainingSetHash: artefact.provenance.trainingSetHash,
    featureViews: artefact.provenance.featureViews,
    golden: { proven: true },
    submitter: 'ada',
    use,
  });
  await registry.recordValidation(candidateId, { passed: true }, true);
  return registry.candidate(candidateId);
}

const publish = (factsThrough: number): Promise<void> =>
  publishAndAnnounce({ project, database, connection: raw.connection, views }, factsThrough);

async function post(path: string, body: unknown) {
  const response = await fetch(api.url + path, {
    method: 'POST',
    headers: { authorization, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const answer: unknown = await response.json();
  expect(response.status, JSON.stringify(answer)).toBeLessThan(300);
  return answer;
}

const rate = async (customerId: string, more: object = {}) =>
  ratingAnswerSchema.parse(await post('/v1/ratings', { customerId, ...more }));

async function evidenceOf(ratingId: string | null) {
  const record = await storedRecord(database, tenant, Number(ratingId?.split('-')[0]));
  const { inputs, ...rest } = parseEvidence(Buffer.from(record?.body?.bytes ?? []).toString('utf8'));
  return { ...rest, inputs: inputs as unknown as { readonly values: FeatureValues; readonly champion: object } };
}

const start = async (artefact: Artefact | DeepArtefact, share = 1, use: ModelUse = 'decisions') =>
  createShadows(database, tenant).start(await register(artefact, use), { slot, share, actor: 'ada' });
const scoresOf = (shadowId: string) => createShadowScores(database, tenant).of(shadowId);
const saidOf = async (shadowId: string, ratingId: string | null): Promise<ShadowScore['said'] | undefined> =>
  (await scoresOf(shadowId)).find((score) => score.ratingId === ratingId)?.said;
const work = () => composeShadowWork(project, database);

describe('a shadow', () => {
  it('scores what the champion rated, by features that the evidence lacks, as they were known then', async () => {
    const everything = glassBox(views, () => true, -2);
    const { shadowId, modelHash } = await start(everything);
    const values = { payment_id: 'new', party_id: COMPANY, invoice_id: 'fresh', amount: 700 };
    const before = await rate(COMPANY);
    const paid = { table: 'payments', values, happenedAt: `${daysAgo(1)}T00:00:00Z` };
    await post('/v1/events', { source: 'erp', events: [paid] });
    const after = await rate(COMPANY);
    const empty = await rate(PERSON);
    expect(before.model.hash).not.toBe(modelHash);
    // What comes later changes nothing: more facts, and another snapshot.
    const correction = { ...paid, values: { ...values, payment_id: 'newer', amount: 1 } };
    await post('/v1/events', { source: 'erp', events: [correction] });
    await publish(0);
    expect(await work().scoreNext({ most: 100 }, context)).toMatchObject({ scored: 3, skipped: 0, more: false });

    // The truth: a champion that reads everything, asked for the same instants, evidences all of its inputs.
    const scorer = compile(everything);
    const said = await Promise.all([before, after, empty].map(({ ratingId }) => saidOf(shadowId, ratingId)));
    expect(said).toEqual([1, 2, 3].map(() => expect.objectContaining({ inputs: 'recomputed' }) as unknown));
    const pds = said.map((each) => (each && 'pd' in each ? each.pd : Number.NaN));
    expect(pds[0]).not.toBe(pds[1]);
    const full = await register(glassBox(views, () => true, -1));
    await createRegistry(database, tenant).decide(full.candidateId, { kind: 'approve', actor: 'lee', reason: null });
    await createChampions(database, tenant).promote(full.candidateId, 'lee');
    await api.refresh();
    for (const [i, { customerId, asOf }] of [before, empty].map((each, at) => [at * 2, each] as const)) {
      const again = await rate(customerId ?? '', { asOf });
      const { inputs } = await evidenceOf(again.ratingId);
      expect(scorer.score(inputs.values).pd).toBe(pds[i]);
    }
    await createChampions(database, tenant).rollback(slot, 'lee', 'test');
    await api.refresh();
    await createShadows(database, tenant).end(shadowId, 'ada');

    // A simulation looks up the same: what the evidence lacks, as it was known then.
    const decided = await Promise.all([before, after, empty].map(({ ratingId }) => evidenceOf(ratingId)));
    const again = await simulatedAgain(project, database, rateableModel(scorer, modelHash), decided as never);
    for (const [i, { alone, lookedUp }] of again.entries()) {
      expect([alone.kind, lookedUp]).toMatchObject(['features-lacking', { kind: 'retaken', hasLookedUp: true }]);
      expect(lookedUp.kind === 'retaken' && scorer.score(lookedUp.inputs.values).pd).toBe(pds[i]);
    }
  });

  it('scores by the evidence alone where that holds all that it reads', async () => {
    const fewer = glassBox(views, (_, i) => i % 4 === 0, -2);
    const { shadowId } = await start(fewer);
    const rating = await rate(COMPANY);
    await work().scoreNext({ most: 100 }, context);
    const { values } = (await evidenceOf(rating.ratingId)).inputs;
    const { pd, logOdds } = compile(fewer).score(values);
    expect(await saidOf(shadowId, rating.ratingId)).toEqual({ pd, logOdds, inputs: 'evidence' });
    await createShadows(database, tenant).end(shadowId, 'ada');
  });

  it('may be a deep model, scored in TypeScript', async () => {
    const deep = await deepModel(views);
    const { shadowId } = await start(deep, 1, 'challenger-only');
    const rating = await rate(COMPANY);
    await work().scoreNext({ most: 100 }, context);
    const said = await saidOf(shadowId, rating.ratingId);
    const { asOf } = rating;
    await createShadows(database, tenant).end(shadowId, 'ada');
    const both = glassBox(views, (name) => deep.model.base.terms.some((term) => term.name === name), -2.5);
    const reader = await register(both);
    await createRegistry(database, tenant).decide(reader.candidateId, { kind: 'approve', actor: 'lee', reason: null });
    await createChampions(database, tenant).promote(reader.candidateId, 'lee');
    await api.refresh();
    const { inputs } = await evidenceOf((await rate(COMPANY, { asOf })).ratingId);
    await createChampions(database, tenant).rollback(slot, 'lee', 'test');
    await api.refresh();
    expect(said).toMatchObject({ pd: compileDeep(deep).score(inputs.values).pd });
  });

  it('goes on where it stopped, and says nothing twice, also where two read at once', async () => {
    // What shadows of before have left to read.
    await work().scoreNext({ most: 100 }, context);
    const { shadowId } = await start(glassBox(views, (_, i) => i % 6 === 0, -2));
    const ratings = [];
    for (let i = 0; i < 5; i++) ratings.push(await rate(COMPANY));
    const cut = new AbortController();
    const stopping = { signal: cut.signal, progress: () => cut.abort() };
    await expect(work().scoreNext({ most: 100 }, stopping)).rejects.toThrow();
    expect(await scoresOf(shadowId)).toEqual([]);
    expect(await work().scoreNext({ most: 2 }, context)).toMatchObject({ scored: 2, more: true });
    await Promise.all([work().scoreNext({ most: 100 }, context), work().scoreNext({ most: 100 }, context)]);
    expect(await work().scoreNext({ most: 100 }, context)).toEqual({ read: 0, scored: 0, skipped: 0, more: false });
    expect((await scoresOf(shadowId)).map(({ ratingId }) => ratingId)).toEqual(ratings.map(({ ratingId }) => ratingId));
    await createShadows(database, tenant).end(shadowId, 'ada');
    await rate(COMPANY);
    expect(await work().scoreNext({ most: 100 }, context)).toMatchObject({ read: 0 });
    expect(await createShadows(database, tenant).reading()).toEqual([]);
  });

  it('says why it said nothing: of looks back, of requests without its features, by views that are no more', async () => {
    const { shadowId } = await start(glassBox(views, () => true, -4));
    const strange = await start(glassBox(views, () => true, -4, 'exposure'));
    const back = await rate(COMPANY, { asOf: '2025-07-01' });
    const given = ratingAnswerSchema.parse(await post('/v1/ratings', { features: { dpd_current: 3 } }));
    const usual = await rate(COMPANY);
    await work().scoreNext({ most: 100 }, context);
    expect(await saidOf(shadowId, back.ratingId)).toEqual({ skipped: 'looks-back' });
    expect(await saidOf(shadowId, given.ratingId)).toEqual({ skipped: 'not-recorded' });
    expect(await saidOf(shadowId, usual.ratingId)).toMatchObject({ inputs: 'recomputed' });
    expect(await saidOf(strange.shadowId, usual.ratingId)).toEqual({ skipped: 'views-missing' });
    expect(await createShadowScores(database, tenant).counts(shadowId)).toEqual({
      scored: 1,
      skipped: { 'looks-back': 1, 'not-recorded': 1 },
    });
    for (const id of [shadowId, strange.shadowId]) await createShadows(database, tenant).end(id, 'ada');
  });

  it('follows its share of the customers, and no one without a name', async () => {
    const { shadowId } = await start(
      glassBox(views, (_, i) => i % 8 === 0, -2),
      0.5,
    );
    const customers = Array.from({ length: 12 }, (_, i) => `share-${i}`);
    const known = { source: 'erp', events: customers.map((id) => newcomer(id)) };
    await post('/v1/events', known);
    const ratings = [];
    for (const id of customers) ratings.push(await rate(id));
    await work().scoreNext({ most: 1000 }, context);
    const expected = ratings.filter(({ customerId }) => inShare(shadowId, customerId ?? '', 0.5));
    expect((await scoresOf(shadowId)).map(({ ratingId }) => ratingId)).toEqual(
      expected.map(({ ratingId }) => ratingId),
    );
    await createShadows(database, tenant).end(shadowId, 'ada');
  });

  it('is forgotten with the evidence that it read', async () => {
    const { shadowId } = await start(glassBox(views, (_, i) => i % 10 === 0, -2));
    await post('/v1/events', { source: 'erp', events: [newcomer('to-forget')] });
    const gone = await rate('to-forget');
    const stays = await rate(COMPANY);
    await work().scoreNext({ most: 1000 }, context);
    const record = await storedRecord(database, tenant, Number(gone.ratingId?.split('-')[0]));
    await eraseSubject(database, tenant, createAppender(database, tenant), record?.subject ?? '');
    expect((await scoresOf(shadowId)).map(({ ratingId }) => ratingId)).toEqual([stays.ratingId]);
    await createShadows(database, tenant).end(shadowId, 'ada');
  });

  it('is started once, with a name, for a slot whose customers it can rate', async () => {
    const shadows = createShadows(database, tenant);
    const candidate = await register(glassBox(views, (_, i) => i % 3 === 0, -2));
    const [one, other] = await Promise.all(
      [1, 2].map(() => shadows.start(candidate, { slot, share: 1, actor: 'ada' })),
    );
    expect(other).toEqual(one);
    await expect(shadows.start(candidate, { slot, share: 0.5, actor: 'ada' })).rejects.toMatchObject({
      code: 'CONFLICT',
    });
    const wrong = { slot: { ...slot, horizonMonths: 6 }, share: 2, actor: ' ' };
    await expect(shadows.start(candidate, wrong)).rejects.toMatchObject({
      problems: [{ at: 'share' }, { at: 'actor' }, { at: 'slot' }],
    });
    await shadows.end(one?.shadowId ?? '', 'ada');
  });
});

function newcomer(id: string) {
  return { table: 'parties', values: { party_id: id, kind: 'person' }, happenedAt: daysAgo(2), idempotencyKey: id };
}

describe('a traffic split', () => {
  it('rates a share of the customers by the challenger, always the same ones, and the evidence says who and why', async () => {
    const splits = createTrafficSplits(database, tenant);
    const challenger = await register(glassBox(views, (_, i) => i % 5 === 0, -2.2));
    await expect(splits.start(challenger, { slot, share: 0.5, actor: 'Ada', reason: null })).rejects.toMatchObject({
      code: 'DECISION_REFUSED',
    });
    const split = await splits.start(challenger, { slot, share: 0.5, actor: 'grace', reason: null });
    await api.refresh();
    const customers = Array.from({ length: 12 }, (_, i) => `arm-${i}`);
    await post('/v1/events', { source: 'erp', events: customers.map(newcomer) });
    const seen = new Set<string>();
    for (const id of [...customers, ...customers]) {
      const rating = await rate(id);
      const arm = inShare(split.splitId, id, 0.5) ? 'challenger' : 'champion';
      seen.add(arm);
      expect(rating.model.hash === challenger.modelHash).toBe(arm === 'challenger');
      expect(rating.model.slotChosenBecause).toContain(arm === 'challenger' ? 'is among the 50 %' : 'is not among');
      const { inputs, parts } = await evidenceOf(rating.ratingId);
      expect(inputs.champion).toMatchObject({ arm: { splitId: split.splitId, share: 0.5, arm } });
      expect(parts['model']).toBe(rating.model.hash);
    }
    expect([...seen].sort()).toEqual(['challenger', 'champion']);
    const nameless = ratingAnswerSchema.parse(await post('/v1/ratings', { features: { dpd_current: 3 } }));
    expect(nameless.model.hash).not.toBe(challenger.modelHash);
    // It ends by a person's word, or with the reign that it began in.
    await splits.end(slot, 'grace', 'enough seen');
    await api.refresh();
    for (const id of customers) expect((await rate(id)).model.hash).not.toBe(challenger.modelHash);
    const again = await splits.start(challenger, { slot, share: 0.9, actor: 'grace', reason: null });
    const next = await register(glassBox(views, (_, i) => i % 7 === 0, -2.4));
    await createRegistry(database, tenant).decide(next.candidateId, { kind: 'approve', actor: 'lee', reason: null });
    await createChampions(database, tenant).promote(next.candidateId, 'lee');
    const [standing] = await createChampions(database, tenant).standing();
    expect(standing).not.toHaveProperty('split');
    const then = await createChampions(database, tenant).championAt(slot, again.from);
    expect(then?.split).toMatchObject({ splitId: again.splitId, share: 0.9 });
  });

  it('is refused to a model that may not decide, by the registry and by the database', async () => {
    const deep = await register(await deepModel(views), 'challenger-only');
    const splits = createTrafficSplits(database, tenant);
    await expect(splits.start(deep, { slot, share: 0.1, actor: 'grace', reason: 'x' })).rejects.toMatchObject({
      code: 'CHALLENGER_CANNOT_DECIDE',
    });
    const [standing] = await createChampions(database, tenant).standing();
    const forged = {
      tenant,
      split_id: '018f0000-0000-7000-8000-000000000000',
      slot: slotKey(slot),
      candidate_id: deep.candidateId,
      model_hash: deep.modelHash,
      champion_from: standing?.from ?? '',
      share: 0.1,
      actor: 'mallory',
      reason: null,
      valid_from: new Date(),
      valid_until: null,
      ended_by: null,
      end_reason: null,
    };
    await expect(database.db.insertInto('traffic_splits').values(forged).execute()).rejects.toThrow(
      /cannot be champion/,
    );
  });
});
