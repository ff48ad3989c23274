import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { csvText } from '../base/index.ts';
import { OPERATIONS } from '../serving/access/index.ts';
import { startServer, type RunningServer } from '../serving/index.ts';
import { problemSchema } from '../serving/openapi/answers.ts';
import { openApiDocument } from '../serving/openapi/document.ts';
import { usualWorld } from './serving/world.ts';

let server: RunningServer;
const world = usualWorld();

beforeAll(async () => {
  const deps = { ...world.deps, bodyMs: 1500, corsOrigins: ['https://crm.example.com'] };
  server = await startServer(deps, { port: 0, patience: { headers: 300, idle: 2000 } });
});
afterAll(() => server.close());

async function send(
  path: string,
  body: string | Uint8Array<ArrayBuffer>,
  headers: Record<string, string> = {},
  method = 'POST',
) {
  const response = await fetch(server.url + path, {
    method,
    headers: { 'content-type': 'application/json', ...headers },
    body,
  });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

/** Whether the server is still well, and no prototype was touched. */
async function unharmed(): Promise<void> {
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  expect((await send('/v1/ratings', '{"customerId":"good"}')).status).toBe(200);
}

type Body = { readonly requestBody?: { readonly content: Readonly<Record<string, unknown>> } };
const paths = openApiDocument()['paths'] as unknown as Record<string, Record<string, Body>>;
/** An id of the form that each parameter has, so that the body is looked at. */
const withIds = (path: string): string =>
  path.replaceAll('{webhookId}', '01890000-0000-7000-8000-000000000000').replaceAll(/\{\w+\}/g, 'abcdefabcdef');

/** Every body of JSON that the document has, whatever its method and its type: CloudEvents are JSON too. */
const jsonBodies = Object.entries(paths).flatMap(([path, methods]) =>
  Object.entries(methods).flatMap(([method, { requestBody }]) =>
    Object.keys(requestBody?.content ?? {})
      .filter((type) => type.endsWith('json') && !type.includes('ndjson'))
      .map((type) => [method.toUpperCase(), withIds(path), type] as const),
  ),
);

it('are tried at every address with a body: POST, PUT and PATCH, JSON and CloudEvents', () => {
  expect([...new Set(jsonBodies.map(([method]) => method))].toSorted()).toEqual(['PATCH', 'POST', 'PUT']);
  expect([...new Set(jsonBodies.map(([, , type]) => type))].some((type) => type.includes('cloudevents'))).toBe(true);
});

describe.each(jsonBodies)('a hostile body of %s %s (%s)', (method, path, type) => {
  const nested = (depth: number) => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;
  it.each<[string, string | Uint8Array<ArrayBuffer>, readonly number[], Record<string, string>]>([
    ['too large', `{"a":"${'x'.repeat(9 << 20)}"}`, [413], {}],
    ['too large once unpacked', gzipSync(`{"a":"${'x'.repeat(64 << 20)}"}`), [413], { 'content-encoding': 'gzip' }],
    ['packed in a way that is not read', 'x', [415], { 'content-encoding': 'compress' }],
    ['in another character set', '{}', [415], { 'content-type': 'application/json; charset=utf-7' }],
    ['of another type', '{}', [415], { 'content-type': 'text/xml' }],
    ['deep', nested(2_000), [400], {}],
    ['deep in arrays', '['.repeat(7_000) + ']'.repeat(7_000), [400], {}],
    ['with __proto__', '{"__proto__":{"polluted":true}}', [400], {}],
    ['with constructor.prototype', '{"constructor":{"prototype":{"polluted":true}}}', [400], {}],
    ['with NaN', '{"days":NaN}', [400], {}],
    ['with an infinite number', '{"days":1e999,"horizonMonths":-1e999}', [400], {}],
    ['with a huge number', '{"days":1e21,"horizonMonths":99999999999999999999}', [400], {}],
    ['with NaN as a text', '{"days":"NaN","horizonMonths":"Infinity"}', [400], {}],
    ['with broken UTF-8', new Uint8Array([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d]), [400], {}],
    ['with a NUL as a key', '{"\\u0000":1}', [400], {}],
    ['with a lone surrogate as a key', '{"\\ud800":1}', [400], {}],
    ['that is no object', '"text"', [400], {}],
  ])('%s is refused as a problem', async (_what, body, statuses, headers) => {
    const answer = await send(path, body, { 'content-type': type, ...headers }, method);
    expect([statuses.includes(answer.status), answer.status]).toEqual([true, answer.status]);
    problemSchema.parse(JSON.parse(answer.text));
    await unharmed();
  });
});

describe('a number that is none, or too large, where a number belongs', () => {
  const customer = '{"customerId":"good"';
  it.each([
    ['NaN as a text', `${customer},"horizonMonths":"NaN"}`],
    ['Infinity as a text', `${customer},"horizonMonths":"Infinity"}`],
    ['an infinite number', `${customer},"horizonMonths":1e999}`],
    ['a negative infinite number', `${customer},"horizonMonths":-1e999}`],
    ['a huge whole number', `${customer},"horizonMonths":99999999999999999999}`],
    ['a fraction', `${customer},"horizonMonths":12.5}`],
    ['an infinite feature', '{"features":{"days_late":1e999}}'],
    ['a feature that is NaN as a text', '{"features":{"days_late":"NaN"}}'],
    ['a feature that is Infinity as a text', '{"features":{"days_late":"Infinity"}}'],
    ['an amount beyond all amounts', `${customer},"request":{"amount":"9999999999999999"}}`],
    ['an amount with an exponent', `${customer},"request":{"amount":"1e9"}}`],
    ['an amount that is a number', `${customer},"request":{"amount":12}}`],
    ['an infinite term', `${customer},"request":{"termDays":1e999}}`],
    ['an infinite age', `${customer},"facts":{"age":1e999}}`],
  ])('%s is refused, and nothing else is wrong with the request', async (_what, body) => {
    const before = world.recorded.length;
    const { status, text } = await send('/v1/ratings', body);
    const { problems } = problemSchema.parse(JSON.parse(text));
    expect([status, new Set(problems.map(({ at }) => at)).size]).toEqual([400, 1]);
    expect(world.recorded).toHaveLength(before);
    await unharmed();
  });
});

describe('ids', () => {
  const rated = (customerId: string) => send('/v1/ratings', JSON.stringify({ customerId }));

  it.each([
    ['a NUL', 'a\u0000b'],
    ['a line end', 'a\nb'],
    ['a lone high surrogate', 'a\ud83d'],
    ['a lone low surrogate', '\ude00a'],
    ['a right-to-left override', 'a\u202egpj.exe'],
    ['an isolate', '\u2066a\u2069'],
    ['201 characters', 'x'.repeat(201)],
  ])('with %s are refused', async (_what, id) => {
    expect((await rated(id)).status).toBe(400);
  });

  it('are compared code point by code point, so that no look-alike is taken for another', async () => {
    world.know('caf\u00e9', { days_late: 0 });
    world.know('K-1', { days_late: 0 });
    expect((await rated('caf\u00e9')).status).toBe(200);
    for (const other of ['cafe\u0301', 'CAF\u00c9', 'caf\u00e9 ', '\u212a-1', 'k-1', '\uff2b-1', 'K\u20111'])
      expect([other, (await rated(other)).status]).toEqual([other, 404]);
  });

  it.each([
    "' OR '1'='1",
    "'; DROP TABLE api_keys; --",
    '" OR 1=1 --',
    '\\',
    '%',
    '_',
    '${7*7}',
    '{{7*7}}',
    '../../etc/passwd',
  ])('that are code elsewhere are plain names here: %s', async (id) => {
    expect((await rated(id)).status).toBe(404);
    const query = await fetch(`${server.url}/v1/keys?cursor=${encodeURIComponent(id)}`);
    expect(query.status).toBe(400);
    const path = await fetch(`${server.url}/v1/keys/${encodeURIComponent(id)}`);
    expect(path.status).toBe(404);
  });
});

describe('a hostile address', () => {
  it.each([
    '/v1/keys?__proto__=1',
    '/v1/keys?limit=1&limit=2',
    '/v1/keys?limit[a]=1',
    '/v1/keys?limit=1e3',
    '/v1/keys?cursor=%00',
  ])('%s is refused', async (path) => {
    expect((await fetch(server.url + path)).status).toBe(400);
    await unharmed();
  });

  it.each(['/v1/keys/%E0%A4%A', '/v1/keys/%2e%2e%2fme', '/v1/../metrics/', `/${'a'.repeat(8000)}`])(
    '%s leads nowhere',
    async (path) => {
      const response = await fetch(server.url + path);
      expect([400, 404]).toContain(response.status);
      problemSchema.parse(await response.json());
    },
  );
});

describe('a slow client', () => {
  const talk = async (bytes: string, pauseMs: number, more: string) => {
    const socket = connect(server.port, '127.0.0.1').setEncoding('utf8');
    socket.on('error', () => {});
    socket.write(bytes);
    const drip = setInterval(() => socket.writable && socket.write(more), pauseMs);
    const since = Date.now();
    let answer = '';
    for await (const part of socket) answer += String(part);
    clearInterval(drip);
    return { answer, ms: Date.now() - since };
  };

  it('that never ends its headers is answered and cut off', async () => {
    const { answer, ms } = await talk('GET /healthz HTTP/1.1\r\nHost: a\r\n', 100, 'X-A: b\r\n');
    expect(answer).toMatch(/^HTTP\/1\.1 4\d\d /);
    expect(ms).toBeLessThan(5000);
  });

  it('that never ends its body is answered and cut off', async () => {
    const head =
      'POST /v1/ratings HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{';
    const { answer, ms } = await talk(head, 100, ' ');
    expect(answer).toMatch(/^HTTP\/1\.1 408 /);
    expect(answer).toContain('"code":"REQUEST_TIMEOUT"');
    expect(ms).toBeLessThan(3000);
    await unharmed();
  });

  it('that sends nothing more is let go of', async () => {
    const { ms } = await talk(
      'POST /v1/ratings:batch HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-ndjson\r\nContent-Length: 9\r\n\r\n',
      60_000,
      '',
    );
    expect(ms).toBeLessThan(10_000);
  });
});

describe('what spreadsheets and browsers get', () => {
  it('is no formula: texts that would run get an apostrophe, numbers stay numbers', () => {
    const hostile = [
      '=1+1',
      '+A1',
      '-A1',
      '@SUM(A1)',
      '\t=1',
      '\r=1',
      '＝1+1',
      '=HYPERLINK("http://x","y")',
      '-1+cmd|x',
    ];
    for (const text of hostile) {
      const [cell = ''] = csvText([[text]]).split('\r\n"');
      expect(cell.replace(/^"/, '').startsWith(`'`)).toBe(true);
    }
    expect(csvText([[-1.5, '-1.5', '+2', '-1e-7', 'a=b', '5-3']])).toBe('-1.5,-1.5,+2,-1e-7,a=b,5-3\r\n');
  });

  it('comes with headers that keep pages from being framed, sniffed or read by other origins', async () => {
    const response = await fetch(`${server.url}/healthz`, { headers: { origin: 'https://evil.example' } });
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
      'content-security-policy': "default-src 'none';frame-ancestors 'none'",
      'cross-origin-resource-policy': 'same-origin',
      'cache-control': 'no-store',
    });
    expect(response.headers.get('access-control-allow-origin')).toBeNull();
    expect(response.headers.get('x-powered-by')).toBeNull();
  });

  it('may be read by listed origins alone, whose preflight needs no key', async () => {
    const preflight = (origin: string) =>
      fetch(`${server.url}/v1/ratings`, {
        method: 'OPTIONS',
        headers: { origin, 'access-control-request-method': 'POST' },
      });
    const listed = await preflight('https://crm.example.com');
    expect([listed.status, listed.headers.get('access-control-allow-origin')]).toEqual([
      204,
      'https://crm.example.com',
    ]);
    const other = await preflight('https://crm.example.com.evil.example');
    expect([other.status, other.headers.get('access-control-allow-origin')]).toEqual([405, null]);
    expect((await preflight('null')).headers.get('access-control-allow-origin')).toBeNull();
  });
});

describe('limits', () => {
  it('are told in headers and kept: what is over is 429 with the time to wait', async () => {
    const strict = await startServer({ ...world.deps, requestsPerMinute: 3 }, { port: 0 });
    try {
      const ask = () => fetch(`${strict.url}/v1/me`);
      const first = await ask();
      expect(first.headers.get('ratelimit')).toMatch(/^"requests"; r=2; t=\d+$/);
      expect(first.headers.get('ratelimit-policy')).toMatch(/^"requests"; q=3; w=60; pk=:[\w+/=]+:$/);
      await ask();
      await ask();
      const over = await ask();
      expect([over.status, problemSchema.parse(await over.json()).code]).toEqual([429, 'RATE_LIMITED']);
      expect(Number(over.headers.get('retry-after'))).toBeGreaterThan(1);
      expect((await fetch(`${strict.url}/healthz`)).status).toBe(200);
    } finally {
      await strict.close();
    }
  });
});

describe('an entity tag', () => {
  it('saves the body while the resource is the same, in one language, compressed or not', async () => {
    for (const path of [OPERATIONS.champion.path, OPERATIONS.document.path, OPERATIONS.page.path]) {
      const get = (headers: Record<string, string>) => fetch(server.url + path, { headers });
      const first = await get({});
      const tag = first.headers.get('etag') ?? '';
      expect([path, tag]).toEqual([path, expect.stringMatching(/^"[\w-]{27}(-gzip|-br)?"$/)]);
      const again = await get({ 'if-none-match': `"x", ${tag}`, 'accept-encoding': 'gzip' });
      expect([path, again.status, await again.text()]).toEqual([path, 304, '']);
      expect((await get({ 'if-none-match': '"x"' })).status).toBe(200);
    }
    const chinese = await fetch(server.url + OPERATIONS.champion.path, { headers: { 'accept-language': 'zh' } });
    const english = await fetch(server.url + OPERATIONS.champion.path);
    expect(chinese.headers.get('etag')).not.toBe(english.headers.get('etag'));
  });
});
