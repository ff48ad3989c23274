import { afterAll, beforeAll, expect, it } from 'vitest';
import { instant, ProbityError, type Instant, type Tenant } from '../../base/index.ts';
import { evidenceText, measureOverrides, type Override } from '../../rating/index.ts';
import { createAppender } from '../../records/audit/index.ts';
import { createOverrides, type Overrides } from '../../records/overrides/index.ts';
import { createRatings, pseudonymsUnder, type Ratings } from '../../records/ratings/index.ts';
import { startTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { overrideReport } from './override-report.ts';

const tenant = 'acme' as Tenant;
const asOf = '2026-01-01T00:00:00.000Z';
let server: TestDatabase;
let ratings: Ratings;
let overrides: Overrides;
beforeAll(async () => {
  server = await startTestDatabase();
  const appender = createAppender(server.database, tenant);
  const pseudonyms = pseudonymsUnder(new Uint8Array(32));
  ratings = createRatings(server.database, tenant, appender, pseudonyms);
  overrides = createOverrides(server.database, tenant, appender);
});
afterAll(() => server?.stop());

async function decided(customerId: string, outcome: string, pd: number, code = 'CNY'): Promise<string> {
  const decision = {
    outcome,
    pd,
    currency: { code, minorDigits: 2 },
    limit: { requestedMinor: 100_000 },
    priceFloor: { lgd: 0.5, eadMinor: 80_000 },
  };
  const evidence = evidenceText({
    engine: 'probity.decision/1',
    inputs: { asOf, request: { customerId } },
    parts: {},
    answer: { decision },
  });
  return (await ratings.record({ customerId, evidence })).ratingId;
}
const overridden = (ratingId: string, from: string, to: string, more: Partial<Override> = {}) =>
  overrides.step(
    ratingId,
    () =>
      ({
        ratingId,
        from,
        to,
        amountMinor: to === 'decline' ? null : 50_000,
        reasonCode: 'GROUP_SUPPORT',
        state: 'stands',
        stoodFrom: asOf,
        expiresAt: '2099-01-01T00:00:00.000Z',
        ...more,
      }) as Override,
  );

it('measures overrides with the outcomes that are known, against what model and rules decided', async () => {
  const period = { from: instant('2020-01-01'), until: instant('2100-01-01') };
  const of = { database: server.database, tenant, overrides };
  const now = instant(Date.now() + 60_000);
  await overridden(await decided('lent well', 'decline', 0.4), 'decline', 'approve');
  await overridden(await decided('lent badly', 'decline', 0.5), 'decline', 'condition', {
    reasonCode: 'ONE_OFF_EVENT',
    state: 'revoked',
    closedAt: '2026-01-05T00:00:00.000Z',
  });
  await overridden(await decided('refused', 'approve', 0.02), 'approve', 'decline');
  await overridden(await decided('waiting', 'decline', 0.3), 'decline', 'approve', {
    state: 'second',
    stoodFrom: null,
  });
  await decided('own good', 'approve', 0.01);
  await decided('own bad', 'condition', 0.05);
  await decided('never lent', 'decline', 0.9);
  await decided('in yen', 'approve', 0.01, 'JPY');
  await ratings.record({
    customerId: 'old',
    evidence: evidenceText({ engine: 'x', inputs: {}, parts: {}, answer: {} }),
  });
  await decided('gone', 'approve', 0.01);
  await ratings.eraseCustomer('gone');
  const bad: Readonly<Record<string, boolean | null>> = {
    'lent well': false,
    'lent badly': true,
    'own good': false,
    'own bad': true,
  };
  const asked: string[] = [];
  const report = await overrideReport(of, period, now, async (all) => {
    for (const { customerId, asOf: at } of all) asked.push(`${customerId} ${at}`);
    return { cutoff: instant('2026-06-01'), badOf: ({ customerId }) => bad[customerId] ?? null, badAt: () => null };
  });
  expect(asked).toContain(`lent well ${asOf}`);
  const one = { amount: 500, lgd: 0.5, ead: 400 };
  const expected = measureOverrides(
    [
      { ...one, customer: 'a', from: 'decline', to: 'approve', reasonCode: 'GROUP_SUPPORT', pd: 0.4, bad: false },
      { ...one, customer: 'b', from: 'decline', to: 'condition', reasonCode: 'ONE_OFF_EVENT', pd: 0.5, bad: true },
      {
        customer: 'c',
        from: 'approve',
        to: 'decline',
        reasonCode: 'GROUP_SUPPORT',
        pd: 0.02,
        amount: 1000,
        lgd: 0.5,
        ead: 800,
        bad: null,
      },
    ],
    [
      { customer: 'd', bad: false },
      { customer: 'e', bad: true },
    ],
  );
  expect(report).toMatchObject({
    ...expected,
    currency: 'CNY',
    decisions: 7,
    overridden: 3,
    standing: 2,
    neverStood: 1,
    outcomes: { knownUntil: '2026-06-01T00:00:00.000Z' },
    leftOut: { erased: 1, withoutDecision: 1, otherCurrency: 1 },
  });
  // 0.1 of 500 earned, half of 400 lost.
  expect(report.lent.profit?.mean).toBe((50 - 200) / 2);
});

it('says why it measures no outcome where none can be read, and does not hide what it does not expect', async () => {
  const period = { from: instant('2020-01-01'), until: instant('2100-01-01') };
  const of = { database: server.database, tenant, overrides };
  const now: Instant = instant(Date.now() + 60_000);
  const busy = async () => {
    throw new ProbityError('WAREHOUSE_BUSY', 'held by another');
  };
  const report = await overrideReport(of, period, now, busy);
  expect(report).toMatchObject({
    overridden: 3,
    outcomes: { knownUntil: null, why: 'held by another' },
    lent: { known: 0 },
  });
  await expect(
    overrideReport(of, period, now, async () => {
      throw new Error('disk');
    }),
  ).rejects.toThrow('disk');
});
