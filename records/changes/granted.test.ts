import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Clock, Tenant } from '../../base/index.ts';
import { overrideInForce, type Override } from '../../rating/index.ts';
import { AT, rating, subjectOf, type Said } from '../../test/support/change-feed.ts';
import { startTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { createAppender } from '../audit/index.ts';
import { createOverrides } from '../overrides/index.ts';
import { ratingIdOf } from '../ratings/index.ts';
import { createGrantedLimits } from './index.ts';

const EARLIER = '2026-06-01T11:59:59.000Z';
let server: TestDatabase;
let tenants = 0;
beforeAll(async () => {
  server = await startTestDatabase();
});
afterAll(() => server?.stop());

/** A chain of ratings that are valid until `AT`, and the limits that they grant. */
const chain = () => {
  const tenant = `granted-${++tenants}` as Tenant;
  const clock: Clock = { now: () => EARLIER as never };
  const appender = createAppender(server.database, tenant, { clock });
  const overrides = createOverrides(server.database, tenant, appender);
  const pseudonyms = async () => ({ of: subjectOf });
  const granted = createGrantedLimits(server.database, tenant, pseudonyms, overrideInForce({ never: [] }));
  const rate = async (said: Said) => ratingIdOf((await appender.append(rating({ asOf: EARLIER, ...said }))).record);
  const limits = async (at: string, ...ids: readonly string[]) =>
    Object.fromEntries([...(await granted.of(ids, at))].map(([id, { limit }]) => [id, limit]));
  return { appender, overrides, granted, rate, limits };
};

describe('the limit that ratings grant', () => {
  it('is that of the newest approval that speaks for the present, until its validity ends', async () => {
    const { rate, limits, granted } = chain();
    await rate({ customerId: 'a', total: 100_000 });
    const ratingId = await rate({ customerId: 'a', total: 250_000 });
    await rate({ customerId: 'a', total: 900_000, asOf: '2026-01-01T00:00:00.000Z' });
    await rate({ customerId: 'b', total: 5_050 });
    expect(await limits(EARLIER, 'a', 'b', 'nobody')).toEqual({ a: 2_500, b: 50.5 });
    expect((await granted.of(['a'], EARLIER)).get('a')).toEqual({ ratingId, asOf: EARLIER, limit: 2_500 });
    expect(await limits(AT, 'a', 'b')).toEqual({});
    expect(await limits(EARLIER)).toEqual({});
  });

  it('is none where the newest rating refers or declines, or was erased', async () => {
    const { rate, limits, appender } = chain();
    for (const customerId of ['referred', 'declined', 'erased', 'kept']) await rate({ customerId });
    await rate({ customerId: 'referred', outcome: 'refer', total: 700 });
    await rate({ customerId: 'declined', outcome: 'decline', total: 0 });
    await appender.append({ kind: 'erasure', subject: subjectOf('erased'), body: Buffer.from('{}') });
    expect(await limits(EARLIER, 'referred', 'declined', 'erased', 'kept')).toEqual({ kept: 1 });
  });

  it('is what a person decided while an override stands', async () => {
    const { rate, limits, overrides } = chain();
    const ratingId = await rate({ customerId: 'a', outcome: 'decline', total: 0 });
    const step = (more: Partial<Override>) =>
      overrides.step(
        ratingId,
        () =>
          ({
            ratingId,
            from: 'decline',
            to: 'approve',
            amountMinor: 4_000,
            exposure: 40,
            reasonCode: 'DATA_WRONG',
            expiresAt: '2026-06-20T00:00:00.000Z',
            proposedAt: EARLIER,
            stoodFrom: EARLIER,
            closedAt: null,
            ...more,
          }) as Override,
      );
    await step({ state: 'stands' });
    expect(await limits(EARLIER, 'a')).toEqual({ a: 40 });
    await step({ state: 'revoked', closedAt: EARLIER });
    expect(await limits(EARLIER, 'a')).toEqual({});
  });
});
