import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { OPERATIONS, recordLook, showsCustomers } from '../serving/access/index.ts';
import { startServer, type RunningServer } from '../serving/index.ts';
import type { Role } from '../base/index.ts';
import type { DataAccess } from '../records/privacy/index.ts';
import type { ServingDependencies } from '../serving/dependencies.ts';
import { anyoneIsAdmin, usualWorld, type World } from './serving/world.ts';

let world: World;
let server: RunningServer;
let roles: readonly Role[];
let madeFor: string | null;
let isDown: boolean;
let looks: (Omit<DataAccess, 'at'> & { readonly subject: string })[];

beforeEach(async () => {
  world = usualWorld();
  roles = ['credit-officer'];
  madeFor = null;
  isDown = false;
  looks = [];
  const { accesses } = world.deps.dossiers;
  const recordAll: typeof accesses.recordAll = async (subjects, access) => {
    if (isDown) throw new Error('no database');
    looks.push(...subjects.map((subject) => ({ subject, ...access })));
  };
  const authenticate: typeof anyoneIsAdmin = async (header) => {
    const result = await anyoneIsAdmin(header);
    return 'principal' in result ? { principal: { ...result.principal, roles, purpose: madeFor } } : result;
  };
  const dossiers = { ...world.deps.dossiers, accesses: { ...accesses, recordAll } };
  const changes: ServingDependencies['changes'] = {
    read: async (next) => ({
      changes: ['late', 'late', 'good', null].map((customerId) => ({ customerId })) as never,
      next,
      more: false,
    }),
  };
  server = await startServer({ ...world.deps, changes, dossiers, authenticate }, { port: 0 });
});
afterEach(() => server.close());

const get = async (path: string) => {
  const response = await fetch(server.url + path);
  return { status: response.status, body: (await response.json()) as { customerId?: string } };
};

const post = async (path: string, body: string, type = 'application/json') => {
  const response = await fetch(server.url + path, { method: 'POST', headers: { 'content-type': type }, body });
  return { status: response.status, text: await response.text() };
};

/** A rating that an application asked for, which is no look of a person. */
async function rated(customerId: string): Promise<string> {
  const before = roles;
  roles = ['applicant-system'];
  const { text } = await post('/v1/ratings', JSON.stringify({ customerId }));
  roles = before;
  return (JSON.parse(text) as { ratingId: string }).ratingId;
}

describe('a look of a person at data of customers', () => {
  it('is on record for its standard purpose, or for the one that was given', async () => {
    const ratingId = await rated('late');
    expect(looks).toEqual([]);
    expect((await get(`/v1/ratings/${ratingId}`)).body.customerId).toBe('late');
    expect((await get(`/v1/ratings/${ratingId}?purpose=complaint%204711`)).status).toBe(200);
    expect((await get(`/v1/ratings/${ratingId}/advice`)).status).toBe(200);
    expect((await get('/v1/customers/late/report-links')).status).toBe(200);
    expect(looks.map(({ subject, purpose, what }) => [subject, purpose, what])).toEqual([
      ['late', 'rating-inquiry', 'rating'],
      ['late', 'complaint 4711', 'rating'],
      ['late', 'customer-advice', 'advice'],
      ['late', 'report-sharing', 'report-links'],
    ]);
    expect(new Set(looks.map(({ actor }) => actor)).size).toBe(1);
  });

  it('at a list is one at each customer that it shows', async () => {
    const { body } = await get('/v1/changes');
    expect(body).toMatchObject({ items: [{ customerId: 'late' }, { customerId: 'late' }, { customerId: 'good' }, {}] });
    expect(looks.map(({ subject, purpose }) => [subject, purpose])).toEqual([
      ['late', 'change-follow-up'],
      ['good', 'change-follow-up'],
    ]);
  });

  it('is not made where it cannot be put on record', async () => {
    const ratingId = await rated('late');
    isDown = true;
    const { status, body } = await get(`/v1/ratings/${ratingId}`);
    expect([status, JSON.stringify(body).includes('late')]).toEqual([500, false]);
  });

  it('is none where nothing was shown', async () => {
    const ratingId = await rated('late');
    expect((await get('/v1/ratings/unknown')).status).toBe(404);
    expect((await get(`/v1/ratings/${ratingId}?purpose=`)).status).toBe(400);
    expect((await get(`/v1/ratings/${ratingId}?purpose=a&other=b`)).status).toBe(400);
    expect(looks).toEqual([]);
  });

  it('is one where an application reads, too: for what its key was made for, unless the request says another purpose', async () => {
    const ratingId = await rated('late');
    roles = ['applicant-system'];
    for (const [made, query] of [
      [null, ''],
      ['instalment loans', ''],
      ['instalment loans', '?purpose=ticket%207'],
    ] as const) {
      madeFor = made;
      expect((await get(`/v1/ratings/${ratingId}${query}`)).status).toBe(200);
    }
    expect(looks.map(({ purpose }) => purpose)).toEqual(['rating-inquiry', 'instalment loans', 'ticket 7']);
  });

  it('is one at every rating that a person asks for: recorded, dry, sent again, or in a batch', async () => {
    const answers = [
      await post('/v1/ratings', '{"customerId":"late"}'),
      await post('/v1/ratings?purpose=complaint%207', '{"customerId":"late","dryRun":true}'),
      await post('/v1/ratings:batch', '{"customerId":"good"}\n{"customerId":"late"}\n{}', 'application/x-ndjson'),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(looks.map(({ subject, purpose, what }) => [subject, purpose, what])).toEqual([
      ['late', 'credit-decision', 'rating'],
      ['late', 'complaint 7', 'rating'],
      ['good', 'credit-decision', 'rating'],
      ['late', 'credit-decision', 'rating'],
    ]);
    isDown = true;
    const { status, text } = await post('/v1/ratings', '{"customerId":"late"}');
    expect([status, text.includes('score')]).toEqual([500, false]);
  });

  it('is none at a recorded rating that an application asks for: its evidence names key and purpose', async () => {
    isDown = true;
    const evidenceOf = async (path: string) => {
      const { text } = await post(path, '{"customerId":"late"}');
      const { ratingId } = JSON.parse(text) as { ratingId: string };
      const found = world.recorded.find((each) => each.ratingId === ratingId)?.evidence ?? '{}';
      return (JSON.parse(found) as { inputs: { request: Record<string, unknown> } }).inputs.request;
    };
    roles = ['applicant-system'];
    const asked = await evidenceOf('/v1/ratings');
    expect(asked).toMatchObject({ askedBy: expect.any(String) as unknown, accessPurpose: 'credit-decision' });
    madeFor = 'instalment loans';
    expect(await evidenceOf('/v1/ratings')).toMatchObject({ accessPurpose: 'instalment loans' });
    expect(await evidenceOf('/v1/ratings?purpose=ticket%207')).toMatchObject({ accessPurpose: 'ticket 7' });
    expect(looks).toEqual([]);
  });

  it('is one where a key of idempotency shows an application what was recorded before, perhaps for another', async () => {
    roles = ['applicant-system'];
    const headers = { 'content-type': 'application/json', 'idempotency-key': 'order-1' };
    for (const shown of [[], ['late']]) {
      const body = '{"customerId":"late"}';
      expect((await fetch(`${server.url}/v1/ratings`, { method: 'POST', headers, body })).status).toBe(200);
      expect(looks.map(({ subject }) => subject)).toEqual(shown);
    }
  });

  it('is one at a dry run of an application that names a customer, which leaves nothing else behind; one by features names nobody', async () => {
    roles = ['applicant-system'];
    madeFor = 'instalment loans';
    const { status } = await post('/v1/ratings', '{"customerId":"late","dryRun":true}');
    const rows = '{"customerId":"good","dryRun":true}\n{"customerId":"late"}';
    const batch = await post('/v1/ratings:batch?purpose=what-if', rows, 'application/x-ndjson');
    const features = await post('/v1/ratings', '{"features":{},"dryRun":true}');
    expect([status, batch.status, features.status]).toEqual([200, 200, 200]);
    expect(looks.map(({ subject, purpose, what }) => [subject, purpose, what])).toEqual([
      ['late', 'instalment loans', 'rating'],
      ['good', 'what-if', 'rating'],
    ]);
    isDown = true;
    const refused = await post('/v1/ratings', '{"customerId":"late","dryRun":true}');
    expect([refused.status, refused.text.includes('score')]).toEqual([500, false]);
  });

  it('at a page is one at each customer that the handler names', async () => {
    const app = express();
    app.set('query parser', 'simple');
    app.use((request, _response, next) => {
      void anyoneIsAdmin('').then((result) => {
        if ('principal' in result) request.principal = result.principal;
        next();
      }, next);
    });
    const recordAll = async (subjects: readonly string[], access: Omit<DataAccess, 'at'>) => {
      looks.push(...subjects.map((subject) => ({ subject, ...access })));
    };
    app.get('/page', ...recordLook('readPortfolioReport', { recordAll }), (request, response) => {
      expect(request.query).toEqual({ format: 'html' });
      showsCustomers(response, { topLosses: [{ customerId: 'late' }, { customerId: null }] }, 'good');
      response.type('html').send('<p>late, good</p>');
    });
    const listening = app.listen(0, '127.0.0.1');
    try {
      await once(listening, 'listening');
      const { port } = listening.address() as AddressInfo;
      const page = await fetch(`http://127.0.0.1:${port}/page?format=html&purpose=audit`);
      expect([page.status, await page.text()]).toEqual([200, '<p>late, good</p>']);
      expect(looks.map(({ subject, purpose }) => [subject, purpose])).toEqual([
        ['late', 'audit'],
        ['good', 'audit'],
      ]);
    } finally {
      listening.close();
    }
  });

  it('is asked for its purpose, or has one, at every address that shows data of one customer', async () => {
    const document = (await (await fetch(`${server.url}/openapi.json`)).json()) as {
      paths: { [path: string]: { get?: { parameters?: { name?: string }[] } } };
    };
    const of = Object.values(OPERATIONS).filter(
      ({ method, path }) => method === 'GET' && /\{(customer|rating|case|warning|review)Id\}/.test(path),
    );
    expect(of.length).toBeGreaterThan(10);
    for (const { path } of of) {
      const asked = document.paths[path]?.get?.parameters?.some(({ name }) => name === 'purpose') ?? false;
      // How far an erasure is names nobody, and holds nothing.
      expect([path, asked]).toEqual([path, path !== '/v1/customers/{customerId}/erasure']);
    }
  });
});
