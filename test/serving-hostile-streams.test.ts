import { randomBytes } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { tableFromArrays, tableToIPC } from 'apache-arrow';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Json } from '../base/index.ts';
import { OPERATIONS, type OperationId } from '../serving/access/index.ts';
import { startServer, type RunningServer } from '../serving/index.ts';
import { problemSchema } from '../serving/openapi/answers.ts';
import { openApiDocument } from '../serving/openapi/document.ts';
import { EXAMPLES } from '../serving/openapi/examples.ts';
import { recordedAnswers, resolvedExample, resolvedText } from '../serving/openapi/recorded-answers.ts';
import { usualWorld } from './serving/world.ts';

const world = usualWorld();
let server: RunningServer;
beforeAll(async () => {
  server = await startServer({ ...world.deps, bodyMs: 5000, requestsPerMinute: 1e6 }, { port: 0 });
});
afterAll(() => server.close());

async function send(method: string, path: string, type: string, body: string | Uint8Array<ArrayBuffer>) {
  const response = await fetch(server.url + path, { method, headers: { 'content-type': type }, body });
  return { status: response.status, text: await response.text() };
}

/** Whether the server is still well. */
async function unharmed(): Promise<void> {
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  expect((await send('POST', '/v1/ratings', 'application/json', '{"customerId":"good"}')).status).toBe(200);
}

type Body = { readonly requestBody?: { readonly content: Readonly<Record<string, unknown>> } };
const paths = openApiDocument()['paths'] as unknown as Record<string, Record<string, Body>>;
/** Every body of the document that is no single JSON value: test/serving-hostility.test.ts tries those. */
const streams = Object.entries(paths).flatMap(([path, methods]) =>
  Object.entries(methods).flatMap(([method, { requestBody }]) =>
    Object.keys(requestBody?.content ?? {})
      .filter((type) => !type.endsWith('json') || type.includes('ndjson'))
      .map((type) => [method.toUpperCase(), path, type] as const),
  ),
);
const arrow = tableToIPC(tableFromArrays({ customerId: ['good', 'late'] }), 'stream');

it('are tried at every address with one', () => {
  expect(streams.map(([, , type]) => type).toSorted()).toEqual([
    'application/vnd.apache.arrow.stream',
    'application/x-ndjson',
  ]);
});

describe.each(streams)('a hostile stream of %s %s (%s)', (method, path, type) => {
  const lying = Buffer.from(arrow);
  // The length of the first message: two gigabytes.
  lying.writeInt32LE(0x7fff_fff0, 4);
  const cut = (at: number) => new Uint8Array(arrow.subarray(0, at));
  it.each<[string, string | Uint8Array<ArrayBuffer>]>([
    ['of random bytes', new Uint8Array(randomBytes(4096))],
    ['with a length that lies', new Uint8Array(lying)],
    ['cut in its schema', cut(40)],
    ['cut in its rows', cut(arrow.length - 20)],
    ['empty', ''],
    ['of a line without an end', 'x'.repeat(3 << 20)],
    ['of a deep line', `${'['.repeat(20_000)}\n`],
    ['with __proto__', '{"__proto__":{"polluted":true}}\n'],
    ['with NaN', '{"features":{"days_late":NaN}}\n'],
    ['with an infinite number', '{"features":{"days_late":1e999}}\n'],
    ['with NaN as a text', '{"features":{"days_late":"NaN"}}\n'],
    ['with a huge number', '{"customerId":"good","horizonMonths":99999999999999999999}\n'],
    ['with a NUL', '\u0000\n\u0000\n'],
    ['of another type', '<xml/>'],
  ])('%s rates nothing, is answered, and leaves the server well', async (_what, body) => {
    const before = world.recorded.length;
    const { status, text } = await send(method, path, type, body);
    expect(status).toBeLessThan(500);
    if (status >= 400) problemSchema.parse(JSON.parse(text));
    expect(world.recorded).toHaveLength(before);
    await unharmed();
  });
});

/** Texts of a body with one of its numbers, or of its amounts that are texts, replaced. */
function withEach(body: Json, by: string): readonly string[] {
  const places: (readonly (string | number)[])[] = [];
  const walk = (value: Json, at: readonly (string | number)[]): void => {
    if (typeof value === 'number' || (typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value))) places.push(at);
    else if (value !== null && typeof value === 'object')
      for (const [key, each] of Object.entries(value)) walk(each ?? null, [...at, key]);
  };
  walk(body, []);
  return places.map((place) => {
    const marked = structuredClone(body) as Record<string, Json>;
    let parent: Record<string, Json> = marked;
    for (const key of place.slice(0, -1)) parent = parent[key] as Record<string, Json>;
    parent[String(place.at(-1))] = '@here';
    return JSON.stringify(marked).replace('"@here"', () => by);
  });
}

describe('a number that is none, or too large, in each place of the document’s own examples', () => {
  const answers = recordedAnswers();
  const bodies = Object.entries(EXAMPLES).flatMap(([id, examples]) =>
    Object.values(examples).flatMap(({ body, status, path: values = {}, query, type = 'application/json' }) => {
      if (body === undefined || typeof body === 'string' || status >= 400) return [];
      const { method, path } = OPERATIONS[id as OperationId];
      const address = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => resolvedText(values[name] ?? '', answers));
      return [
        {
          method,
          address: address + (query === undefined ? '' : `?${query}`),
          type,
          body: resolvedExample(body, answers),
        },
      ];
    }),
  );

  it.each(['1e999', '-1e999', '"NaN"', '"Infinity"', '"-Infinity"', '"1e999"'])('%s is refused', async (by) => {
    let tried = 0;
    for (const { method, address, type, body } of bodies)
      for (const text of withEach(body, by)) {
        tried++;
        const answer = await send(method, address, type, text);
        const said = `${method} ${address} ${text.slice(0, 300)}: ${answer.status} ${answer.text.slice(0, 300)}`;
        expect([said, answer.status >= 400 && answer.status < 500]).toEqual([said, true]);
        problemSchema.parse(JSON.parse(answer.text));
      }
    expect(tried).toBeGreaterThan(20);
    await unharmed();
  });

  it.each(['1e308', '-1e308', '99999999999999999999', '5e-324', '-0'])('%s fails nothing', async (by) => {
    for (const { method, address, type, body } of bodies)
      for (const text of [...withEach(body, by), ...withEach(body, `"${by}"`)]) {
        const answer = await send(method, address, type, text);
        const said = `${method} ${address} ${text.slice(0, 300)}: ${answer.status} ${answer.text.slice(0, 300)}`;
        expect([said, answer.status < 500]).toEqual([said, true]);
        if (answer.status < 300) expect(answer.text).not.toMatch(/NaN|Infinity/);
      }
    await unharmed();
  });
});

describe('a client that reads an answer drop by drop', () => {
  it('gets all of it, while others are answered as ever', async () => {
    const rows = 3000;
    const body = '{"customerId":"late","dryRun":true}\n'.repeat(rows);
    let read = 0;
    let others = 0;
    let slowest = 0;
    const text = await new Promise<string>((resolve, reject) => {
      const asked = httpRequest(
        `${server.url}/v1/ratings:batch?contributions=true`,
        { method: 'POST', headers: { 'content-type': 'application/x-ndjson' } },
        (response) => {
          const parts: Buffer[] = [];
          const state = { drops: 0 };
          response.pause();
          const drip = setInterval(() => {
            const drop = response.read(64) as Buffer | null;
            if (drop === null) return;
            parts.push(drop);
            read += drop.length;
            if (++state.drops < 40) return;
            // After forty drops it drinks the rest.
            clearInterval(drip);
            response.on('data', (part: Buffer) => parts.push(part));
            response.resume();
            response.on('end', () => resolve(Buffer.concat(parts).toString()));
          }, 20);
          response.on('error', reject);
          void (async () => {
            while (state.drops < 40) {
              const since = performance.now();
              await unharmed();
              others++;
              slowest = Math.max(slowest, performance.now() - since);
            }
          })().catch(reject);
        },
      );
      asked.on('error', reject);
      asked.end(body);
    });
    expect(read).toBe(40 * 64);
    expect(others).toBeGreaterThan(5);
    expect(slowest).toBeLessThan(3000);
    const lines = text.trimEnd().split('\n');
    expect(lines).toHaveLength(rows);
    expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ row: rows, customerId: 'late' });
  });
});
