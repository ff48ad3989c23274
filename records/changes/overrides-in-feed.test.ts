import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Clock, Tenant } from '../../base/index.ts';
import { overrideInForce, type Override } from '../../rating/index.ts';
import { all, AT, brief, rating, type Said } from '../../test/support/change-feed.ts';
import { startTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { createAppender } from '../audit/index.ts';
import { createOverrides } from '../overrides/index.ts';
import { ratingIdOf } from '../ratings/index.ts';
import { createChangeFeed, type ChangeFeed } from './index.ts';

let server: TestDatabase;
let tenants = 0;
beforeAll(async () => {
  server = await startTestDatabase();
});
afterAll(() => server?.stop());

describe('overrides in the feed', () => {
  const expiresAt = '2026-06-20T00:00:00.000Z';
  let now = AT;
  const moving: Clock = { now: () => now as never };
  beforeEach(() => (now = AT));
  /** A chain whose clock the test moves, and a feed that knows the law of overrides. */
  const ruled = () => {
    const tenant = `feed-${++tenants}` as Tenant;
    const appender = createAppender(server.database, tenant, { clock: moving });
    const overrides = createOverrides(server.database, tenant, appender);
    const feed = createChangeFeed(server.database, tenant, overrideInForce({ never: ['SANCTIONS_HIT'] }));
    const rate = async (said: Said) => ratingIdOf((await appender.append(rating(said))).record);
    const step = (ratingId: string, more: Partial<Override>) =>
      overrides.step(
        ratingId,
        (before) =>
          ({
            ...(before ?? {
              ratingId,
              from: 'decline',
              to: 'approve',
              amountMinor: 40,
              exposure: 0.4,
              reasonCode: 'DATA_WRONG',
              expiresAt,
              proposedAt: now,
              stoodFrom: null,
              closedAt: null,
            }),
            ...more,
          }) as Override,
      );
    return { appender, overrides, feed, rate, step };
  };
  const inForce = (ratingId: string) => ({ override: { ratingId, expiresAt } });
  const told = async (feed: ChangeFeed, sequence: number) =>
    (await all(feed, 200)).changes.filter((change) => change.sequence === sequence).map(brief);
  const limitOf = (total: number, more: object = {}) => ({
    totalMinor: total,
    availableMinor: total,
    currency: 'CNY',
    minorDigits: 2,
    ...more,
  });
  const declined = { held: true, outcome: 'decline', causes: ['PD'] };
  const approved = (ratingId: string) => ({
    held: false,
    outcome: 'approve',
    causes: ['DATA_WRONG'],
    ...inForce(ratingId),
  });

  it('tell limit and hold that a person decided once they stand, and those of model and rules again once revoked', async () => {
    const { feed, rate, step } = ruled();
    const ratingId = await rate({ outcome: 'decline', total: 0 });
    await step(ratingId, { state: 'second' });
    await step(ratingId, { state: 'stands', stoodFrom: now });
    await step(ratingId, { state: 'revoked', closedAt: now });
    expect(await told(feed, 2)).toEqual([]);
    expect(await told(feed, 3)).toEqual([
      ['limit', limitOf(0), limitOf(40, inForce(ratingId))],
      ['hold', declined, approved(ratingId)],
    ]);
    expect(await told(feed, 4)).toEqual([
      ['limit', limitOf(40, inForce(ratingId)), limitOf(0)],
      ['hold', approved(ratingId), declined],
    ]);
    const { changes } = await all(feed, 200);
    expect(changes.find(({ sequence }) => sequence === 3)).toMatchObject({ ratingId, customerId: 'c' });
    // From any place, in parts of any size: the same.
    for (const limit of [1, 2, 3]) expect((await all(feed, limit)).changes).toEqual(changes);
    for (const from of [1, 2, 3])
      expect((await feed.read({ sequence: from, taken: 0 }, { limit: 200 })).changes).toEqual(
        changes.filter(({ sequence }) => sequence > from),
      );
  });

  it('end by their time as a change of their own, put on record once', async () => {
    const { feed, rate, step, overrides } = ruled();
    const ratingId = await rate({ outcome: 'decline', total: 0 });
    await step(ratingId, { state: 'stands', stoodFrom: now });
    expect(await overrides.expire('2026-06-19T23:59:59.999Z' as never, 10)).toBe(0);
    now = '2026-06-20T00:00:01.000Z';
    // A look back in between tells nothing of the present, and loses nothing of it.
    await rate({ asOf: '2026-05-01T00:00:00.000Z' });
    expect(await overrides.expire(now as never, 10)).toBe(1);
    expect(await overrides.expire(now as never, 10)).toBe(0);
    expect((await told(feed, 3)).map(([type]) => type)).toEqual(['rating']);
    expect(await told(feed, 4)).toEqual([
      ['limit', limitOf(40, inForce(ratingId)), limitOf(0)],
      ['hold', approved(ratingId), declined],
    ]);
    expect((await feed.read({ sequence: 3, taken: 0 }, { limit: 200 })).changes.map(brief)).toEqual(
      await told(feed, 4),
    );
  });

  it('hold for later ratings as the law says, and no longer where more is at stake or the cause may not be overridden', async () => {
    const { feed, rate, step } = ruled();
    const first = await rate({ outcome: 'decline', total: 0 });
    await step(first, { state: 'stands', stoodFrom: now });
    await rate({ outcome: 'decline', total: 0 });
    await rate({ outcome: 'decline', total: 0, owed: 41 });
    await rate({ outcome: 'approve', total: 100 });
    await step(first, { state: 'revoked', closedAt: now });
    expect((await told(feed, 3)).map(([type]) => type)).toEqual(['rating']);
    expect((await told(feed, 4)).slice(1)).toEqual([
      ['limit', limitOf(40, inForce(first)), limitOf(0)],
      ['hold', approved(first), declined],
    ]);
    expect((await told(feed, 5)).slice(1)).toEqual([
      ['limit', limitOf(0), limitOf(100)],
      ['hold', declined, { held: false, outcome: 'approve', causes: ['PD'] }],
    ]);
    expect(await told(feed, 6)).toEqual([]);
  });

  it('towards a worse outcome take the limit away and hold', async () => {
    const { feed, rate, step } = ruled();
    const ratingId = await rate({ outcome: 'approve', total: 100 });
    const worse = { from: 'approve', to: 'decline', amountMinor: null, reasonCode: 'CONCENTRATION' } as const;
    await step(ratingId, { ...worse, state: 'stands', stoodFrom: now });
    expect(await told(feed, 2)).toEqual([
      ['limit', limitOf(100), limitOf(0, inForce(ratingId))],
      [
        'hold',
        { held: false, outcome: 'approve', causes: ['PD'] },
        { held: true, outcome: 'decline', causes: ['CONCENTRATION'], ...inForce(ratingId) },
      ],
    ]);
  });
});
