import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packageRoot, ROLES, type Role } from '../base/index.ts';
import { refreshFeatures } from '../pipelines/index.ts';
import { createKeys } from '../records/keys/index.ts';
import { OPERATIONS, type OperationId } from '../serving/access/index.ts';
import { until } from './pipelines-environment.ts';
import { PERSON } from './support/planted-person.ts';
import { plantRecords, type PlantedRecords } from './support/planted-records.ts';
import { runningProject, type Answer, type RunningProject } from './support/running-project.ts';

/**
 * Two tenants, each with a composed server and a worker, on one PostgreSQL and one Temporal server. One of every kind of record stands for `acme`;
 * `rival` has customers of the same names and asks for everything.
 */
let acme: RunningProject;
let rival: RunningProject;
let planted: PlantedRecords;
const keys = new Map<Role, string>();

beforeAll(async () => {
  acme = await runningProject();
  rival = await runningProject({ tenant: 'rival', beside: acme });
  for (const role of ROLES) {
    const asked = { name: `${role}-key`, roles: [role], days: 1, actor: 'test' };
    keys.set(role, (await createKeys(rival.database, rival.project.tenant).create(asked)).written);
  }
  planted = await plantRecords(acme);
  await rival.writeSource('');
  const invoice = {
    table: 'invoices',
    values: { party_id: 'C-001', invoice_id: 'I-1', issued_on: '2026-01-05', due_on: '2026-02-05', amount: '10' },
    happenedAt: '2026-01-05T00:00:00Z',
    idempotencyKey: 'i-1',
  };
  expect((await rival.ask('POST', '/v1/events', { events: [invoice] })).status).toBe(201);
  await refreshFeatures(rival.pipelines.client, rival.scope);
  await until(async () => ((await rival.ask('GET', '/readyz')).body?.['customers'] === true ? true : null));
}, 180_000);
afterAll(async () => {
  await rival?.close();
  await acme?.close();
});

interface Documented {
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly required?: boolean }[];
}
const document = JSON.parse(readFileSync(join(packageRoot(), 'serving', 'openapi', 'openapi.json'), 'utf8')) as {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Documented>>>>;
};
const inDays = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString();
const QUERY: Readonly<Record<string, string>> = {
  purpose: 'curiosity',
  audience: 'internal',
  from: inDays(-300),
  to: inDays(0),
};

/** What each operation that changes a record by its id is sent, so that nothing but whose it is can be wrong with it. */
const BODIES: { readonly [id in OperationId]?: unknown } = {
  proposeOverride: { to: 'decline', reasonCode: 'NEW_INFORMATION', note: 'x', expiresAt: inDays(5) },
  actOnOverride: { kind: 'confirm' },
  issueNotice: { language: 'en', jurisdiction: 'CN', channel: 'handed-over' },
  actOnNotice: { kind: 'sent' },
  rotateKey: {},
  revokeKey: undefined,
  submitRules: undefined,
  approveRules: {},
  rejectRules: { reason: 'x' },
  actOnCase: { kind: 'claim' },
  actOnReview: { kind: 'claim' },
  changeWebhook: { name: 'x' },
  removeWebhook: undefined,
  rotateWebhook: {},
  testWebhook: undefined,
  redeliver: undefined,
  actOnWarning: { kind: 'acknowledge' },
  actOnDispute: { kind: 'withdraw', reason: 'x' },
  withdrawAgreement: undefined,
  removeEntry: undefined,
  revokeReportLink: undefined,
};
/** What only adds to the asking tenant's own file of a customer of that name. */
const OWN: readonly OperationId[] = ['addEntry', 'putEntry', 'createReportLink', 'changeLegalBases', 'eraseCustomer'];
const REPORTS: { readonly [id in OperationId]?: number } = {
  readPortfolioReport: 0,
  readControlReport: 1,
  readMonitoringReport: 2,
  readCustomerReport: 3,
};

const all = Object.entries(OPERATIONS).map(([id, operation]) => ({
  id: id as OperationId,
  ...(operation as { method: string; path: string; who: 'anyone' | readonly Role[] }),
}));
const namesRecord = (path: string): boolean => /\{(?!customerId|kind)\w+\}/.test(path);

/** The addresses of an operation with ids of acme's records and the query that it needs: one for each id. */
function addressesOf(id: OperationId, path: string): readonly string[] {
  const needed = (document.paths[path]?.[OPERATIONS[id].method.toLowerCase()]?.parameters ?? []).filter(
    (parameter) => parameter.in === 'query' && parameter.required === true,
  );
  const query = new URLSearchParams(needed.map(({ name }): [string, string] => [name, QUERY[name] ?? ''])).toString();
  let filled = [path];
  for (const [, name] of path.matchAll(/\{(\w+)\}/g)) {
    const known = planted[name as keyof PlantedRecords];
    const report = REPORTS[id];
    const ids = name === 'reportId' && report !== undefined ? [known[report] ?? ''] : known;
    filled = filled.flatMap((each) => ids.map((value) => each.replace(`{${name}}`, encodeURIComponent(value))));
  }
  return filled.map((each) => (query === '' ? each : `${each}?${query}`));
}

const as = (role: Role) => ({ authorization: `Bearer ${keys.get(role)}` });
/** All that tells acme's records from rival's own. */
const secrets = (): string[] => [
  ...Object.values(PERSON).filter((text) => text !== PERSON.id),
  ...Object.entries(planted)
    .filter(([name]) => !['customerId', 'kind', 'entryId', 'warningId', 'agreementId'].includes(name))
    .flatMap(([, ids]) => ids as readonly string[]),
];
const shown = ({ text }: Answer): string[] => secrets().filter((secret) => text.includes(secret));
/** What acme sees of its records; figures that move by themselves (links opened, deliveries tried) aside. */
async function standing(): Promise<Record<string, Answer>> {
  const told: Record<string, Answer> = {};
  for (const { id, method, path } of all)
    if (method === 'GET' && namesRecord(path) && id !== 'openSharedReport' && id !== 'listDeliveries')
      for (const address of addressesOf(id, path)) {
        const answer = await acme.ask('GET', address);
        // What is not there is told with the id of the request.
        if (answer.status === 200) told[address] = answer;
      }
  return told;
}

describe('a tenant on the same database as another', () => {
  it('is answered 404, or an empty list, for each id of the other’s records, by each role', async () => {
    let asked = 0;
    const found = new Set<string>();
    for (const { id, method, path, who } of all) {
      if (who === 'anyone' || !namesRecord(path) || method !== 'GET') continue;
      for (const address of addressesOf(id, path)) {
        // The address is right: its owner is shown something there.
        const own = await acme.ask(method, address);
        if (own.status === 200 && own.text !== '{"items":[]}') found.add(id);
        for (const role of ROLES) {
          const answer = await rival.ask(method, address, undefined, as(role));
          const cell = `${role} ${id} ${answer.text.slice(0, 300)}`;
          if (!who.includes(role)) expect([cell, answer.status]).toEqual([cell, 403]);
          else if (answer.status === 200) expect([cell, answer.body?.['items']]).toEqual([cell, []]);
          else expect([cell, answer.status]).toEqual([cell, 404]);
          expect([cell, shown(answer).filter((secret) => !address.includes(secret))]).toEqual([cell, []]);
          asked++;
        }
      }
    }
    expect(asked).toBeGreaterThan(150);
    const readers = all.filter(({ method, path, who }) => method === 'GET' && who !== 'anyone' && namesRecord(path));
    expect([...found].toSorted()).toEqual(readers.map(({ id }) => id).toSorted());
  }, 60_000);

  it('changes none of them, whatever it sends and whoever does', async () => {
    const before = await standing();
    let asked = 0;
    for (const { id, method, path, who } of all) {
      if (who === 'anyone' || !namesRecord(path) || method === 'GET' || OWN.includes(id)) continue;
      expect(Object.hasOwn(BODIES, id), `${id} has a body here`).toBe(true);
      for (const address of addressesOf(id, path))
        for (const role of ROLES) {
          const answer = await rival.ask(method, address, BODIES[id], as(role));
          const cell = `${role} ${id} ${answer.text.slice(0, 300)}`;
          expect([cell, answer.status]).toEqual([cell, who.includes(role) ? 404 : 403]);
          asked++;
        }
    }
    expect(asked).toBeGreaterThan(150);
    const [ratingId = ''] = planted.ratingId;
    const inBodies: readonly (readonly [string, unknown])[] = [
      [`/v1/customers/${PERSON.id}/agreements`, { ratingId }],
      [`/v1/customers/${PERSON.id}/risk-reports`, undefined],
      ['/v1/reviews', { customerId: PERSON.id, reason: 'x' }],
    ];
    for (const [path, body] of inBodies) {
      const answer = await rival.ask('POST', path, body);
      // 409: that nobody of this name was rated here.
      expect([path, [404, 409].includes(answer.status), answer.text]).toEqual([path, true, expect.any(String)]);
    }
    const after = await standing();
    for (const [address, { status, text }] of Object.entries(before))
      expect([address, after[address]?.status, after[address]?.text]).toEqual([address, status, text]);
  }, 120_000);

  it('sees none of them in any list, report or credit file, by any role', async () => {
    const lists: string[] = [];
    for (const { id, method, path, who } of all) {
      if (who === 'anyone' || namesRecord(path) || method !== 'GET') continue;
      for (const address of addressesOf(id, path)) {
        const own = await acme.ask('GET', address);
        for (const role of ROLES.filter((each) => who.includes(each))) {
          const answer = await rival.ask('GET', address, undefined, as(role));
          const cell = `${role} ${id} ${answer.text.slice(0, 300)}`;
          expect([cell, answer.status < 300 || answer.status === 404]).toEqual([cell, true]);
          expect([cell, shown(answer)]).toEqual([cell, []]);
          if (Array.isArray(own.body?.['items']) && (own.body['items'] as unknown[]).length > 0) {
            lists.push(id);
            if (!['listKeys', 'inbox', 'rulesHistory', 'challengers'].includes(id))
              expect([cell, answer.body?.['items']]).toEqual([cell, []]);
          }
        }
      }
    }
    expect(new Set(lists).size).toBeGreaterThan(12);
  }, 60_000);

  it('is neither shown the other’s answer under the same idempotency key, nor by the other’s shared link or key', async () => {
    const rated = await rival.ask(
      'POST',
      '/v1/ratings',
      { customerId: 'C-001' },
      { 'idempotency-key': `rate-${PERSON.id}` },
    );
    expect([rated.status, rated.body?.['customerId']]).toEqual([200, 'C-001']);
    expect(shown(rated)).toEqual([]);
    expect((await rival.ask('POST', '/v1/ratings', { customerId: PERSON.id })).status).toBe(404);
    const [token = ''] = planted.token;
    expect((await acme.ask('GET', `/shared/${token}`)).status).toBe(200);
    const shared = await rival.ask('GET', `/shared/${token}`);
    expect([shared.status, shown(shared)]).toEqual([404, []]);
    expect((await acme.ask('GET', '/v1/me', undefined, as('admin'))).status).toBe(401);
    // And the other way round.
    const back = await acme.ask('GET', `/v1/ratings/${String(rated.body?.['ratingId'])}`);
    expect(back.status).toBe(404);
  }, 30_000);
});
