import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { instant, packageRoot, ROLES, type Json } from '../base/index.ts';
import type { Key, Keys } from '../records/keys/index.ts';
import { isOperationId, OPERATIONS, type Authenticator } from '../serving/access/index.ts';
import { startServer, type RunningServer } from '../serving/index.ts';
import { EXAMPLES, resolvedExample, resolvedText } from '../serving/openapi/examples.ts';
import { anyoneIsAdmin, now, usualWorld } from './serving/world.ts';

const key: Key = {
  keyId: 'abcdefabcdef',
  name: 'crm',
  roles: ['applicant-system'],
  operations: null,
  createdAt: instant(now),
  createdBy: 'key:first admin',
  expiresAt: instant('2026-08-30T12:00:00Z'),
  revokedAt: null,
  revokedBy: null,
  replaces: null,
  lastUsedAt: null,
};
const issued = (of: Key) => ({ key: of, written: `probity_${of.keyId}_${'A'.repeat(43)}` });
/** Keys that are always the same, so that the recorded answers are. */
const keys: Keys = {
  create: async () => issued(key),
  createFirst: async () => null,
  list: async () => [key, { ...key, keyId: 'bcdefabcdefa', name: 'erp' }],
  get: async () => key,
  find: async () => null,
  rotate: async () => issued({ ...key, keyId: 'bcdefabcdefa', replaces: key.keyId }),
  revoke: async () => ({ ...key, revokedAt: instant(now), revokedBy: 'key:first admin' }),
  used: async () => {},
};

/** Takes `Bearer ROLE` for somebody of that role, and everybody else for an admin. */
const byRole: Authenticator = async (authorization) => {
  const admin = await anyoneIsAdmin(authorization);
  const role = ROLES.find((each) => authorization === `Bearer ${each}`);
  if (role === undefined || !('principal' in admin)) return admin;
  return { principal: { ...admin.principal, actor: `key:${role}` as never, roles: [role] } };
};

let server: RunningServer;
beforeAll(async () => {
  server = await startServer({ ...usualWorld().deps, keys, authenticate: byRole }, { port: 0 });
});
afterAll(() => server.close());

/** An answer without what differs from one time to the next. */
const steady = (text: string): string =>
  text
    .replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, '01a0e0f0-0000-7000-8000-000000000001')
    .replaceAll(/"requestId":"[^"]*"/g, '"requestId":"01a0e0f0-0000-7000-8000-000000000001"');

it('every example of the OpenAPI document is answered as the document says (npx vitest run test/serving-examples.test.ts -u records)', async () => {
  const answers: Record<string, Record<string, Json>> = {};
  for (const [operationId, examples] of Object.entries(EXAMPLES)) {
    if (!isOperationId(operationId)) throw new Error(`no operation ${operationId}`);
    const { method, path } = OPERATIONS[operationId];
    for (const [name, example] of Object.entries(examples)) {
      const { status, body, type = 'application/json', path: values = {}, query, as } = example;
      const address = path.replaceAll(/\{(\w+)\}/g, (_, parameter: string) =>
        resolvedText(values[parameter] ?? '', answers),
      );
      const response = await fetch(`${server.url}${address}${query === undefined ? '' : `?${query}`}`, {
        method,
        headers: {
          ...(body === undefined ? {} : { 'content-type': type }),
          ...(as === undefined ? {} : { authorization: `Bearer ${as}` }),
        },
        ...(body === undefined
          ? {}
          : { body: typeof body === 'string' ? body : JSON.stringify(resolvedExample(body, answers)) }),
      });
      const text = steady(await response.text());
      expect([operationId, name, response.status, text]).toEqual([operationId, name, status, expect.any(String)]);
      const json = /json$|json;/.test((response.headers.get('content-type') ?? '').replace('ndjson', ''));
      (answers[operationId] ??= {})[name] = json ? (JSON.parse(text) as Json) : text;
    }
  }
  await expect(`${JSON.stringify(answers, null, 2)}\n`).toMatchFileSnapshot(
    join(packageRoot(), 'serving', 'openapi', 'examples.json'),
  );
});
