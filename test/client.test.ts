import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packageRoot } from '../base/index.ts';
import { createClient, everyItem, operations, ProbityProblem } from '../packages/client/index.ts';
import { OPERATIONS } from '../serving/access/index.ts';
import { clientSource } from '../serving/client/generate.ts';
import { startServer, type RunningServer } from '../serving/index.ts';
import { openApiDocument } from '../serving/openapi/document.ts';
import { anyoneIsAdmin, usualWorld } from './serving/world.ts';

let server: RunningServer;
const world = usualWorld();
beforeAll(async () => {
  const deps = {
    ...world.deps,
    authenticate: (authorization: string | undefined) =>
      authorization === 'Bearer right'
        ? anyoneIsAdmin(authorization)
        : Promise.resolve({ refusal: { reason: 'test', told: 'Not known.', keyId: null } }),
  };
  server = await startServer(deps, { port: 0 });
});
afterAll(() => server.close());
const client = (key = 'right', more = {}) => createClient({ baseUrl: `${server.url}/`, key, ...more });

describe('the generated client', () => {
  it('is what the OpenAPI document gives (node dist/serving/openapi/write.js)', () => {
    const committed = readFileSync(join(packageRoot(), 'packages', 'client', 'generated.ts'), 'utf8');
    expect(clientSource(openApiDocument())).toBe(committed);
    expect(Object.keys(operations).sort()).toEqual(Object.keys(OPERATIONS).sort());
  });

  it('asks for a rating, typed, in the language wanted', async () => {
    const rating = await client('right', { language: 'zh-CN' }).rate({ body: { customerId: 'late' } });
    expect([rating.grade.code, rating.reasons[0]?.text]).toEqual(['C3', '逾期天数：45；良好水平为低于1。']);
    const champions = await client().champion();
    expect(champions.champions[0]?.model.name).toBe('small');
    expect(await client().metrics()).toContain('probity_ratings_total');
  });

  it('as packed for npm needs nothing else, has its types, and rates', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'probity-client-'));
    try {
      const run = promisify(execFile);
      const packed = await run('npm', ['pack', '--json', '--pack-destination', folder], {
        cwd: join(packageRoot(), 'packages', 'client'),
      });
      const [{ filename, files }] = JSON.parse(packed.stdout) as [{ filename: string; files: { path: string }[] }];
      expect(files.map(({ path }) => path)).toEqual(expect.arrayContaining(['dist/index.js', 'dist/index.d.ts']));
      await run('tar', ['xf', filename], { cwd: folder });
      const home = join(folder, 'package');
      expect(JSON.parse(readFileSync(join(home, 'package.json'), 'utf8'))).not.toHaveProperty('dependencies');
      const program = `import { createClient } from ${JSON.stringify(join(home, 'dist', 'index.js'))};
        const rating = await createClient({ baseUrl: ${JSON.stringify(server.url)}, key: 'right' }).rate({ body: { customerId: 'late' } });
        process.stdout.write(rating.grade.code);`;
      const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', program], { cwd: folder });
      expect(stdout).toBe('C3');
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }, 60_000);

  it('reports events, and streams a batch', async () => {
    const values = { payment_id: 'p1', party_id: 'late', invoice_id: 'i1', amount: '120.50' };
    const stored = await client().events({
      body: { events: [{ table: 'payments', values, happenedAt: '2026-05-31' }] },
    });
    expect(stored.acknowledged).toBe(1);
    const answer = await client().rateBatch({ body: '{"customerId":"good"}\n', type: 'application/x-ndjson' });
    expect(JSON.parse(await answer.text())).toMatchObject({ row: 1, customerId: 'good' });
  });

  it('rejects with the problem that the API answered', async () => {
    const refused = client().rate({ body: { customerId: 'nobody' } });
    await expect(refused).rejects.toBeInstanceOf(ProbityProblem);
    await expect(refused).rejects.toMatchObject({ status: 404, code: 'UNKNOWN_CUSTOMER' });
    await expect(client('wrong').me()).rejects.toMatchObject({ status: 401, code: 'UNAUTHENTICATED' });
  });

  it('tries again what only reads, and what has an idempotency key, where it may, and nothing else', async () => {
    const asked: string[] = [];
    const flaky = (async (url: string, init: RequestInit) => {
      asked.push(`${init.method} ${new URL(url).pathname}`);
      return asked.length % 2 === 1
        ? new Response('{}', { status: 503, headers: { 'retry-after': '0' } })
        : fetch(url, init);
    }) as typeof fetch;
    await client('right', { fetch: flaky }).me();
    expect(asked).toEqual(['GET /v1/me', 'GET /v1/me']);
    asked.length = 0;
    await expect(client('right', { fetch: flaky }).rate({ body: { customerId: 'good' } })).rejects.toMatchObject({
      status: 503,
    });
    expect(asked).toEqual(['POST /v1/ratings']);
    asked.length = 0;
    await client('right', { fetch: flaky }).rate({ body: { customerId: 'good' } }, { idempotencyKey: 'once' });
    expect(asked).toHaveLength(2);
  });

  it('walks a list page by page', async () => {
    const pages = [
      { items: [1, 2], nextCursor: 'a' },
      { items: [3], nextCursor: null },
    ];
    const asked: unknown[] = [];
    const seen: number[] = [];
    for await (const item of everyItem(async (query) => {
      asked.push(query);
      return pages[asked.length - 1] ?? { items: [], nextCursor: null };
    }))
      seen.push(item);
    expect([seen, asked]).toEqual([
      [1, 2, 3],
      [{}, { cursor: 'a' }],
    ]);
  });
});
