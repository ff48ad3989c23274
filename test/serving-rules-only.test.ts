import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { canonicalJson, instant } from '../base/index.ts';
import { parseEvidence, replay } from '../rating/index.ts';
import { startServer, type RunningServer } from '../serving/index.ts';
import { championSchema, ratingAnswerSchema } from '../serving/openapi/answers.ts';
import { smallArtefact, usualWorld, type World } from './serving/world.ts';

const standing = { from: instant('2026-05-31T03:00:00.000Z'), reportId: 'r-1' };
let world: World;
let server: RunningServer;
beforeEach(async () => {
  world = usualWorld();
  world.know('good', { days_late: 0, sector: 'retail', customer_since: '1990-01-01' });
  world.know('bad', { days_late: 300, sector: 'mining', customer_since: '2025-01-01' });
  server = await startServer(world.deps, { port: 0 });
});
afterEach(() => server.close());

async function ask(method: string, path: string, body?: unknown, language = 'en') {
  const response = await fetch(server.url + path, {
    method,
    headers: { 'accept-language': language, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  expect(response.status).toBe(200);
  return response.json();
}
const rate = async (body: object, query = '', language = 'en') =>
  ratingAnswerSchema.parse(await ask('POST', `/v1/ratings${query}`, body, language));

describe('where rules alone rate', () => {
  it('the answer says so, nobody is told from the average by a model, and the champion rates as before once it is ended', async () => {
    const before = await rate({ customerId: 'good', dryRun: true });
    expect(before).not.toHaveProperty('rulesOnly');
    world.rulesOnly = standing;
    await server.refresh();
    const [good, bad] = [await rate({ customerId: 'good' }), await rate({ customerId: 'bad' })];
    expect(good.pd).toBe(bad.pd);
    expect(good.decision.outcome).toBe('refer');
    expect(good.flags.map(({ code }) => code)).toContain('RULES_ONLY');
    expect(good.model.name).toBe('rules-only');
    expect(good.model.hash).not.toBe(before.model.hash);
    expect(good.rulesOnly).toMatchObject({
      since: standing.from,
      reportId: 'r-1',
      populationOf: before.model.hash,
      text: expect.stringContaining('No model rates at present'),
    });
    const chinese = await rate({ customerId: 'good', dryRun: true }, '', 'zh-CN');
    expect(chinese.rulesOnly?.text).toContain('仅由规则区分客户');
    expect(chinese.decision.causes.find(({ code }) => code === 'RULES_ONLY')?.text).toContain('当前无模型');
    const { champions } = championSchema.parse(await ask('GET', '/v1/models/champion'));
    expect(champions[0]).toMatchObject({ rulesOnly: { since: standing.from, reportId: 'r-1' } });
    world.rulesOnly = null;
    await server.refresh();
    expect(await rate({ customerId: 'good', dryRun: true })).toEqual(before);
  });

  it('a rating is recorded as evidence, recalled the same, and recomputed to the same bytes after the champion rates again', async () => {
    world.rulesOnly = standing;
    await server.refresh();
    const given = await rate({ features: { days_late: 45, sector: 'retail' }, request: { amount: '1000.00' } });
    world.rulesOnly = null;
    await server.refresh();
    expect(await ask('GET', `/v1/ratings/${given.ratingId}`)).toEqual(given);
    const evidence = parseEvidence(world.recorded[0]?.evidence ?? '');
    expect(evidence.engine).toBe('probity.rules-only/2');
    expect(evidence.parts['model']).toBe(given.rulesOnly?.populationOf);
    const { bytes } = await replay(evidence, (role, hash) => world.deps.records.part(role, hash));
    expect(bytes).toBe(canonicalJson(evidence.answer));
  });

  it('the rule that binds is the first reason, in the answer, in the evidence and at any later look', async () => {
    world.rulesOnly = standing;
    await server.refresh();
    const request = { amount: '1000.00', termDays: 200 };
    const given = await rate({ features: { days_late: 45 }, request });
    const binding = given.decision.causes.filter((cause) => cause.binding).map(({ code }) => code);
    expect(binding).toContain('RULES_ONLY');
    expect(given.decision.reasons[0]).toMatchObject({ kind: 'rule', text: expect.stringContaining('No model') });
    const { named } = (
      parseEvidence(world.recorded[0]?.evidence ?? '').answer as {
        decision: { reasons: { named: { about: string }[] } };
      }
    ).decision.reasons;
    expect(named[0]?.about).toBe('RULES_ONLY');
    expect(named).toHaveLength(given.decision.reasons.length);
    expect(await ask('GET', `/v1/ratings/${given.ratingId}`)).toEqual(given);
  });

  it('no model stands beside, no challenger decides, and advice promises nothing', async () => {
    const days = smallArtefact();
    world.promote(
      { ...days, name: 'late', target: { kind: 'late-payment', definition: 'late', horizonMonths: 6 } },
      { slot: { portfolio: 'main', segment: null, horizonMonths: 6, lateDays: 30 } },
    );
    await server.refresh();
    expect(await rate({ customerId: 'bad', dryRun: true })).toHaveProperty('latePayment');
    world.rulesOnly = standing;
    await server.refresh();
    const alone = await rate({ customerId: 'bad', dryRun: true }, '?advice=true');
    expect(alone).not.toHaveProperty('latePayment');
    expect(alone.advice).toMatchObject({ found: null, none: { kind: 'data' } });
  });
});
