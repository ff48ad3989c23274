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
