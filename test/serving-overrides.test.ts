import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startServer, type RunningServer } from '../serving/index.ts';
import { problemSchema, ratingAnswerSchema } from '../serving/openapi/answers.ts';
import {
  overrideListSchema,
  overridePageSchema,
  overrideReportSchema,
  overrideStepSchema,
} from '../serving/openapi/override-paths.ts';
import { byName } from './serving/by-name.ts';
import { usualWorld } from './serving/world.ts';

let server: RunningServer;

beforeEach(async () => {
  const world = usualWorld();
  world.know('doubtful', { days_late: 45, sector: 'retail', customer_since: '2012-01-01' });
  world.know('prompt', { days_late: 0, sector: 'retail', customer_since: '2012-01-01' });
  server = await startServer({ ...world.deps, authenticate: byName }, { port: 0 });
});
afterEach(() => server.close());

async function ask(method: string, path: string, body?: unknown, as?: string, language = 'en', key?: string) {
  const response = await fetch(server.url + path, {
    method,
    headers: {
      'accept-language': language,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(key === undefined ? {} : { 'idempotency-key': key }),
      ...(as === undefined ? {} : { authorization: `Bearer ${as}` }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: await response.json() };
}

async function rated(customerId: string, request: object, more: object = {}) {
  const { status, body } = await ask('POST', '/v1/ratings', { customerId, request, ...more }, 'shop:applicant-system');
  expect(status, JSON.stringify(body)).toBe(200);
  return ratingAnswerSchema.parse(body);
}
const cny = (amount: string) => ({ amount, currency: 'CNY', termDays: 30 });
const secured = (amount: string, expiresAt = '2026-06-20') => ({
  to: 'approve',
  amount,
  reasonCode: 'SECURITY_NOT_IN_DATA',
  note: 'guarantee seen',
  expiresAt,
});
const propose = (ratingId: string | null, body: object, as = 'li:credit-officer') =>
  ask('POST', `/v1/ratings/${ratingId}/overrides`, body, as);
const read = async (ratingId: string | null, language = 'en') =>
  ratingAnswerSchema.parse((await ask('GET', `/v1/ratings/${ratingId}`, undefined, undefined, language)).body);

describe('overrides', () => {
  it('take the place of the decision, which is explained as the one that was made, until they are revoked', async () => {
    const declined = await rated('late', cny('12000'));
    expect([declined.decision.outcome, declined.override]).toEqual(['decline', null]);
    const made = await propose(declined.ratingId, secured('8000'));
    expect(made.status).toBe(201);
    const step = overrideStepSchema.parse(made.body);
    expect(step).toMatchObject({
      revision: 1,
      inForce: true,
      override: { from: 'decline', to: 'approve', amount: '8000.00', requestedBy: 'key:shop', proposedBy: 'key:li' },
    });
    const { decision, override } = await read(declined.ratingId);
    expect(decision).toMatchObject({
      outcome: 'approve',
      ofModelAndRules: 'decline',
      reasons: [
        { kind: 'override', about: 'SECURITY_NOT_IN_DATA', text: 'Security was given that the data did not hold.' },
      ],
      boundary: { kind: 'override' },
      limit: { granted: '8000.00' },
    });
    expect(override).toMatchObject({ ratingId: declined.ratingId, carried: false, inForce: true, amount: '8000.00' });
    const chinese = await read(declined.ratingId, 'zh-CN');
    expect(chinese.decision).toMatchObject({ name: '批准', reasons: [{ text: '已提供数据中未反映的担保。' }] });
    const noticed = await ask('GET', `/v1/ratings/${declined.ratingId}?notice=US`);
    expect(ratingAnswerSchema.parse(noticed.body).notice).toMatchObject({ outcome: 'approve' });

    const revoke = { kind: 'revoke', reason: 'guarantee returned' };
    const at = `/v1/ratings/${declined.ratingId}/overrides`;
    const revoked = await ask('POST', `${at}/events`, revoke, 'wu:credit-officer');
    expect(overrideStepSchema.parse(revoked.body)).toMatchObject({ revision: 2, inForce: false });
    const after = await read(declined.ratingId);
    expect(after.decision).toEqual(declined.decision);
    expect(after.override).toMatchObject({ inForce: false, state: 'revoked' });
    const { items } = overrideListSchema.parse((await ask('GET', at)).body);
    expect(items.map((one) => one.override?.state)).toEqual(['stands', 'revoked']);
  });

  it('are proposed once for an Idempotency-Key, whatever became of the proposal since', async () => {
    const { ratingId } = await rated('late', cny('12000'));
    const at = `/v1/ratings/${ratingId}/overrides`;
    const keyed = (body: object, key: string) => ask('POST', at, body, 'li:credit-officer', 'en', key);
    const both = await Promise.all([keyed(secured('8000'), 'k-1'), keyed(secured('8000'), 'k-1')]);
    expect(both.map(({ status }) => status)).toEqual([201, 201]);
    expect(both[0]?.body).toEqual(both[1]?.body);
    const other = await keyed(secured('7000'), 'k-1');
    expect(problemSchema.parse(other.body).code).toBe('IDEMPOTENCY_CONFLICT');
    await ask('POST', `${at}/events`, { kind: 'revoke', reason: 'returned' }, 'wu:credit-officer');
    expect((await keyed(secured('8000'), 'k-1')).body).toMatchObject({ revision: 1 });
    expect((await keyed(secured('8000'), 'k-2')).body).toMatchObject({ revision: 3 });
    expect(overrideListSchema.parse((await ask('GET', at)).body).items).toHaveLength(3);
    // One that names an amount is another than one that names none.
    const lends = await rated('prompt', cny('1000'));
    expect(lends.decision.outcome).toBe('condition');
    const tightens = (more: object = {}) =>
      ask(
        'POST',
        `/v1/ratings/${lends.ratingId}/overrides`,
        { to: 'decline', reasonCode: 'NOT_CONFIRMED', note: 'seen', expiresAt: '2026-06-20', ...more },
        'li:credit-officer',
        'en',
        'k-3',
      );
    const first = await tightens();
    expect([first.status, (await tightens()).body]).toEqual([201, first.body]);
    expect(problemSchema.parse((await tightens({ amount: '5' })).body).code).toBe('IDEMPOTENCY_CONFLICT');
  });

  it('need a second person from the threshold on, a level that covers the exposure, and nobody who asked for the rating', async () => {
    const { ratingId } = await rated('late', cny('150000'));
    const low = await propose(ratingId, secured('120000'));
    expect([low.status, problemSchema.parse(low.body)]).toMatchObject([
      409,
      { code: 'OVERRIDE_REFUSED', problems: [{ at: 'roles' }] },
    ]);
    expect((await propose(ratingId, secured('120000'), 'shop:viewer')).status).toBe(403);
    const own = await propose(ratingId, secured('200000', '2027-01-01'), 'shop:credit-manager');
    expect(
      problemSchema
        .parse(own.body)
        .problems.map(({ at }) => at)
        .sort(),
    ).toEqual(['actor', 'amountMinor', 'expiresAt']);
    const waiting = await propose(ratingId, secured('120000'), 'wang:credit-manager');
    expect(overrideStepSchema.parse(waiting.body)).toMatchObject({ inForce: false, override: { state: 'second' } });
    expect((await read(ratingId)).decision.outcome).toBe('decline');
    const listed = async (query: string) =>
      overridePageSchema
        .parse((await ask('GET', `/v1/overrides${query}`)).body)
        .items.map((one) => [one.ratingId, one.override?.state]);
    expect(await listed('?state=second')).toEqual([[ratingId, 'second']]);
    const act = (body: object, as: string) => ask('POST', `/v1/ratings/${ratingId}/overrides/events`, body, as);
    const self = await act({ kind: 'confirm' }, 'wang:credit-manager');
    expect(problemSchema.parse(self.body)).toMatchObject({ status: 409, problems: [{ at: 'actor' }] });
    expect((await act({ kind: 'confirm', reason: 'x' }, 'zhao:credit-manager')).status).toBe(400);
    expect((await act({ kind: 'refuse' }, 'zhao:credit-manager')).status).toBe(400);
    const second = await act({ kind: 'confirm' }, 'zhao:credit-manager');
    expect(overrideStepSchema.parse(second.body)).toMatchObject({ inForce: true });
    expect((await read(ratingId)).decision.outcome).toBe('approve');
    expect(await listed('?state=second')).toEqual([]);
    expect(await listed('')).toEqual([[ratingId, 'stands']]);
  });

  it('hold for later ratings of the customer while they stand, up to what they were for, and for nobody else', async () => {
    const first = await rated('late', cny('12000'));
    await propose(first.ratingId, secured('10000'));
    const again = await rated('late', cny('9000'));
    expect(again.decision).toMatchObject({
      outcome: 'approve',
      ofModelAndRules: 'decline',
      limit: { granted: '9000.00' },
      reasons: [{ kind: 'override' }],
    });
    expect(again.override).toMatchObject({ ratingId: first.ratingId, carried: true, inForce: true });
    expect((await read(again.ratingId)).decision).toEqual(again.decision);
    const dry = await rated('late', cny('9000'), { dryRun: true });
    expect(dry.decision.outcome).toBe('approve');
    const more = await rated('late', cny('10001'));
    expect([more.decision.outcome, more.override?.notCarried]).toEqual(['decline', 'more-exposure']);
    const owing = await rated('late', cny('9000'), { facts: { existingExposure: '1001' } });
    expect([owing.decision.outcome, owing.override?.notCarried]).toEqual(['decline', 'more-exposure']);
    const past = await rated('late', cny('9000'), { asOf: '2026-05-01' });
    expect([past.decision.outcome, past.override]).toEqual(['decline', null]);
    const other = await rated('C-001', cny('9000'));
    expect([other.decision.outcome, other.override]).toEqual(['decline', null]);
    const barred = await rated('late', cny('9000'), { facts: { sanctionsHit: true } });
    expect([barred.decision.outcome, barred.override?.notCarried]).toEqual(['decline', 'barred']);
    const batch = await fetch(`${server.url}/v1/ratings:batch`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-ndjson' },
      body: `${JSON.stringify({ customerId: 'late', request: cny('9000') })}\n`,
    });
    expect(JSON.parse(await batch.text())).toMatchObject({
      decision: { outcome: 'approve' },
      override: { carried: true },
    });
  });

  it('are no way around a referral, and of ratings that exist alone', async () => {
    const referred = await rated('doubtful', cny('1000'));
    expect(referred.decision.outcome).toBe('refer');
    const tried = await propose(referred.ratingId, secured('1000'));
    expect(problemSchema.parse(tried.body)).toMatchObject({ status: 409, problems: [{ at: 'to' }] });
    expect((await propose('1-0000', secured('1'))).status).toBe(404);
    expect((await propose(referred.ratingId, { to: 'refer' })).status).toBe(400);
  });

  it('are reported by a period', async () => {
    const report = await ask('GET', '/v1/reports/overrides?from=2026-06-01&to=2026-07-01');
    expect(overrideReportSchema.parse(report.body)).toMatchObject({ outcomes: { knownUntil: null } });
    expect((await ask('GET', '/v1/reports/overrides?from=2026-06-01&to=2026-06-01')).status).toBe(400);
  });
});
