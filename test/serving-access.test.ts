import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packageRoot, ROLES, systemClock, type Json, type Role, type Tenant } from '../base/index.ts';
import { createKeys, writeKey, type Keys } from '../records/keys/index.ts';
import { createAuthenticator, OPERATIONS, type OperationId } from '../serving/access/index.ts';
import { startServer, type RunningServer } from '../serving/index.ts';
import { problemSchema } from '../serving/openapi/answers.ts';
import { usualWorld } from './serving/world.ts';
import { answerProblems } from './support/answer-schema.ts';
import { startTestDatabase, type TestDatabase } from './support/database.ts';

interface Documented {
  readonly operationId: OperationId;
  readonly method: string;
  readonly path: string;
  readonly roles: 'anyone' | readonly Role[];
  readonly responses: object;
}

const document = JSON.parse(readFileSync(join(packageRoot(), 'serving', 'openapi', 'openapi.json'), 'utf8')) as {
  paths: Record<
    string,
    Record<string, { operationId: OperationId; 'x-roles': 'anyone' | Role[]; responses: Record<string, object> }>
  >;
};
const operations: Documented[] = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, { operationId, 'x-roles': roles, responses }]) => ({
    operationId,
    method: method.toUpperCase(),
    path: path.replaceAll(/\{\w+\}/g, 'abcdefabcdef'),
    roles,
    responses,
  })),
);
const guarded = operations.filter(({ roles }) => roles !== 'anyone');
const tenants = ['acme', 'rival'] as const;

let database: TestDatabase;
const servers: Record<string, RunningServer> = {};
const keysOf: Record<string, Keys> = {};
const logs: string[][] = [];
const written: Record<string, Record<string, string>> = { acme: {}, rival: {} };
let expired: string;
let revoked: string;
let clockMs = 0;

beforeAll(async () => {
  database = await startTestDatabase();
  for (const name of tenants) {
    const tenant = name as Tenant;
    const keys = (keysOf[name] = createKeys(database.database, tenant));
    for (const role of ROLES) {
      const issued = await keys.create({ name: role, roles: [role], days: 1, actor: 'test' });
      (written[name] ??= {})[role] = issued.written;
    }
    const world = usualWorld();
    const clock = { now: () => new Date(Date.parse(systemClock.now()) + clockMs).toISOString() as never };
    const authenticate = createAuthenticator({ tenant, keys, tokens: null, clock, keptMs: 50 });
    servers[name] = await startServer({ ...world.deps, authenticate, keys }, { port: 0 });
    logs.push(world.logLines);
  }
  const acme = keysOf['acme'] as Keys;
  const gone = await acme.create({ name: 'gone', roles: ['admin'], days: 1, actor: 'test' });
  await acme.revoke(gone.key.keyId, 'test');
  revoked = gone.written;
  const old = await acme.create({ name: 'old', roles: ['admin'], days: 1, actor: 'test' });
  await acme.rotate(old.key.keyId, { overlapHours: 0, days: 1, actor: 'test' });
  expired = old.written;
});

afterAll(async () => {
  for (const server of Object.values(servers)) await server.close();
  await database?.stop();
});

async function ask(tenant: string, { method, path }: { method: string; path: string }, key: string | null, more = {}) {
  const response = await fetch(`${servers[tenant]?.url}${path}`, {
    method,
    headers: { ...(key === null ? {} : { authorization: `Bearer ${key}` }), ...more },
  });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

const expectRefused = (answer: Awaited<ReturnType<typeof ask>>, what: string) => {
  expect([what, answer.status]).toEqual([what, 401]);
  expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer realm="probity"/);
  return problemSchema.parse(JSON.parse(answer.text));
};

describe('the role × operation × tenant matrix', () => {
  it('has every operation of the table in the document, with the same roles', () => {
    const table = Object.entries(OPERATIONS).map(([id, { method, path, who }]) => [id, method, path, who]);
    const described = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, { operationId, 'x-roles': who }]) => [
        operationId,
        method.toUpperCase(),
        path,
        who,
      ]),
    );
    const sorted = (rows: unknown[][]) => rows.toSorted((a, b) => String(a[0]).localeCompare(String(b[0])));
    expect(sorted(described)).toEqual(sorted(table));
  });

  it('lets a role do what the table says, in its own tenant, and nothing else', async () => {
    for (const tenant of tenants)
      for (const operation of operations)
        for (const role of ROLES) {
          const { status, headers, text } = await ask(tenant, operation, written[tenant]?.[role] ?? '');
          const cell = `${tenant} ${role} ${operation.operationId}`;
          const allowed = operation.roles === 'anyone' || operation.roles.includes(role);
          // Who may is answered as the document says: without a body most are told what was wrong with the request.
          if (allowed) {
            expect([cell, status, [401, 403, 500].includes(status)]).toEqual([cell, status, false]);
            const type = (headers.get('content-type') ?? '').split(';')[0] ?? '';
            if (type.endsWith('json') && !type.includes('ndjson') && operation.operationId !== 'document')
              expect([
                cell,
                ...answerProblems(document as never, operation.operationId, status, JSON.parse(text) as Json, type),
              ]).toEqual([cell]);
            else
              expect([cell, Object.keys(operation.responses)]).toEqual([
                cell,
                expect.arrayContaining([String(status)]),
              ]);
          } else expect([cell, status, problemSchema.parse(JSON.parse(text)).code]).toEqual([cell, 403, 'FORBIDDEN']);
        }
  });

  it('answers nothing but health, the document, the pages and what a signed link shares without a key', async () => {
    const open = operations.filter(({ roles }) => roles === 'anyone').map(({ operationId }) => operationId);
    expect(open.sort()).toEqual([
      'document',
      'documentPage',
      'health',
      'inboxPage',
      'openSharedReport',
      'page',
      'readiness',
    ]);
    for (const operation of guarded) expectRefused(await ask('acme', operation, null), operation.operationId);
    for (const path of ['/v1', '/v1/nowhere', '/v1/ratings/', '//v1/ratings', '/V1/ratings', '/v1/ratings%3Abatch'])
      expectRefused(await ask('acme', { method: 'POST', path }, null), path);
  });

  it('takes no key of another tenant, none that expired, none that was revoked, and none that is altered', async () => {
    const own = written['acme']?.['admin'] ?? '';
    const [id, tail] = [own.slice(8, 20), own.slice(21)];
    const altered = `probity_${id}_${tail.slice(0, -1)}${tail.endsWith('A') ? 'B' : 'A'}`;
    const bad = {
      'another tenant’s': written['rival']?.['admin'] ?? '',
      expired,
      revoked,
      'an altered secret': altered,
      'an unknown id': writeKey({ keyId: 'aaaaaaaaaaaa', secret: tail }),
      'no key at all': 'hello',
      'three parts': 'a.b.c',
    };
    for (const operation of guarded)
      for (const [what, key] of Object.entries(bad)) expectRefused(await ask('acme', operation, key), what);
    const told = (key: string) => ask('acme', { method: 'GET', path: '/v1/me' }, key).then(({ text }) => text);
    const without = (text: string) => text.replace(/"requestId":"[^"]*"/, '');
    expect(without(await told(bad['an altered secret']))).toBe(without(await told(bad['an unknown id'])));
  });

  it('keeps reading and doing apart: who only looks changes nothing but what of their own inbox is read, and only an admin hands out keys', () => {
    const may = (role: Role) =>
      operations.filter(({ roles }) => roles !== 'anyone' && roles.includes(role)).map((operation) => operation);
    for (const role of ['viewer', 'auditor'] as const)
      expect(may(role).flatMap(({ method, operationId }) => (method === 'GET' ? [] : [operationId]))).toEqual([
        'readInbox',
      ]);
    for (const role of ROLES.filter((role) => role !== 'admin'))
      expect(may(role).filter(({ operationId }) => /^(create|rotate|revoke)Key$/.test(operationId))).toEqual([]);
    expect(may('admin')).toHaveLength(guarded.length);
  });

  it('refuses an unlisted address or method alike: 404 and 405, also for an admin', async () => {
    const admin = written['acme']?.['admin'] ?? '';
    const nowhere = await ask('acme', { method: 'GET', path: '/v1/keys/abcdefabcdef/secret' }, admin);
    expect([nowhere.status, problemSchema.parse(JSON.parse(nowhere.text)).code]).toEqual([404, 'NOT_FOUND']);
    const method = await ask('acme', { method: 'DELETE', path: '/v1/keys/abcdefabcdef' }, admin);
    expect([method.status, method.headers.get('allow')]).toEqual([405, 'GET']);
  });
});

describe('keys', () => {
  const admin = () => written['acme']?.['admin'] ?? '';
  const post = async (path: string, body: unknown, key = admin()) => {
    const response = await fetch(`${servers['acme']?.url}${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return { status: response.status, body: (await response.json()) as never };
  };
  const me = (key: string) => ask('acme', { method: 'GET', path: '/v1/me' }, key);

  it('are made, used, rotated with an overlap, and revoked', async () => {
    const made = await post('/v1/keys', { name: 'crm', roles: ['applicant-system'], days: 30 });
    expect(made.status).toBe(201);
    const { key, keyId, createdBy } = made.body as { key: string; keyId: string; createdBy: string };
    expect(createdBy).toBe('key:admin');
    expect(JSON.parse((await me(key)).text)).toMatchObject({ actor: 'key:crm', roles: ['applicant-system'], keyId });
    const rotated = await post(`/v1/keys/${keyId}/rotate`, { overlapHours: 2 });
    const next = rotated.body as { key: string; replaces: string; keyId: string };
    expect(next.replaces).toBe(keyId);
    expect([(await me(key)).status, (await me(next.key)).status]).toEqual([200, 200]);
    expect(JSON.parse((await me(next.key)).text)).toMatchObject({ actor: 'key:crm' });
    clockMs = 3 * 3_600_000;
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect([(await me(key)).status, (await me(next.key)).status]).toEqual([401, 200]);
    clockMs = 0;
    expect((await post(`/v1/keys/${next.keyId}/revoke`, {})).status).toBe(200);
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect((await me(next.key)).status).toBe(401);
    expect((await post(`/v1/keys/${next.keyId}/rotate`, {})).status).toBe(409);
    const row = JSON.parse((await ask('acme', { method: 'GET', path: `/v1/keys/${keyId}` }, admin())).text) as {
      lastUsedAt: string | null;
    };
    expect(row.lastUsedAt).not.toBeNull();
  });

  it('can be narrowed to operations, which their roles must allow', async () => {
    const narrow = await post('/v1/keys', { name: 'n', roles: ['applicant-system'], operations: ['rate'] });
    const { key } = narrow.body as { key: string };
    expect((await post('/v1/ratings', { customerId: 'good' }, key)).status).toBe(200);
    expect((await post('/v1/events', { events: [] }, key)).status).toBe(403);
    expect((await me(key)).status).toBe(403);
    const useless = await post('/v1/keys', { name: 'n', roles: ['viewer'], operations: ['rate', 'me'] });
    expect(useless.body).toMatchObject({ problems: [{ at: 'operations.0' }] });
  });

  it('are listed page by page in one order, each once, without a secret, and of this tenant alone', async () => {
    const ids: string[] = [];
    let cursor: string | null = null;
    let text = '';
    do {
      const query: string = cursor === null ? '?limit=3' : `?limit=3&cursor=${cursor}`;
      const page = await ask('acme', { method: 'GET', path: `/v1/keys${query}` }, admin());
      expect(page.status).toBe(200);
      text += page.text;
      const body = JSON.parse(page.text) as { items: { keyId: string }[]; nextCursor: string | null };
      ids.push(...body.items.map(({ keyId }) => keyId));
      cursor = body.nextCursor;
    } while (cursor !== null);
    const all = await keysOf['acme']?.list({ limit: 1000 });
    expect(ids).toEqual(all?.map(({ keyId }) => keyId));
    expect(text).not.toMatch(/secret|hash/i);
    const rival = (await keysOf['rival']?.list({ limit: 1000 }))?.map(({ keyId }) => keyId) ?? [];
    expect(ids.filter((id) => rival.includes(id))).toEqual([]);
    const foreign = await ask('acme', { method: 'GET', path: `/v1/keys/${rival[0]}` }, admin());
    expect(foreign.status).toBe(404);
    for (const query of ['?cursor=abc', '?cursor=WyJvdGhlciIsW11d', '?limit=0', '?limit=201', '?limit=x', '?page=2'])
      expect((await ask('acme', { method: 'GET', path: `/v1/keys${query}` }, admin())).status).toBe(400);
  });

  it('leave no secret in the database or the log, where every failed authentication is told of', async () => {
    const { rows } = await sql<{ t: string }>`select api_keys::text as t from api_keys`.execute(database.database.db);
    const stored = rows.map(({ t }) => t).join('\n');
    const log = logs.flat().join('');
    for (const key of [...Object.values(written['acme'] ?? {}), expired, revoked]) {
      const secret = key.slice(-43);
      expect([stored.includes(secret), log.includes(secret)]).toEqual([false, false]);
    }
    for (const reason of ['no key', 'unknown key', 'wrong secret', 'expired key', 'revoked key', 'malformed key'])
      expect([reason, log.includes(`"reason":"${reason}"`)]).toEqual([reason, true]);
  });

  it('begin with one admin key, made once however many servers start at once', async () => {
    const keys = createKeys(database.database, 'fresh' as Tenant);
    const made = await Promise.all([keys.createFirst('a'), keys.createFirst('b'), keys.createFirst('c')]);
    expect(made.filter((each) => each !== null)).toHaveLength(1);
    expect(await keys.createFirst('d')).toBeNull();
  });
});
