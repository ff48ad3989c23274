import { afterAll, beforeAll, expect, it } from 'vitest';
import { isTagged, OPERATIONS, type OperationId } from '../serving/access/index.ts';
import { startServer, type RunningServer } from '../serving/index.ts';
import { usualWorld } from './serving/world.ts';

const world = usualWorld();
let server: RunningServer;
beforeAll(async () => {
  server = await startServer(world.deps, { port: 0 });
});
afterAll(() => server.close());

/** What some operations must be asked with. */
const QUERIES: { readonly [id in OperationId]?: string } = {
  decisionTimes: 'from=2026-05-01&to=2026-06-01',
  overrideReport: 'from=2026-05-01&to=2026-06-01',
  agreementReport: 'from=2026-05-01&to=2026-06-01',
  reviewWarnings: 'from=2026-05-01&to=2026-06-01',
};

it('every answer that can be read again has a strong entity tag, another one where it is compressed, and 304 for either', async () => {
  const rated = await fetch(`${server.url}/v1/ratings`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ customerId: 'late' }),
  });
  const { ratingId } = (await rated.json()) as { ratingId: string };
  const ids = (Object.keys(OPERATIONS) as OperationId[]).filter(isTagged);
  const seen: OperationId[] = [];
  for (const id of ids) {
    const path = OPERATIONS[id].path.replace('{ratingId}', ratingId);
    if (path.includes('{')) continue;
    const asked = `${server.url}${path}?${QUERIES[id] ?? ''}`.replace(/\?$/, '');
    const get = (headers: Record<string, string>) =>
      fetch(asked, { headers: { 'accept-encoding': 'identity', ...headers } });
    const plain = await get({});
    if (plain.status === 400) continue;
    const text = await plain.text();
    const tag = plain.headers.get('etag') ?? '';
    expect([id, plain.status, tag]).toEqual([id, 200, expect.stringMatching(/^"[\w-]{27}"$/)]);
    const packed = await get({ 'accept-encoding': 'gzip' });
    expect(await packed.text()).toBe(text);
    const isPacked = packed.headers.get('content-encoding') === 'gzip';
    const other = packed.headers.get('etag') ?? '';
    expect([id, other]).toEqual([id, isPacked ? tag.replace(/"$/, '-gzip"') : tag]);
    for (const known of [tag, other, `W/${tag}`, `"x", ${tag}`, '*']) {
      const again = await get({ 'if-none-match': known, 'accept-encoding': 'gzip' });
      expect([id, known, again.status, await again.text()]).toEqual([id, known, 304, '']);
    }
    expect((await get({ 'if-none-match': '"x"' })).status).toBe(200);
    seen.push(id);
  }
  expect(seen).toEqual(
    expect.arrayContaining(['recordedRating', 'rules', 'listCases', 'champion', 'document', 'page']),
  );
  expect(seen.length).toBeGreaterThan(20);
});

it('If-Match is refused where no operation looks at it', async () => {
  const refused = await fetch(`${server.url}/v1/webhooks`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'if-match': '"x"' },
    body: JSON.stringify({ name: 'erp', url: 'https://hooks.example.com/', types: ['rating'] }),
  });
  expect([refused.status, await refused.json()]).toMatchObject([400, { problems: [{ at: 'If-Match' }] }]);
});
