import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { instant } from '../base/index.ts';
import { startServer, type RunningServer } from '../serving/index.ts';
import {
  agreementListSchema,
  agreementReportSchema,
  agreementSchema,
  followedAgreementSchema,
} from '../serving/openapi/agreement-paths.ts';
import { problemSchema, ratingAnswerSchema } from '../serving/openapi/answers.ts';
import { creditFileSchema, creditReportSchema } from '../serving/openapi/customer-paths.ts';
import { now, usualWorld, type World } from './serving/world.ts';

let world: World;
let server: RunningServer;
let at: string;
beforeEach(async () => {
  world = usualWorld();
  at = now;
  const ofCustomer = async (customerId: string) =>
    world.recorded
      .filter(({ evidence }) => evidence?.includes(`"customerId":"${customerId}"`) === true)
      .map(({ ratingId }) => ratingId)
      .toReversed();
  const records = {
    ...world.deps.records,
    // Records are of the moment, so that later ratings are later.
    record: async (rating: Parameters<typeof world.deps.records.record>[0]) => {
      const made = await world.deps.records.record(rating);
      const stored = world.recorded.at(-1);
      if (stored !== undefined) Object.assign(stored.receipt, { at: instant(at) });
      return { ...made, receipt: { ...made.receipt, at: instant(at) } };
    },
  };
  const dossiers = { ...world.deps.dossiers, ratingIds: ofCustomer };
  const clock = { now: () => instant(at) };
  server = await startServer({ ...world.deps, records, dossiers, clock }, { port: 0 });
});
afterEach(() => server.close());

async function ask(method: string, path: string, body?: unknown) {
  const response = await fetch(server.url + path, {
    method,
    headers: body === undefined ? {} : { 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, text, body: text.startsWith('{') ? (JSON.parse(text) as unknown) : null };
}
const facts = { kind: 'company', sanctionsHit: false, documentsMissing: [], existingExposure: '0' };
const wanted = { request: { amount: '120000', currency: 'CNY', termDays: 60 }, facts };
const rate = async (body: object = wanted, customerId = 'C-002') =>
  ratingAnswerSchema.parse((await ask('POST', '/v1/ratings', { customerId, ...body })).body);
const path = '/v1/customers/C-002/agreements';
const agree = async (ratingId: string | null) => {
  const made = await ask('POST', path, { ratingId });
  expect([made.status, made.body]).toEqual([201, expect.anything()]);
  return agreementSchema.parse(made.body);
};
const follow = async (id: string) => followedAgreementSchema.parse((await ask('GET', `${path}/${id}`)).body);

describe('an improvement agreement', () => {
  it('is made from the advice on a rating, once, and kept once a later rating shows every act done', async () => {
    const { ratingId } = await rate();
    const made = await agree(ratingId);
    expect(made).toMatchObject({
      customerId: 'C-002',
      ratingId,
      agreedBy: 'key:test',
      state: 'open',
      before: { outcome: 'condition' },
      promised: { outcome: 'approve' },
      acts: [{ act: 'shorten-term' }, { act: 'offer-guarantee' }],
    });
    expect(made.texts[1]).toEqual({ en: 'Add a guarantee by 2026-06-15.', 'zh-CN': expect.stringContaining('担保') });
    expect(await agree(ratingId)).toEqual(made);

    at = '2026-06-05T00:00:00.000Z';
    await rate({ ...wanted, facts: { ...facts, guaranteeOffered: true } });
    expect((await follow(made.agreementId)).state).toBe('open');
    at = '2026-06-08T00:00:00.000Z';
    const done = await rate({
      request: { ...wanted.request, termDays: 30 },
      facts: { ...facts, guaranteeOffered: true },
    });
    const kept = await follow(made.agreementId);
    expect(kept).toMatchObject({ state: 'kept', closedAt: at, revision: 1 });
    expect(kept.steps.map(({ state, actor }) => [state, actor])).toEqual([
      ['open', 'key:test'],
      ['kept', 'review by a later rating'],
    ]);
    expect(kept.effects.map((one) => [one.ratingId === done.ratingId, one.reachesPromise])).toEqual([
      [false, false],
      [true, true],
    ]);
    const report = agreementReportSchema.parse(
      (await ask('GET', '/v1/reports/agreements?from=2026-06-01&to=2026-07-01')).body,
    );
    expect(report).toMatchObject({ agreements: 1, overdue: 0, keptShare: 1 });
    expect(report.groups.find(({ state }) => state === 'kept')).toMatchObject({
      count: 1,
      rated: 1,
      reachedPromise: 1,
    });
  });

  it('is missed once its day has passed without, by the next rating and not before', async () => {
    const { agreementId } = await agree((await rate()).ratingId);
    at = '2026-07-01T00:00:00.000Z';
    const before = agreementReportSchema.parse(
      (await ask('GET', '/v1/reports/agreements?from=2026-06-01&to=2026-07-01')).body,
    );
    expect(before).toMatchObject({ overdue: 1, keptShare: null });
    expect((await follow(agreementId)).state).toBe('open');
    await rate();
    await new Promise((resolve) => setTimeout(resolve, 400));
    // Reviewed by the rating itself, before anybody looks.
    expect((await world.deps.agreements.find(agreementId))?.agreement.state).toBe('missed');
    const late = await agreeLate();
    expect(problemSchema.parse(late.body)).toMatchObject({ status: 400, problems: [{ at: 'ratingId' }] });
  });
  const agreeLate = () => ask('POST', path, { ratingId: world.recorded[0]?.ratingId });

  it('can be withdrawn while it is open, and is of its customer alone', async () => {
    const { agreementId } = await agree((await rate()).ratingId);
    expect((await ask('DELETE', `/v1/customers/C-001/agreements/${agreementId}`)).status).toBe(404);
    const tag = (await fetch(`${server.url}${path}/${agreementId}`)).headers.get('etag') ?? '';
    const withdraw = async (match: string) =>
      (await fetch(`${server.url}${path}/${agreementId}`, { method: 'DELETE', headers: { 'if-match': match } })).status;
    expect(await withdraw('"seen-before"')).toBe(412);
    expect(await withdraw(tag)).toBe(200);
    const withdrawn = await ask('GET', `${path}/${agreementId}`);
    expect(followedAgreementSchema.parse(withdrawn.body)).toMatchObject({ state: 'cancelled', closedAt: now });
    expect((await ask('DELETE', `${path}/${agreementId}`)).status).toBe(409);
    expect(agreementListSchema.parse((await ask('GET', path)).body).items).toHaveLength(1);
    expect(agreementListSchema.parse((await ask('GET', '/v1/customers/C-001/agreements')).body).items).toEqual([]);
    const theirs = await ask('POST', '/v1/customers/C-001/agreements', { ratingId: world.recorded[0]?.ratingId });
    expect(theirs.status).toBe(400);
    const barred = await rate({ ...wanted, facts: { ...facts, sanctionsHit: true } });
    const none = await ask('POST', path, { ratingId: barred.ratingId });
    expect(problemSchema.parse(none.body).detail).toBe('There is no advice to agree on for this rating.');
  });

  it('is in the credit file, and in the reports of those who may see it', async () => {
    await agree((await rate()).ratingId);
    const file = creditFileSchema.parse((await ask('GET', '/v1/customers/C-002/file?purpose=test')).body);
    expect(file.agreements).toHaveLength(1);
    const report = async (audience: string) =>
      creditReportSchema.parse((await ask('GET', `/v1/customers/C-002/report?purpose=test&audience=${audience}`)).body)
        .parts.agreement;
    expect(await report('customer')).toMatchObject([{ state: 'open', dueOn: '2026-06-15', promisedGrade: 'B1' }]);
    expect(await report('partner')).toEqual([]);
    const page = await ask('GET', '/v1/customers/C-002/report?purpose=test&audience=customer&format=html');
    expect(page.text).toContain('Add a guarantee by 2026-06-15.');
  });
});
