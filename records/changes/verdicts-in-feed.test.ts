import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Clock, Tenant } from '../../base/index.ts';
import { overrideInForce, type Override, type Verdict } from '../../rating/index.ts';
import { all, AT, brief, rating, subjectOf, type Said } from '../../test/support/change-feed.ts';
import { startTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { createAppender } from '../audit/index.ts';
import { createOverrides } from '../overrides/index.ts';
import { ratingIdOf } from '../ratings/index.ts';
import { createChangeFeed, createGrantedLimits } from './index.ts';

/** The fixture's ratings are valid until AT. */
const EARLIER = '2026-06-01T11:59:59.000Z';
let server: TestDatabase;
beforeAll(async () => {
  server = await startTestDatabase();
});
afterAll(() => server?.stop());

describe('the verdict of a case in the feed', () => {
  const expiresAt = '2026-06-20T00:00:00.000Z';
  let now = EARLIER;
  let tenants = 0;
  const moving: Clock = { now: () => now as never };
  const ruled = () => {
    now = EARLIER;
    const tenant = `verdict-${++tenants}` as Tenant;
    const law = overrideInForce({ never: [] });
    const appender = createAppender(server.database, tenant, { clock: moving });
    const overrides = createOverrides(server.database, tenant, appender);
    const feed = createChangeFeed(server.database, tenant, law);
    const granted = createGrantedLimits(server.database, tenant, async () => ({ of: subjectOf }), law);
    return {
      overrides,
      rate: async (said: Said) => ratingIdOf((await appender.append(rating(said))).record),
      limit: async () => (await granted.of(['c'], now)).get('c')?.limit ?? null,
      told: async (sequence: number) =>
        (await all(feed, 200)).changes.filter((change) => change.sequence === sequence).map(brief),
    };
  };
  const verdict = (ratingId: string, to: Override['to'], set: Partial<Verdict> = {}): Override =>
    ({
      ratingId,
      from: 'refer',
      to,
      amountMinor: to === 'decline' ? null : 40,
      exposure: 0.5,
      reasonCode: 'REVIEWED',
      proposedAt: now,
      stoodFrom: now,
      closedAt: null,
      state: 'stands',
      expiresAt,
      verdict: {
        caseId: ratingId,
        causes: ['PD'],
        limitMinor: to === 'decline' ? 0 : 50,
        terms: null,
        conditions: [],
        reasons: [{ code: 'REVIEWED', text: { en: 'a', 'zh-CN': 'a' } }],
        ...set,
      },
    }) as unknown as Override;
  const held = { held: true, outcome: 'refer', causes: ['PD'] };
  const limitOf = (totalMinor: number, availableMinor: number, more: object = {}) => ({
    totalMinor,
    availableMinor,
    currency: 'CNY',
    minorDigits: 2,
    ...more,
  });

  it('ends the hold, grants the limit and sets the terms that a person decided, until it ends by its time', async () => {
    const { overrides, rate, told, limit } = ruled();
    const ratingId = await rate({ outcome: 'refer', total: 100, owed: 10 });
    expect(await limit()).toBeNull();
    const terms = { days: 10, prepayment: 0.2, guaranteeNeeded: true };
    expect(await overrides.putVerdict(verdict(ratingId, 'approve', { terms }))).not.toBeNull();
    const override = { ratingId, expiresAt, caseId: ratingId };
    const ordinary = { days: 30, prepayment: 0, guaranteeNeeded: false };
    const free = { held: false, outcome: 'approve', causes: ['REVIEWED'], override };
    expect(await told(2)).toEqual([
      ['limit', limitOf(100, 100), limitOf(50, 40, { override })],
      ['terms', ordinary, { ...terms, override }],
      ['hold', held, free],
    ]);
    expect(await limit()).toBe(0.5);
    now = AT;
    expect(await limit()).toBeNull();
    now = expiresAt;
    expect(await overrides.expire(now as never, 10)).toBe(1);
    expect(await told(3)).toEqual([
      ['limit', limitOf(50, 40, { override }), limitOf(100, 100)],
      ['terms', { ...terms, override }, ordinary],
      ['hold', free, held],
    ]);
  });

  it('is one, however often it is put into the chain, and none for a rating that is not there', async () => {
    const { overrides, rate } = ruled();
    const ratingId = await rate({ outcome: 'refer' });
    const both = await Promise.all([1, 2].map(() => overrides.putVerdict(verdict(ratingId, 'approve'))));
    expect(both.filter((one) => one === null)).toHaveLength(1);
    expect(await overrides.putVerdict(verdict(ratingId, 'decline'))).toBeNull();
    expect((await overrides.steps(ratingId)).map(({ override }) => override?.to)).toEqual(['approve']);
    expect(await overrides.putVerdict(verdict('99-0123456789abcdef', 'approve'))).toBeNull();
    expect((await overrides.ofCustomerOf(ratingId)).map(({ to }) => to)).toEqual(['approve']);
  });

  it('that declines leaves no limit and holds with the person’s reason', async () => {
    const { overrides, rate, told } = ruled();
    const ratingId = await rate({ outcome: 'refer', total: 100 });
    await overrides.putVerdict(verdict(ratingId, 'decline'));
    const override = { ratingId, expiresAt, caseId: ratingId };
    expect(await told(2)).toEqual([
      ['limit', limitOf(100, 100), limitOf(0, 0, { override })],
      ['hold', held, { held: true, outcome: 'decline', causes: ['REVIEWED'], override }],
    ]);
  });

  it('that approved holds for later referrals by what was looked at, and no longer than more is at stake', async () => {
    const { overrides, rate, told } = ruled();
    const ratingId = await rate({ outcome: 'refer', total: 100 });
    await overrides.putVerdict(verdict(ratingId, 'approve'));
    await rate({ outcome: 'refer', total: 100, owed: 20 });
    await rate({ outcome: 'refer', total: 100, owed: 51 });
    const override = { ratingId, expiresAt, caseId: ratingId };
    const free = { held: false, outcome: 'approve', causes: ['REVIEWED'], override };
    expect((await told(3)).slice(1)).toEqual([['limit', limitOf(50, 40, { override }), limitOf(50, 30, { override })]]);
    expect((await told(4)).slice(1)).toEqual([
      ['limit', limitOf(50, 30, { override }), limitOf(100, 100)],
      ['hold', free, held],
    ]);
  });
});
