import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { instant, packageRoot, ROLES } from '../base/index.ts';
import type { Key, Keys } from '../records/keys/index.ts';
import { OPERATIONS, type Authenticator } from '../serving/access/index.ts';
import { startServer, type RunningServer } from '../serving/index.ts';
import { EXAMPLES, PLAIN_EXAMPLES } from '../serving/openapi/examples.ts';
import { askExamples } from './support/ask-examples.ts';
import { anyoneIsAdmin, now, usualWorld } from './serving/world.ts';

const key: Key = {
  keyId: 'abcdefabcdef',
  name: 'crm',
  roles: ['applicant-system'],
  operations: null,
  purpose: null,
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
  const answers = await askExamples(server.url, PLAIN_EXAMPLES, { steady });
  await expect(`${JSON.stringify(answers, null, 2)}\n`).toMatchFileSnapshot(
    join(packageRoot(), 'serving', 'openapi', 'examples.json'),
  );
});

/** Operations without an example, each with what is executed in its place. */
const WITHOUT: Readonly<Record<string, string>> = {
  metrics: 'a text for Prometheus, not JSON: test/serving-ratings.test.ts reads its figures',
  document: 'it answers the document itself: test/serving-openapi.test.ts compares it',
  documentPage: 'a page: test/serving-page.test.ts opens it in Chromium',
  page: 'a page: test/serving-page.test.ts opens it in Chromium',
  inboxPage: 'a page: test/inbox-page.test.ts opens it in Chromium',
};

it('every operation has an example that is executed, or is named here with its reason', () => {
  const without = Object.keys(OPERATIONS).filter((id) => !Object.hasOwn(EXAMPLES, id));
  expect(without.toSorted()).toEqual(Object.keys(WITHOUT).toSorted());
});
