import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { GRAIN, ruleSetHash } from '../rating/index.ts';
import { createRuleSets } from '../records/rules/index.ts';
import type { Tenant } from '../base/index.ts';
import { rulesInForce } from '../serving/compose/rules.ts';
import { startServer, type RunningServer } from '../serving/index.ts';
import { problemSchema, ratingAnswerSchema } from '../serving/openapi/answers.ts';
import {
  ruleProposalSchema,
  ruleReignSchema,
  rulesInForceSchema,
  soundRulesSchema,
} from '../serving/openapi/rule-paths.ts';
import { startTestDatabase, type TestDatabase } from './support/database.ts';
import { cell, editedRules, scoredBy } from './support/rules.ts';
import { anyoneIsAdmin, smallArtefact, usualWorld, type World } from './serving/world.ts';

let database: TestDatabase;
let world: World;
let server: RunningServer;
let tenants = 0;

beforeAll(async () => {
  database = await startTestDatabase();
});
afterAll(() => database.stop());
afterEach(() => server.close());

async function ask(method: string, path: string, body?: unknown, actor = 'ann', headers: Record<string, string> = {}) {
  const response = await fetch(server.url + path, {
    method,
    headers: { 'content-type': 'application/json', authorization: `Bearer ${actor}`, ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: await response.json() };
}

async function rate(body: unknown, headers: Record<string, string> = {}) {
  const answer = await ask('POST', '/v1/ratings', body, 'ann', headers);
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  return ratingAnswerSchema.parse(answer.body);
}

const features = { days_late: 0, sector: 'retail', customer_since: '1990-01-01' };
const clean = { sanctionsHit: false, age: 40, documentsMissing: [] };

describe('a decision in the answer', () => {
  beforeEach(async () => {
    world = usualWorld();
    server = await startServer(world.deps, { port: 0 });
  });

  it('stands beside the model’s rating: parts sum to the last bit, amounts are decimal text', async () => {
    const request = { amount: '12000.50', currency: 'CNY', termDays: 30, purpose: 'goods' };
    const { decision } = await rate({ features, request, facts: clean });
    expect(decision.outcome).toBe('approve');
    expect(decision.name).toBe('Approve');
    expect(decision.limit).toMatchObject({ currency: 'CNY', requested: '12000.50', granted: '12000.50' });
    expect(decision.parts.reduce((sum, { logOdds }) => sum + logOdds, 0)).toBe(decision.logOdds);
    for (const { logOdds } of decision.parts) expect(Number.isInteger(logOdds / GRAIN)).toBe(true);
    expect(decision.rulesInForce.engine).toMatch(/^@gorules\/zen-engine 0\.54/);
    expect(decision.priceFloor.expectedLoss).toMatch(/^\d+\.\d\d$/);
  });

  it('is told in Chinese, names what is missing, and decides by customer too', async () => {
    const facts = { ...clean, documentsMissing: ['营业执照'] };
    const chinese = { 'accept-language': 'zh-CN' };
    const { decision } = await rate({ customerId: 'good', facts }, chinese);
    expect(decision).toMatchObject({ outcome: 'refer', name: '转人工审核', missing: { documents: ['营业执照'] } });
    expect(decision.causes[0]?.text).toBe('缺少必要文件。');
    const declined = await rate({ customerId: 'good', facts: { ...clean, sanctionsHit: true } }, chinese);
    expect(declined.decision).toMatchObject({ outcome: 'decline', name: '拒绝' });
    const conditional = await rate({ customerId: 'good' }, chinese);
    expect(conditional.decision).toMatchObject({ outcome: 'condition', name: '有条件批准' });
    expect(conditional.decision.conditions).toEqual(['放款前须完成制裁名单筛查。']);
  });

  it('refuses amounts that the currency cannot hold, all problems at once', async () => {
    const request = { amount: '1.005', currency: 'EUR' };
    const answer = await ask('POST', '/v1/ratings', { features, request, facts: { existingExposure: '9'.repeat(15) } });
    expect(answer.status).toBe(400);
    const { problems } = problemSchema.parse(answer.body);
    expect(problems.map(({ at }) => at)).toEqual(['request.currency', 'request.amount', 'facts.existingExposure']);
    const shape = await ask('POST', '/v1/ratings', { features, request: { amont: '1', amount: 1 } });
    expect(shape.status).toBe(400);
  });

  it('swaps rules as a whole, and keeps the rules in force where new ones are not sound', async () => {
    const before = await rate({ features, facts: clean });
    world.rules = editedRules({ 'decision.json': { version: 2, 'cutoffs.approveBelow': 0.0001 } });
    await expect.poll(async () => (await rate({ features, facts: clean })).decision.outcome).toBe('refer');
    const after = await rate({ features, facts: clean });
    expect(after.decision.rulesInForce.version).toBe(2);
    expect(after.decision.rulesInForce.hash).not.toBe(before.decision.rulesInForce.hash);
    world.rules = editedRules({ 'limits.json': { [cell(0, 'i1')]: '< 0.001' } });
    await expect.poll(async () => (await ask('GET', '/readyz')).status).toBe(503);
    expect(JSON.stringify((await ask('GET', '/readyz')).body)).toContain('INVALID_RULES');
    expect((await rate({ features, facts: clean })).decision.rulesInForce.version).toBe(2);
  });
});

describe('rules that ask for a feature which nobody gives', () => {
  beforeEach(async () => {
    world = usualWorld();
    server = await startServer(
      { ...world.deps, viewFeatures: async () => ['utilisation', 'in_collection'] },
      { port: 0 },
    );
  });

  it('are refused before anything is stored, all at once and with the nearest that there is; views and models in place are known', async () => {
    const validated = (features: object) =>
      ask('POST', '/v1/rules:validate', { files: { 'fields.json': { features } } });
    const number = { type: 'number' };
    expect((await validated({ utilisation: number, days_late: number })).status).toBe(200);
    const refused = await validated({
      utilisaton: number,
      days_late: number,
      dayslate: number,
      in_collection: { type: 'boolean' },
    });
    expect(refused.status).toBe(422);
    const { code, problems } = problemSchema.parse(refused.body);
    expect(code).toBe('INVALID_RULES');
    expect(problems.map(({ at, fix }) => [at, fix])).toEqual([
      ['fields.json features.utilisaton', 'Did you mean utilisation?'],
      ['fields.json features.dayslate', 'Did you mean days_late?'],
      ['fields.json features.in_collection', 'Declare it as a number, with min 0 and max 1.'],
    ]);
  });
});

describe('rules that read a protected attribute do not decide', () => {
  beforeEach(async () => {
    world = usualWorld();
    server = await startServer(world.deps, { port: 0 });
  });
  const ready = async () => (await ask('GET', '/readyz')).status;

  it('where they came into force another way: the rules before go on, and readiness names table, column and attribute', async () => {
    const before = await rate({ features, facts: clean });
    world.rules = editedRules(scoredBy('gender'));
    await expect.poll(ready).toBe(503);
    const why = JSON.stringify((await ask('GET', '/readyz')).body);
    expect(why).toContain('PROTECTED_ATTRIBUTE');
    expect(why).toContain('score.json guarantee, column features.gender');
    expect((await rate({ features, facts: clean })).decision.rulesInForce).toEqual(before.decision.rulesInForce);
  });

  it('where a model is promoted over rules that read what it keeps out: the model before goes on until the rules leave it out', async () => {
    world.rules = editedRules(scoredBy('x7'));
    const rulesHash = async () => (await rate({ features, facts: clean })).decision.rulesInForce.hash;
    await expect.poll(rulesHash).toBe(ruleSetHash(world.rules));
    const { model } = await rate({ features, facts: clean });
    const promoted = world.promote({ ...smallArtefact(0.5), protected: ['x7'] });
    await expect.poll(ready).toBe(503);
    const why = JSON.stringify((await ask('GET', '/readyz')).body);
    expect(why).toContain('score.json guarantee, column features.x7');
    expect((await rate({ features, facts: clean })).model).toEqual(model);
    world.rules = editedRules({});
    await expect.poll(ready).toBe(200);
    expect((await rate({ features, facts: clean })).model.hash).toBe(promoted);
  });
});

describe('rules through the API', () => {
  beforeEach(async () => {
    world = usualWorld();
    const ruleSets = createRuleSets(database.database, `t${++tenants}` as Tenant);
    const authenticate: typeof anyoneIsAdmin = async (authorization) => {
      const admin = await anyoneIsAdmin(authorization);
      if (!('principal' in admin)) return admin;
      return { principal: { ...admin.principal, actor: authorization?.slice('Bearer '.length) ?? 'nobody' } };
    };
    server = await startServer(
      { ...world.deps, viewFeatures: async () => ['x7'], ruleSets, rules: rulesInForce(ruleSets, null), authenticate },
      { port: 0 },
    );
  });
  const stricter = {
    'decision.json': editedRules({ 'decision.json': { version: 2, 'cutoffs.approveBelow': 0.0001 } })['decision.json'],
  };

  it('are drafted over those in force, submitted, approved by a second person, served, and rolled back', async () => {
    const first = rulesInForceSchema.parse((await ask('GET', '/v1/rules')).body);
    expect(first.from).toBeNull();
    const drafted = await ask('POST', '/v1/rules/proposals', { files: stricter, note: 'stricter' });
    expect(drafted.status).toBe(201);
    const { proposalId, rulesHash } = ruleProposalSchema.parse(drafted.body);
    const at = `/v1/rules/proposals/${proposalId}`;
    const submitted = ruleProposalSchema.parse((await ask('POST', `${at}/submit`)).body);
    expect(submitted.events[0]?.effect).toMatchObject({ rulesHash, from: null, effect: { decisions: 0 } });
    expect((await ask('POST', `${at}/submit`)).status).toBe(409);
    expect((await ask('POST', `${at}/approve`, {})).status).toBe(409);
    ruleReignSchema.parse((await ask('POST', `${at}/approve`, { reason: 'seen' }, 'bob')).body);
    await expect.poll(async () => (await rate({ features })).decision.rulesInForce.hash).toBe(rulesHash);
    const read = (await ask('GET', at)).body as { files: { 'decision.json': { version: number } }; state: string };
    expect([read.state, read.files['decision.json'].version]).toEqual(['approved', 2]);
    const back = await ask('POST', '/v1/rules:rollback', { reason: 'too strict' });
    expect(back.status).toBe(404);
    const other = { files: { 'decision.json': { ...(stricter['decision.json'] as object), version: 3 } } };
    const next = ruleProposalSchema.parse((await ask('POST', '/v1/rules/proposals', other)).body);
    await ask('POST', `/v1/rules/proposals/${next.proposalId}/submit`);
    await ask('POST', `/v1/rules/proposals/${next.proposalId}/approve`, undefined, 'bob');
    const rolled = await ask('POST', '/v1/rules:rollback', { reason: 'too strict' });
    expect(ruleReignSchema.parse(rolled.body)).toMatchObject({ rulesHash, how: 'rollback', actor: 'ann' });
    const listed = (await ask('GET', '/v1/rules/proposals?limit=1')).body as { items: unknown[]; nextCursor: string };
    const older = await ask('GET', `/v1/rules/proposals?limit=1&cursor=${listed.nextCursor}`);
    expect((older.body as { items: { proposalId: string }[] }).items[0]?.proposalId).toBe(proposalId);
    expect(((await ask('GET', '/v1/rules/history')).body as { items: unknown[] }).items).toHaveLength(3);
  });

  it('are refused where they read a protected attribute, and none is stored', async () => {
    const edited = editedRules(scoredBy('marital_status'));
    const files = Object.fromEntries(
      (['fields.json', 'score.json', 'score.about.json'] as const).map((file) => [file, edited[file]]),
    );
    for (const path of ['/v1/rules:validate', '/v1/rules/proposals']) {
      const answer = await ask('POST', path, { files });
      const { code, problems } = problemSchema.parse(answer.body);
      expect([answer.status, code]).toEqual([422, 'PROTECTED_ATTRIBUTE']);
      expect(problems[0]?.at).toBe('score.json guarantee, column features.marital_status');
      expect(problems[0]?.message).toContain('marital status');
    }
    expect(((await ask('GET', '/v1/rules/proposals')).body as { items: unknown[] }).items).toEqual([]);
  });

  it('are not submitted, nor approved, where they read what the champion keeps out of itself', async () => {
    const edited = editedRules(scoredBy('x7'));
    const files = Object.fromEntries(
      (['fields.json', 'score.json', 'score.about.json'] as const).map((file) => [file, edited[file]]),
    );
    const draft = async () =>
      `/v1/rules/proposals/${ruleProposalSchema.parse((await ask('POST', '/v1/rules/proposals', { files })).body).proposalId}`;
    const before = await draft();
    expect((await ask('POST', `${before}/submit`)).status).toBe(200);
    world.promote({ ...smallArtefact(0.5), protected: ['x7'] });
    for (const [method, path, actor] of [
      ['POST', `${await draft()}/submit`, 'ann'],
      ['POST', `${before}/approve`, 'bob'],
    ] as const) {
      const { code, problems } = problemSchema.parse((await ask(method, path, {}, actor)).body);
      expect(code).toBe('PROTECTED_ATTRIBUTE');
      expect(problems).toMatchObject([
        {
          at: 'score.json guarantee, column features.x7',
          message: 'is kept out of the model of main/*/12m as a protected attribute',
        },
      ]);
    }
    expect(((await ask('GET', '/v1/rules/history')).body as { items: unknown[] }).items).toEqual([]);
  });

  it('are validated without being stored, and refused with every problem', async () => {
    soundRulesSchema.parse((await ask('POST', '/v1/rules:validate', { files: stricter })).body);
    const files = { 'limits.json': editedRules({ 'limits.json': { [cell(0, 'i1')]: '< 0.001' } })['limits.json'] };
    for (const path of ['/v1/rules:validate', '/v1/rules/proposals']) {
      const answer = await ask('POST', path, { files });
      expect([answer.status, problemSchema.parse(answer.body).code]).toEqual([422, 'INVALID_RULES']);
    }
    expect((await ask('POST', '/v1/rules:validate', { files: { 'limit.json': {} } })).status).toBe(400);
    expect((await ask('POST', '/v1/rules:validate', { base: 'f'.repeat(64), files: {} })).status).toBe(404);
    expect(((await ask('GET', '/v1/rules/proposals')).body as { items: unknown[] }).items).toEqual([]);
    expect((await ask('GET', '/v1/rules/proposals/nothing')).status).toBe(404);
  });
});
