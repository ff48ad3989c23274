import { afterEach, beforeEach, expect, it } from 'vitest';
import type { z } from 'zod';
import { startServer, type RunningServer } from '../serving/index.ts';
import { customerRatingsSchema } from '../serving/openapi/customer-paths.ts';
import { usualWorld, type World } from './serving/world.ts';

let world: World;
let server: RunningServer;
beforeEach(async () => {
  world = usualWorld();
  for (const id of ['c-1', 'c-2']) world.know(id, { days_late: 20, sector: 'retail', customer_since: '1990-01-01' });
  server = await startServer(world.deps, { port: 0 });
});
afterEach(() => server.close());

async function rate(customerId: string): Promise<string> {
  const response = await fetch(`${server.url}/v1/ratings`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ customerId, request: { amount: '1000.00' } }),
  });
  return ((await response.json()) as { ratingId: string }).ratingId;
}
async function page(query: string, language = 'en'): Promise<z.output<typeof customerRatingsSchema>> {
  const response = await fetch(`${server.url}/v1/customers/c-1/ratings${query}`, {
    headers: { 'accept-language': language },
  });
  expect(response.status).toBe(200);
  return customerRatingsSchema.parse(await response.json());
}

it('every rating of a customer is told, the newest first, page by page, whatever is recorded meanwhile, and nobody else’s', async () => {
  const recorded: string[] = [];
  for (let i = 0; i < 5; i++) {
    recorded.unshift(await rate('c-1'));
    await rate('c-2');
  }
  const told: string[] = [];
  let query = '?limit=2';
  for (;;) {
    const { items, nextCursor } = await page(query);
    told.push(...items.map(({ ratingId }) => ratingId));
    if (nextCursor === null) break;
    query = `?limit=2&cursor=${encodeURIComponent(nextCursor)}`;
    await rate('c-1');
  }
  expect(told).toEqual(recorded);
});

it('a rating of the list says what it says by itself, in the language that is asked for', async () => {
  const ratingId = await rate('c-1');
  const response = await fetch(`${server.url}/v1/ratings/${ratingId}`, { headers: { 'accept-language': 'zh-CN' } });
  const { decision, horizonMonths } = (await response.json()) as {
    horizonMonths: number;
    decision: { pd: number; score: number; grade: { code: string }; outcome: string; reasons: { text: string }[] };
  };
  const { items } = await page('', 'zh-CN');
  expect(items).toEqual([
    expect.objectContaining({
      ratingId,
      horizonMonths,
      pd: decision.pd,
      score: decision.score,
      grade: decision.grade.code,
      outcome: decision.outcome,
      reasons: decision.reasons.map(({ text }) => text),
    }),
  ]);
  expect(items[0]?.reasons.join()).toMatch(/[一-龥]/u);
});
