import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RatesAgain } from '../serving/disputes/desk.ts';
import { startServer, type RunningServer } from '../serving/index.ts';
import { usualWorld } from './serving/world.ts';

let server: RunningServer;
let rateAgain: RatesAgain;
const world = usualWorld();

beforeAll(async () => {
  const { disputes } = world.deps;
  const deps = { ...world.deps, disputes: { ...disputes, rateBy: (given: RatesAgain) => void (rateAgain = given) } };
  server = await startServer(deps, { port: 0 });
});
afterAll(() => server.close());

const rate = async (customerId: string, key: string): Promise<string> => {
  const response = await fetch(`${server.url}/v1/ratings`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': key },
    body: JSON.stringify({ customerId }),
  });
  return ((await response.json()) as { ratingId: string }).ratingId;
};

describe('the rating after an upheld dispute', () => {
  it('is made once, and is never one that a caller made before under a key of theirs', async () => {
    const taken = [await rate('good', 'dispute-d1'), await rate('good', 'system-dispute-d1')];
    const made = await rateAgain('good', 'd1');
    expect(made).not.toBeNull();
    expect(taken).not.toContain(made);
    expect(await rateAgain('good', 'd1')).toBe(made);
    // Nor is it kept away by a key that stands for another request.
    await rate('late', 'dispute-d2');
    expect(await rateAgain('good', 'd2')).not.toBeNull();
  });
});

describe('a cursor that was altered', () => {
  const written = (list: string, id: string): string =>
    Buffer.from(JSON.stringify([list, ['2026-01-01', id]])).toString('base64url');

  it.each(['inbox', 'control', 'monitoring', 'reconciliations', 'portfolio'])(
    'of another list, another shape or a date that there is not is no cursor of %s',
    async (list) => {
      const path = ['inbox', 'reconciliations'].includes(list) ? `/v1/${list}` : `/v1/reports/${list}`;
      const places = [
        ['2026-02-30', 'x'],
        ['2026-01-01', '\u0000'],
        ['2026-01-01'],
        { at: 1 },
        null,
        ["' or 1=1 --", 'x'],
      ];
      const forged = [...places.map((place) => [list, place]), ['cases', ['2026-01-01', 'x']], { list }, 1e308];
      for (const each of forged) {
        const cursor = Buffer.from(JSON.stringify(each)).toString('base64url');
        const { status } = await fetch(`${server.url}${path}?cursor=${cursor}`);
        expect([JSON.stringify(each), status]).toEqual([JSON.stringify(each), 400]);
      }
    },
  );

  it.each(['warnings', 'reviews', 'cases'])(
    'is no cursor of %s where it holds text that no database can',
    async (list) => {
      for (const id of ['\u0000', 'a\u0000b', '\ud800']) {
        const { status } = await fetch(`${server.url}/v1/${list}?cursor=${written(list, id)}`);
        expect(status).toBe(400);
      }
      expect((await fetch(`${server.url}/v1/${list}?cursor=${written(list, '1-aa')}`)).status).toBe(200);
    },
  );
});

describe('reports, reviews and entries of inboxes', () => {
  const ask = async (method: string, path: string, body?: unknown) => {
    const response = await fetch(server.url + path, {
      method,
      ...(body === undefined
        ? {}
        : {
            headers: { 'content-type': 'application/json' },
            body: typeof body === 'string' ? body : JSON.stringify(body),
          }),
    });
    return { status: response.status, body: (await response.json()) as { problems?: { at: string }[] } };
  };

  it('are asked for by nothing but what they are named by', async () => {
    for (const id of ['..%2f..%2fetc%2fpasswd', '%00', 'A'.repeat(64), "'%20or%201=1", '%E2%80%AE', '__proto__'])
      for (const path of ['reports/control', 'reports/monitoring', 'reports/portfolio', 'customers/good/risk-reports'])
        expect([path, id, (await ask('GET', `/v1/${path}/${id}`)).status]).toEqual([path, id, 404]);
    for (const alertIds of [
      ['../x'],
      [null],
      [1e308],
      { length: 1 },
      Array.from({ length: 201 }, () => 'a'.repeat(32)),
    ])
      expect((await ask('POST', '/v1/inbox:read', { alertIds })).status).toBe(400);
    expect((await ask('POST', '/v1/inbox:read', '{"alertIds":["x"],"__proto__":{"roles":["admin"]}}')).status).toBe(
      400,
    );
  });

  it('are of a period that has begun, in dates that there are', async () => {
    const soon = new Date(Date.now() + 86_400_000).toISOString();
    for (const [from, to, at] of [
      [soon, '9999-12-31', 'from'],
      ['2026-01-01', '2026-01-01', 'to'],
      ['2026-01-01', 'NaN', 'to'],
      ['２０２６-01-01', '2027-01-01', 'from'],
      ['2026-06-30T23:59:60Z', '2027-01-01', 'from'],
      ['-000001-01-01', '2027-01-01', 'from'],
    ] as const) {
      const { status, body } = await ask('POST', '/v1/reports/control', { from, to });
      expect([from, status, new Set(body.problems?.map((each) => each.at))]).toEqual([from, 400, new Set([at])]);
    }
  });

  it('say why in text that shows as it is', async () => {
    for (const reason of ['a\u0000', 'paid\u202edton', '\ud800', '', 'x'.repeat(2001), ['x'], { $ne: null }])
      expect((await ask('POST', '/v1/reviews', { customerId: 'good', reason })).status).toBe(400);
    for (const dueAt of ['2020-01-01', '+275760-09-13', 1e308, '2026-02-30'])
      expect((await ask('POST', '/v1/reviews', { customerId: 'good', reason: 'x', dueAt })).status).toBe(400);
  });
});
