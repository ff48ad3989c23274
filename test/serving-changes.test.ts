import { afterAll, beforeAll, expect, it } from 'vitest';
import { instant } from '../base/index.ts';
import { FEED_START, type Change, type ChangeFeed, type FeedPlace } from '../records/changes/index.ts';
import { startServer, type RunningServer } from '../serving/index.ts';
import { changePageSchema } from '../serving/openapi/change-paths.ts';
import { now, usualWorld } from './serving/world.ts';

const changes = Array.from({ length: 5 }, (_, i): Change => {
  const common = { id: `${i}`, sequence: i + 1, at: instant(now), ratingId: null, customerId: 'c', subject: 'ab' };
  return i % 2 === 0
    ? { ...common, type: 'warning', before: null, after: { code: 'LATE', raised: true } }
    : { ...common, type: 'erasure', before: null, after: null };
});
const asked: (readonly [FeedPlace, Parameters<ChangeFeed['read']>[1]])[] = [];
const feed: ChangeFeed = {
  async read(after, options) {
    asked.push([after, options]);
    const part = changes.slice(after.sequence, after.sequence + options.limit);
    const next = { sequence: after.sequence + part.length, taken: 0 };
    return { changes: part, next, more: next.sequence < changes.length };
  },
};
let server: RunningServer;
beforeAll(async () => {
  server = await startServer({ ...usualWorld().deps, changes: feed }, { port: 0 });
});
afterAll(() => server?.close());

async function get(query: Record<string, string>): Promise<{ readonly status: number; readonly body: unknown }> {
  const response = await fetch(`${server.url}/v1/changes?${new URLSearchParams(query).toString()}`);
  return { status: response.status, body: await response.json() };
}

it('a reader goes on behind its cursor, also where nothing new is there yet', async () => {
  const read: string[] = [];
  let cursor: string | null = null;
  for (const more of [true, true, false, false]) {
    const { status, body } = await get({ limit: '2', ...(cursor === null ? {} : { cursor }) });
    expect(status).toBe(200);
    const page = changePageSchema.parse(body);
    expect(page.more).toBe(more);
    read.push(...page.items.map(({ id }) => id));
    ({ cursor } = page);
  }
  expect(read).toEqual(['0', '1', '2', '3', '4']);
  expect(asked[0]?.[0]).toEqual(FEED_START);
});

it('types are passed on; unknown ones, cursors of other lists and limits out of range are refused', async () => {
  await get({ types: 'hold,limit' });
  expect(asked.at(-1)?.[1]).toEqual({ limit: 50, types: ['hold', 'limit'] });
  const other = Buffer.from('["keys",[1,0]]').toString('base64url');
  for (const query of [{ types: 'holds' }, { types: '' }, { cursor: other }, { limit: '0' }, { from: '1' }])
    expect((await get(query as Record<string, string>)).status).toBe(400);
});
