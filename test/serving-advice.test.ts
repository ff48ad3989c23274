import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseActs, loadActs } from '../rating/index.ts';
import { contentHash } from '../base/index.ts';
import { startServer, type RunningServer } from '../serving/index.ts';
import { problemSchema, ratingAnswerSchema } from '../serving/openapi/answers.ts';
import { ratingAdviceSchema } from '../serving/openapi/decision.ts';
import { usualWorld, type World } from './serving/world.ts';

let world: World;
let server: RunningServer;
beforeEach(async () => {
  world = usualWorld();
  server = await startServer(world.deps, { port: 0 });
});
afterEach(() => server.close());

async function ask(method: string, path: string, body?: unknown, language = 'en') {
  const response = await fetch(server.url + path, {
    method,
    headers: { 'accept-language': language, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: await response.json() };
}
/** More than the limit gives: a smaller amount, or better terms, bring approval. */
const large = {
  features: { days_late: 0, sector: 'retail', customer_since: '2019-04-01' },
  request: { amount: '120000', currency: 'CNY', termDays: 60 },
  facts: { kind: 'company', sanctionsHit: false, documentsMissing: [], existingExposure: '0' },
};
const rate = async (query = '', body: object = large) => {
  const { status, body: answer } = await ask('POST', `/v1/ratings${query}`, body);
  expect(status, JSON.stringify(answer)).toBe(200);
  return ratingAnswerSchema.parse(answer);
};
const adviceOn = async (ratingId: string | null, query = '', language = 'en') =>
  ratingAdviceSchema.parse((await ask('GET', `/v1/ratings/${ratingId}/advice${query}`, undefined, language)).body);

describe('advice', () => {
  it('is in the answer where it is asked for, reaches what it says when it is done, and is otherwise left out', async () => {
    expect((await rate()).advice).toBeUndefined();
    const { decision, advice } = await rate('?advice=true');
    expect(decision.outcome).toBe('condition');
    expect(advice?.target).toEqual({ outcome: 'approve', grade: null });
    const found = advice?.found ?? null;
    if (found === null) throw new Error('no advice');
    expect(advice?.texts).toHaveLength(found.acts.length + 1);
    // Done as advised, the very decision that was promised follows.
    const change = (field: string) =>
      found.acts.flatMap(({ changes }) => changes).find((one) => one.field === field)?.to;
    const { request, facts } = large;
    const done = await rate('', {
      ...large,
      request: {
        ...request,
        amount: String(change('request.amount') ?? request.amount),
        termDays: Number(change('request.termDays') ?? request.termDays),
      },
      facts: { ...facts, guaranteeOffered: change('guarantee.offered') ?? false },
    });
    expect(done.decision).toMatchObject({
      outcome: found.after.outcome,
      pd: found.after.pd,
      score: found.after.score,
      limit: { total: found.after.limit.total, granted: found.after.limit.granted },
    });
  });

  it('on a recorded rating is the same whenever it is asked for, whatever the acts are by then', async () => {
    const { ratingId, advice } = await rate('?advice=true');
    const first = await adviceOn(ratingId);
    expect(first).toEqual({ ratingId, ...advice, by: { ...advice?.by, recorded: true } });
    await server.close();
    const none = parseActs({ ...loadActs(null), name: 'none', version: 9, acts: [] });
    await world.deps.records.keep('acts', loadActs(null));
    const deps = { ...world.deps, acts: none, actsHash: contentHash(none) };
    server = await startServer(deps, { port: 0 });
    expect(await adviceOn(ratingId)).toEqual(first);
    const anew = await rate('?advice=true');
    expect(anew.advice).toMatchObject({ found: null, none: { kind: 'no-act' }, by: { name: 'none', version: 9 } });
  });

  it('goes to a target that is named, and says in words why there is none', async () => {
    const { ratingId } = await rate();
    const better = await adviceOn(ratingId, '?target=condition:A1');
    expect(better.target).toEqual({ outcome: 'condition', grade: 'A1' });
    if (better.found !== null) expect(better.found.after.grade.code).toBe('A1');
    else expect(better.texts[0]).toMatch(/score/);
    const reached = await adviceOn(ratingId, '?target=refer');
    expect([reached.found, reached.none?.kind]).toEqual([null, 'best']);
    const wrong = await ask('GET', `/v1/ratings/${ratingId}/advice?target=approve:Z9`);
    expect(problemSchema.parse(wrong.body)).toMatchObject({ status: 400, problems: [{ at: 'target' }] });
    expect((await ask('GET', `/v1/ratings/${ratingId}/advice?target=decline`)).status).toBe(400);
    expect((await ask('GET', '/v1/ratings/1-0000/advice')).status).toBe(404);
    const barred = await rate('', { ...large, facts: { ...large.facts, sanctionsHit: true } });
    const none = await adviceOn(barred.ratingId, '', 'zh-CN');
    expect(none).toMatchObject({ found: null, none: { kind: 'rules', codes: ['SANCTIONS_HIT'] } });
    expect(none.texts[0]).toBe('该决定由规则作出，您可以采取的措施均无法改变。');
  });

  it('is part of what the customer is told, also of a recorded rating', async () => {
    const noticed = await rate('?notice=CN');
    const { texts } = await adviceOn(noticed.ratingId);
    expect(texts.length).toBeGreaterThan(1);
    expect([noticed.notice?.advice, noticed.advice]).toEqual([texts, undefined]);
    const again = await ask('GET', `/v1/ratings/${noticed.ratingId}?notice=US`);
    expect(ratingAnswerSchema.parse(again.body).notice?.advice).toEqual(texts);
  });

  it('names what the model reads and the acts move untold, in both languages, and to the customer too', async () => {
    const file = loadActs(null);
    const acts = parseActs({ ...file, acts: file.acts.map((act) => ({ ...act, unfollowed: ['features.days_late'] })) });
    await server.close();
    server = await startServer({ ...world.deps, acts, actsHash: contentHash(acts) }, { port: 0 });
    await world.deps.records.keep('acts', acts);
    const { ratingId, advice, notice } = await rate('?advice=true&notice=CN');
    const [left] = advice?.found?.unfollowed ?? [];
    expect(left?.field).toBe('features.days_late');
    const said = `Left as they are, though this moves them in ways that cannot be told beforehand: ${left?.label}.`;
    expect([advice?.texts.at(-1), notice?.advice.at(-1)]).toEqual([said, said]);
    const chinese = await adviceOn(ratingId, '', 'zh-CN');
    const [label] = chinese.found?.unfollowed ?? [];
    expect(chinese.texts.at(-1)).toBe(`以下指标会随之变动，但无法事先推算，故按现值计：${label?.label}。`);
  });

  it('on rules that it cannot search under is refused before anything is recorded', async () => {
    const acts = loadActs(null);
    const [act] = acts.acts.filter(({ size }) => size?.unit === 'money');
    if (act?.size == null) throw new Error('no act');
    const fine = parseActs({ ...acts, acts: [{ ...act, size: { ...act.size, step: 0.001 } }] });
    await server.close();
    server = await startServer({ ...world.deps, acts: fine, actsHash: 'a'.repeat(64) }, { port: 0 });
    const { status, body } = await ask('POST', '/v1/ratings?advice=true', large);
    expect([status, problemSchema.parse(body).code]).toEqual([expect.any(Number), 'INVALID_SPEC']);
    expect(world.recorded).toEqual([]);
    await rate();
  });
});
