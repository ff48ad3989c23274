import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseEvidence } from '../rating/index.ts';
import { startServer, type RunningServer } from '../serving/index.ts';
import { problemSchema, ratingAnswerSchema } from '../serving/openapi/answers.ts';
import { smallArtefact, usualWorld, type World } from './serving/world.ts';

let world: World;
let server: RunningServer;

beforeEach(async () => {
  world = usualWorld();
  server = await startServer(world.deps, { port: 0 });
});
afterEach(() => server.close());

async function post(body: unknown, headers: Record<string, string> = {}): Promise<{ status: number; text: string }> {
  const response = await fetch(`${server.url}/v1/ratings`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  return { status: response.status, text: await response.text() };
}

async function get(ratingId: string, headers: Record<string, string> = {}, query = '') {
  const response = await fetch(`${server.url}/v1/ratings/${encodeURIComponent(ratingId)}${query}`, { headers });
  return { status: response.status, text: await response.text() };
}

const rated = (text: string) => ratingAnswerSchema.parse(JSON.parse(text));
const problem = ({ status, text }: { status: number; text: string }) => [
  status,
  problemSchema.parse(JSON.parse(text)).code,
];
const late = { days_late: 45, sector: 'mining', customer_since: '2025-01-01' };

describe('a rating', () => {
  it('is recorded before it is answered, and its id and receipt are those of the record', async () => {
    const answer = rated((await post({ customerId: 'late' })).text);
    expect(world.recorded).toHaveLength(1);
    expect(world.recorded[0]).toMatchObject({ ratingId: answer.ratingId, receipt: answer.receipt });
    const evidence = parseEvidence(world.recorded[0]?.evidence ?? '');
    expect(evidence).toMatchObject({
      engine: 'probity.decision/4',
      parts: { model: answer.model.hash, standards: world.deps.standardsHash },
      inputs: {
        request: { customerId: 'late', askedBy: expect.any(String) as string },
        values: late,
        snapshot: answer.features,
        horizonMonths: 12,
      },
      answer: { pd: answer.pd, score: answer.score, grade: answer.grade.code, logOdds: answer.logOdds },
    });
  });

  it('that could not be recorded is not answered', async () => {
    world.recordsDown = true;
    expect(problem(await post({ customerId: 'late' }))).toEqual([503, 'DATABASE_UNREACHABLE']);
    world.recordsDown = false;
    expect((await post({ customerId: 'late' })).status).toBe(200);
  });

  it('on trial is not recorded, also where records are down, and says so', async () => {
    world.recordsDown = true;
    const { status, text } = await post({ customerId: 'late', dryRun: true });
    expect(status).toBe(200);
    expect(rated(text)).toMatchObject({ ratingId: null, receipt: null });
    expect(world.recorded).toEqual([]);
  });

  it('is found again by its id, byte for byte, in every language, after another champion has come', async () => {
    const given = await post({ customerId: 'late' });
    const { ratingId } = rated(given.text);
    world.promote(smallArtefact(2));
    await server.refresh();
    expect(rated((await post({ customerId: 'late' })).text).pd).not.toBe(rated(given.text).pd);
    expect(await get(ratingId ?? '')).toEqual(given);
    const chinese = rated((await get(ratingId ?? '', { 'accept-language': 'zh-CN' })).text);
    expect(chinese.reasons[0]?.text).toBe('逾期天数：45；良好水平为低于1。');
    const { pd, score, logOdds, receipt, decision } = rated(given.text);
    expect(chinese).toMatchObject({ ratingId, pd, score, logOdds, receipt });
    const whole = rated((await get(ratingId ?? '', {}, '?contributions=true')).text);
    expect((whole.contributions ?? []).reduce((sum, { contribution }) => sum + contribution, whole.intercept)).toBe(
      logOdds,
    );
    expect(chinese.decision).toMatchObject({ outcome: decision.outcome, pd: decision.pd, limit: decision.limit });
  });

  it('that was never recorded is 404, that was erased 410, whose evidence was altered 500', async () => {
    for (const id of ['nobody', '1-0000000000000000', '0-1', `9${'9'.repeat(400)}-0000000000000000`, '%00', '../x'])
      expect(problem(await get(id))).toEqual([404, 'UNKNOWN_RATING']);
    const answer = rated((await post({ customerId: 'late' })).text);
    const [stored] = world.recorded;
    if (stored === undefined) throw new Error('nothing recorded');
    world.recorded[0] = { ...stored, evidence: (stored.evidence ?? '').replace('"days_late":45', '"days_late":44') };
    expect(problem(await get(answer.ratingId ?? ''))).toEqual([500, 'EVIDENCE_ALTERED']);
    world.recorded[0] = { ...stored, evidence: null };
    expect(problem(await get(answer.ratingId ?? ''))).toEqual([410, 'RATING_ERASED']);
  });
});

describe('an Idempotency-Key', () => {
  const key = { 'idempotency-key': 'loan-17' };

  it('records once and answers the same bytes again, whatever has changed since', async () => {
    const first = await post({ customerId: 'late' }, key);
    world.know('late', { days_late: 0 });
    world.promote(smallArtefact(1));
    await server.refresh();
    expect(await post({ customerId: 'late' }, key)).toEqual(first);
    expect(world.recorded).toHaveLength(1);
  });

  it('records once also where the same request arrives many times at once', async () => {
    world.lookupMs = 20;
    const answers = await Promise.all(Array.from({ length: 10 }, async () => post({ customerId: 'late' }, key)));
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect(world.recorded).toHaveLength(1);
  });

  it('of another request is refused, and what is no key, by name', async () => {
    await post({ customerId: 'late' }, key);
    expect(problem(await post({ customerId: 'good' }, key))).toEqual([409, 'IDEMPOTENCY_CONFLICT']);
    expect(problem(await post({ customerId: 'late', horizonMonths: 12 }, key))).toEqual([409, 'IDEMPOTENCY_CONFLICT']);
    for (const bad of ['a b', 'x'.repeat(201), 'é'])
      expect(problem(await post({ customerId: 'late' }, { 'idempotency-key': bad }))).toEqual([400, 'INVALID_INPUT']);
    expect(world.recorded).toHaveLength(1);
  });

  it('is neither used up by a request that failed nor by a dry run', async () => {
    expect((await post({ customerId: 'nobody' }, key)).status).toBe(404);
    expect((await post({ customerId: 'late', dryRun: true }, key)).status).toBe(200);
    expect((await post({ customerId: 'good' }, key)).status).toBe(200);
  });
});

describe('a batch', () => {
  const batch = (rows: readonly object[], headers: Record<string, string> = {}) =>
    fetch(`${server.url}/v1/ratings:batch`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-ndjson', ...headers },
      body: rows.map((row) => JSON.stringify(row)).join('\n'),
    });

  it('records every row that was rated, save dry runs, and answers a row that could not be recorded with its error', async () => {
    const rows = [
      { customerId: 'late' },
      { customerId: 'nobody' },
      { customerId: 'good', dryRun: true },
      { features: late },
    ];
    const lines = (await (await batch(rows)).text()).trimEnd().split('\n');
    const answers = lines.map((line) => JSON.parse(line) as { ratingId?: string | null; error?: { code: string } });
    expect(answers.map(({ ratingId, error }) => error?.code ?? ratingId)).toEqual([
      world.recorded[0]?.ratingId,
      'UNKNOWN_CUSTOMER',
      null,
      world.recorded[1]?.ratingId,
    ]);
    world.recordsDown = true;
    const down = (await (await batch([{ customerId: 'late' }])).json()) as { error: { code: string } };
    expect(down.error.code).toBe('DATABASE_UNREACHABLE');
  });

  it('takes no Idempotency-Key', async () => {
    expect((await batch([{ customerId: 'late' }], { 'idempotency-key': 'k' })).status).toBe(400);
  });
});
