import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startServer, type RunningServer } from '../serving/index.ts';
import { problemSchema, ratingAnswerSchema } from '../serving/openapi/answers.ts';
import { defaultStandards } from '../rating/index.ts';
import { slot, smallArtefact, usualWorld, type World } from './serving/world.ts';
import { artefactHash } from '../models/artefact/index.ts';

let world: World;
let server: RunningServer;

beforeEach(async () => {
  world = usualWorld();
  server = await startServer(world.deps, { port: 0 });
});
afterEach(() => server.close());

async function post(body: unknown, headers: Record<string, string> = {}, path = '/v1/ratings') {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const response = await fetch(server.url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: text,
  });
  return { status: response.status, headers: response.headers, body: (await response.json()) as never };
}

async function rate(body: unknown, headers: Record<string, string> = {}, path = '/v1/ratings') {
  const answer = await post(body, headers, path);
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  return ratingAnswerSchema.parse(answer.body);
}

async function refuse(status: number, body: unknown, headers: Record<string, string> = {}) {
  const answer = await post(body, headers);
  expect(answer.status, JSON.stringify(answer.body)).toBe(status);
  expect(answer.headers.get('content-type')).toContain('application/problem+json');
  return problemSchema.parse(answer.body);
}

describe('a rating', () => {
  it('adds up: intercept and contributions, summed from left to right, are the log-odds to the last bit', async () => {
    const rating = await rate({ customerId: 'late' }, {}, '/v1/ratings?contributions=true');
    const contributions = rating.contributions ?? [];
    expect(contributions).toHaveLength(4);
    expect(contributions.reduce((sum, item) => sum + item.contribution, rating.intercept)).toBe(rating.logOdds);
    expect(rating.pd).toBeCloseTo(1 / (1 + Math.exp(-rating.logOdds)), 14);
    expect(rating.score).toBe(Math.round(600 + (20 / Math.LN2) * (-rating.logOdds - Math.log(30))));
    expect(rating.pd >= rating.grade.pdFrom && rating.pd < rating.grade.pdBelow).toBe(true);
  });

  it('holds contributions only where they are asked for, and is otherwise the same', async () => {
    const body = { customerId: 'late', dryRun: true };
    const { contributions, ...rest } = await rate(body, {}, '/v1/ratings?contributions=true');
    expect(contributions?.length).toBeGreaterThan(0);
    for (const path of ['/v1/ratings', '/v1/ratings?contributions=false'])
      expect(JSON.stringify(await rate(body, {}, path))).toBe(JSON.stringify(rest));
    const refused = await post(body, {}, '/v1/ratings?contributions=yes');
    expect(problemSchema.parse(refused.body).problems.map(({ at }) => at)).toEqual(['contributions']);
  });

  it('answers the same, headers and all, whether Express routes the request or it goes to its handlers directly', async () => {
    for (const [body, language] of [
      [{ customerId: 'late', dryRun: true }, 'en'],
      [{ features: { days_late: 3 }, dryRun: true }, 'zh-CN'],
      [{ customerId: 'nobody', dryRun: true }, 'en'],
      [{ features: { day_late: 3 } }, 'zh-CN'],
      ['{"features":', 'en'],
      ['[]', 'en'],
    ] as const) {
      const headers = { 'accept-language': language, 'x-request-id': 'same', 'accept-encoding': 'identity' };
      const direct = await post(body, headers);
      const routed = await post(body, { ...headers, 'content-type': 'application/json; charset=utf-8' });
      const told = ({ headers: all, status, body: answer }: typeof direct) => {
        const steady = [...all].filter(([name]) => !['date', 'ratelimit'].includes(name));
        return { status, answer: answer as unknown, headers: steady };
      };
      expect(told(direct)).toEqual(told(routed));
      expect(told(direct).headers.map(([name]) => name)).toEqual(
        expect.arrayContaining(['ratelimit-policy', 'x-request-id', 'content-security-policy', 'cache-control']),
      );
    }
    const metrics = await (await fetch(`${server.url}/metrics`)).text();
    expect(metrics).toContain('probity_http_request_seconds_count{method="POST",route="/v1/ratings",status="200"} 4');
    expect(metrics).toContain('probity_http_request_seconds_count{method="POST",route="/v1/ratings",status="400"} 6');
  });

  it('by features equals the rating by id of a customer with the same features', async () => {
    const byId = await rate({ customerId: 'late', dryRun: true });
    const byFeatures = await rate({
      dryRun: true,
      features: { days_late: 45, sector: 'mining', customer_since: '2025-01-01' },
    });
    expect(byFeatures).toEqual({ ...byId, customerId: null, features: null });
    expect(byId.features).toMatchObject({ snapshotId: 'snapshot-1', factsThrough: 0 });
  });

  it('names what costs most, with the value and what good looks like, in the language asked for', async () => {
    const english = await rate({ customerId: 'late' });
    expect(english.reasons.map(({ text }) => text)).toEqual([
      'Days late: 45; good is below 1.',
      'Sector: “mining”; good is “retail”.',
      'Days late (45) together with Sector (“mining”): riskier than the two taken singly.',
      'customer since: 2025-01-01; good is before 2011-01-26.',
    ]);
    const chinese = await rate({ customerId: 'late' }, { 'accept-language': 'fr;q=0.9, zh-Hans-CN, en;q=0.5' });
    expect(chinese.reasons[0]?.text).toBe('逾期天数：45；良好水平为低于1。');
    expect(chinese.grade.name).toBe('高危');
  });

  const clean = { kind: 'company', sanctionsHit: false, documentsMissing: [], guaranteeOffered: true };
  const features = { days_late: 45, sector: 'retail', customer_since: '2012-01-01' };

  it('explains the decision: put right as said, a reason moves the final log-odds by the points that it names', async () => {
    const before = await rate({ features, facts: clean, dryRun: true });
    const reasons = before.decision.reasons.filter(({ kind }) => kind === 'feature');
    expect(reasons.length).toBeGreaterThan(0);
    expect(before.decision.boundary.kind).not.toBe('rule');
    for (const { about, goodValue, points } of reasons) {
      const after = await rate({ features: { ...features, [about]: goodValue }, facts: clean, dryRun: true });
      const gained = (before.decision.logOdds - after.decision.logOdds) * (20 / Math.LN2);
      expect(Math.abs((points ?? 0) - gained)).toBeLessThan(0.0501);
    }
    const hit = await rate({ features, facts: { ...clean, sanctionsHit: true }, dryRun: true });
    expect(hit.decision.boundary.kind).toBe('rule');
    expect(hit.decision.reasons.map(({ kind }) => kind)).toEqual(['rule']);
  });

  it('explains a recorded decision in either language from its evidence, which holds no text', async () => {
    const given = await rate({ features, facts: clean });
    const evidence = world.recorded.at(-1)?.evidence ?? '';
    const read = async (language: string, query = '') => {
      const address = `${server.url}/v1/ratings/${given.ratingId}${query}`;
      const response = await fetch(address, { headers: { 'accept-language': language } });
      return ratingAnswerSchema.parse(await response.json());
    };
    expect((await read('en')).decision).toEqual(given.decision);
    const chinese = (await read('zh-CN')).decision;
    expect(chinese.reasons.map(({ about }) => about)).toEqual(given.decision.reasons.map(({ about }) => about));
    expect(chinese.boundary.text).toMatch(/[\u4e00-\u9fff]/);
    expect(evidence).not.toContain('good is');
    const { notice } = await read('zh-CN', '?notice=CN');
    expect(notice).toMatchObject({ language: 'zh-CN', jurisdiction: 'CN', outcome: given.decision.outcome });
    expect(notice?.reasons).toEqual(chinese.reasons.map(({ text }) => text));
    expect(given.notice).toBeUndefined();
    const other = await fetch(`${server.url}/v1/ratings/${given.ratingId}?notice=XX`);
    expect(other.status).toBe(400);
  });

  it('of an unknown customer is 404, and of one as of the future is refused', async () => {
    expect((await refuse(404, { customerId: 'nobody' })).code).toBe('UNKNOWN_CUSTOMER');
    const future = await refuse(400, { customerId: 'good', asOf: '2026-06-02' });
    expect(future.problems).toEqual([{ at: 'asOf', message: 'This instant lies in the future.' }]);
  });

  it('states whether then’s or today’s champion rated a past instant', async () => {
    const second = world.promote(smallArtefact(1), { from: '2026-03-01' });
    await server.refresh();
    const asOf = '2026-02-01';
    const today = await rate({ customerId: 'good', asOf });
    expect(today.model).toMatchObject({ hash: second, championOf: 'today' });
    const then = await rate({ customerId: 'good', asOf, model: 'then' });
    expect(then.model).toMatchObject({ hash: artefactHash(smallArtefact()), championOf: 'then' });
    expect((await refuse(422, { customerId: 'good', asOf: '2020-01-01', model: 'then' })).code).toBe(
      'NO_CHAMPION_THEN',
    );
  });

  it('is given by the slot of the customer’s segment, says which and why, and an unmatched slot is an error', async () => {
    const own = world.promote(smallArtefact(0.5), { slot: { ...slot, segment: 'farm' } });
    world.know('farmer', { days_late: 0 }, { segment: 'farm' });
    await server.refresh();
    const farmer = await rate({ customerId: 'farmer' });
    expect(farmer.model).toMatchObject({ hash: own, slot: 'main/farm/12m' });
    expect(farmer.model.slotChosenBecause).toContain('own segment');
    expect((await rate({ customerId: 'good' })).model.slot).toBe('main/*/12m');
    const none = await refuse(422, { customerId: 'good', horizonMonths: 6 });
    expect(none).toMatchObject({ code: 'NO_SLOT' });
    expect(none.fix).toContain('main/farm/12m');
  });

  it('flags what lies outside the training range, unseen categories, thin data, stale sources and incomplete ones', async () => {
    const wide = await rate({ features: { days_late: 1000, sector: 'space', customer_since: '2000-01-01' } });
    expect(wide.flags).toEqual([
      {
        code: 'OUTSIDE_TRAINING_RANGE',
        about: null,
        text: 'Well outside the range seen in training: Days late 1,000 (trained on 0 to 400).',
        features: [{ name: 'days_late', value: 1000, trained: { from: 0, to: 400 } }],
      },
      {
        code: 'UNSEEN_CATEGORY',
        about: null,
        text: 'A category never seen in training: Sector “space”.',
        features: [{ name: 'sector', value: 'space', trained: null }],
      },
    ]);
    const near = await rate({ features: { days_late: 500, sector: 'mining', customer_since: '2000-01-01' } });
    expect(near.flags).toEqual([]);
    world.know(
      'thin',
      { days_late: 3 },
      {
        staleSources: [{ source: 'payments', lastKnown: '2026-01-01T00:00:00Z', expectedDays: 30 }],
        incompleteSources: [{ source: 'crm', columns: ['industry'] }],
      },
    );
    const thin = await rate({ customerId: 'thin' }, { 'accept-language': 'zh' });
    expect(thin.flags.map(({ text }) => text)).toEqual([
      '模型的3个特征中仅有1个已知。',
      '“付款记录”数据应每30天更新，最近更新于2026-01-01。',
      '“crm”数据的字段缺失多于预期：industry。',
    ]);
    expect(thin.missing).toEqual(['sector', 'customer_since']);
  });
});

describe('policy', () => {
  it('refuses thin or stale data by name where it says so', async () => {
    const standards = defaultStandards();
    const strict = {
      ...standards,
      policy: {
        ...standards.policy,
        thin: { knownShareBelow: 0.5, action: 'refuse' as const },
        stale: { action: 'refuse' as const },
      },
    };
    const strictWorld = usualWorld(strict);
    strictWorld.know(
      'thin',
      {},
      {
        staleSources: [{ source: 'payments', lastKnown: null, expectedDays: 30 }],
        incompleteSources: [{ source: 'crm', columns: ['industry'] }],
      },
    );
    const strictServer = await startServer(strictWorld.deps, { port: 0 });
    try {
      const response = await fetch(`${strictServer.url}/v1/ratings`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ customerId: 'thin' }),
      });
      expect(response.status).toBe(422);
      const problem = problemSchema.parse(await response.json());
      expect(problem.code).toBe('RATING_REFUSED');
      expect(problem.problems.map(({ at }) => at)).toEqual([
        'days_late',
        'sector',
        'customer_since',
        'crm',
        'payments',
      ]);
    } finally {
      await strictServer.close();
    }
  });
});

describe('hostile or mistaken input', () => {
  it('is answered with all of its problems at once, each with the nearest known name', async () => {
    const { problems } = await refuse(400, {
      features: { days_lat: 1, sector: { deep: [] }, days_late: '45', customer_since: 'yesterday' },
    });
    expect(problems.map(({ at, fix }) => [at, fix])).toEqual([
      ['features.days_lat', 'Did you mean days_late?'],
      ['features.sector', undefined],
      ['features.days_late', 'Send 12.5, not "12.5"; null where missing.'],
      ['features.customer_since', 'Write it as 2026-01-31.'],
    ]);
    const envelope = await refuse(400, { customerID: 'x', asOf: '2026-02-30', horizonMonths: 0.5 });
    expect(envelope.problems.map(({ at }) => at)).toEqual(
      expect.arrayContaining(['asOf', 'horizonMonths', 'customerID']),
    );
    expect(envelope.problems.find(({ at }) => at === 'customerID')?.fix).toBe('Did you mean customerId?');
  });

  const deep = `{"features":${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}}`;
  it.each([
    ['no JSON', '{"features":', 400],
    ['deep JSON', deep, 400],
    ['deep arrays', `${'['.repeat(60_000)}${']'.repeat(60_000)}`, 400],
    ['__proto__ as a key', '{"features":{"__proto__":{"polluted":true}}}', 400],
    ['constructor as a key', '{"features":{"constructor":{"prototype":{"polluted":true}}}}', 400],
    ['__proto__ beside the features', '{"__proto__":{"polluted":true},"features":{}}', 400],
    ['a number beyond double', '{"features":{"days_late":1e999}}', 400],
    ['NaN as a text', '{"features":{"days_late":"NaN"}}', 400],
    ['Infinity as a text', '{"features":{"days_late":"Infinity"}}', 400],
    ['a NUL in the id', '{"customerId":"a\\u0000b"}', 400],
    ['a lone surrogate in the id', '{"customerId":"\\ud800"}', 400],
    ['an array', '[]', 400],
    ['null', 'null', 400],
    ['an empty body', '', 400],
    ['neither id nor features', '{}', 400],
    ['both id and features', '{"customerId":"good","features":{}}', 400],
    ['a very long id', JSON.stringify({ customerId: 'x'.repeat(5000) }), 400],
    ['too large a body', JSON.stringify({ customerId: 'x'.repeat(300_000) }), 413],
  ])('%s is answered with a problem, never with 500', async (_name, body, status) => {
    await refuse(status, body);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it('huge finite numbers are rated and flagged', async () => {
    const rating = await rate({ features: { days_late: 1.7e308, sector: 'retail', customer_since: 1e300 } });
    expect(rating.flags.map(({ code }) => code)).toEqual(['OUTSIDE_TRAINING_RANGE']);
    expect(rating.flags[0]?.features.map(({ name }) => name).sort()).toEqual(['customer_since', 'days_late']);
  });

  it('that is no HTTP is answered as a problem too, and the server goes on', async () => {
    const head = 'POST /v1/ratings HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n';
    const broken = [
      '\x16\x03\x01 not http\r\n\r\n',
      `${head}Content-Length: -5\r\n\r\n{}`,
      `${head}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
      `${head}X: ${'a'.repeat(20_000)}\r\n\r\n`,
    ];
    for (const bytes of broken) {
      const socket = connect(server.port, '127.0.0.1').setEncoding('utf8');
      socket.write(bytes);
      let answer = '';
      for await (const part of socket) answer += String(part);
      expect(answer).toMatch(/^HTTP\/1\.1 4\d\d /);
      expect(answer).toContain('content-type: application/problem+json');
      expect(JSON.parse(answer.slice(answer.indexOf('\r\n\r\n')))).toMatchObject({ fix: expect.any(String) as string });
    }
    expect((await post({ customerId: 'good' })).status).toBe(200);
  });

  it('of another content type, method or address is told what is read there', async () => {
    expect((await refuse(415, 'x', { 'content-type': 'text/plain' })).code).toBe('UNSUPPORTED_MEDIA_TYPE');
    const method = await fetch(`${server.url}/v1/ratings`);
    expect([method.status, method.headers.get('allow')]).toEqual([405, 'POST']);
    const nowhere = await fetch(`${server.url}/v1/nowhere`);
    expect([nowhere.status, nowhere.headers.get('content-type')]).toEqual([
      404,
      'application/problem+json; charset=utf-8',
    ]);
  });
});

describe('logs and metrics', () => {
  it('hold no applicant data, and the request id of the caller', async () => {
    await post({ customerId: 'secret-customer-77' }, { 'x-request-id': 'abc-1' });
    await post('{"features":{"secret-feature-78":"secret-value-79"');
    await post({ features: { 'secret-feature-78': 'secret-value-79' } });
    const answer = await post({ customerId: 'good' }, { 'x-request-id': 'bad id\twith tab'.replace('\t', ' ') });
    expect(answer.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    const log = world.logLines.join('');
    expect(log).toContain('abc-1');
    expect(log).not.toContain('secret');
  });

  it('tell where an unexpected error arose, without its message', async () => {
    world.breaks.add('secret-customer-80');
    expect((await post({ customerId: 'secret-customer-80' })).status).toBe(500);
    const line = world.logLines.find((each) => each.includes('unexpected error')) ?? '';
    expect((JSON.parse(line) as { cause: { stack: string } }).cause.stack).toMatch(/at .*world\.ts/);
    expect(line).not.toContain('secret');
  });

  it('count ratings by slot and grade, and time requests by route', async () => {
    await rate({ customerId: 'good' });
    const text = await (await fetch(`${server.url}/metrics`)).text();
    expect(text).toContain('probity_ratings_total{slot="main/*/12m",grade="B2"} 1');
    expect(text).toContain('probity_http_request_seconds_count{method="POST",route="/v1/ratings",status="200"} 1');
  });

  it('tell what became of the deliveries of webhooks, which workers make', async () => {
    const text = await (await fetch(`${server.url}/metrics`)).text();
    for (const line of ['deliveries{state="delivered"} 5', 'deliveries{state="dead"} 2', 'retries 7'])
      expect(text).toContain(`probity_webhook_${line}`);
  });
});
