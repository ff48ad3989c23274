import { afterEach, beforeEach, expect, it } from 'vitest';
import { instant, type Instant } from '../base/index.ts';
import { startServer, type RunningServer } from '../serving/index.ts';
import { ratingAnswerSchema } from '../serving/openapi/answers.ts';
import { now, usualWorld } from './serving/world.ts';

let at: Instant;
let server: RunningServer;

beforeEach(async () => {
  at = instant(now);
  const { deps } = usualWorld();
  server = await startServer({ ...deps, clock: { now: () => at } }, { port: 0 });
});
afterEach(() => server.close());

const request = {
  features: { days_late: 0, sector: 'trade', customer_since: '2010-01-01' },
  facts: {
    kind: 'company',
    sanctionsHit: false,
    documentsMissing: [],
    existingExposure: '1000',
    guaranteeOffered: true,
  },
  request: { amount: '5000', termDays: 30 },
};
const rate = async (more: object = {}) => {
  const response = await fetch(`${server.url}/v1/ratings`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ ...request, ...more }),
  });
  return ratingAnswerSchema.parse(await response.json());
};
const read = async (path: string, headers: Record<string, string> = {}) => {
  const response = await fetch(`${server.url}/v1/ratings/${path}`, { headers });
  const body = response.status === 304 ? null : ratingAnswerSchema.parse(await response.json());
  return { status: response.status, etag: response.headers.get('etag') ?? '', body };
};

it('who reads a rating once its validity has ended is told that it has expired and supports no limit; what was decided stays', async () => {
  const made = await rate();
  const { limit, validUntil } = made.decision;
  expect(limit).toMatchObject({ granted: '5000.00', existing: '1000.00' });
  expect(Number(limit.available)).toBeGreaterThan(0);
  expect(made.decision).toMatchObject({ expired: null, limitInForce: { ...inForce(limit) } });

  at = instant(new Date(Date.parse(validUntil) - 1).toISOString());
  const before = await read(made.ratingId ?? '');
  expect(before.body).toEqual(made);
  expect((await read(made.ratingId ?? '', { 'if-none-match': before.etag })).status).toBe(304);

  at = instant(validUntil);
  const after = await read(`${made.ratingId}?notice=other`, { 'if-none-match': before.etag });
  expect(after.status).toBe(200);
  expect(after.etag).not.toBe(before.etag);
  const text = `This decision was valid until ${validUntil.slice(0, 10)}. It has expired and supports no limit.`;
  const { notice, ...told } = after.body ?? {};
  expect(told).toEqual({
    ...made,
    decision: {
      ...made.decision,
      expired: text,
      limitInForce: { currency: limit.currency, total: '0.00', available: '0.00', granted: '0.00' },
    },
  });
  expect(notice?.expired).toBe(text);
  expect((await read(made.ratingId ?? '', { 'accept-language': 'zh' })).body?.decision.expired).toContain('已过期');
});

it('a look back whose validity has ended by now supports no limit either, and none is granted where none was asked for', async () => {
  const { decision } = await rate({ asOf: '2020-01-01T00:00:00Z', request: undefined, dryRun: true });
  expect(decision.limit.granted).toBeNull();
  expect(decision.expired).toContain('has expired');
  expect(decision.limitInForce).toMatchObject({ total: '0.00', available: '0.00', granted: null });
});

function inForce({ currency, total, available, granted }: Awaited<ReturnType<typeof rate>>['decision']['limit']) {
  return { currency, total, available, granted };
}
