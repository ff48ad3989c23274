import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { canonicalJson, instant, sha256, type Json, type Tenant } from '../../base/index.ts';
import { evidenceText, overrideInForce, type Outcome, type Override } from '../../rating/index.ts';
import { startTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { createAppender, type Appender } from '../audit/index.ts';
import { createVault, openMasterKeys, withFreeTexts } from '../privacy/index.ts';
import { createRatings, pseudonymsUnder } from '../ratings/index.ts';
import { createOverrides, createStandingOverrides, OVERRIDE_KIND, type Overrides } from './index.ts';

const at = (time: string): string => `2026-06-01T${time}:00.000Z`;
const now = instant(at('12:00'));
let server: TestDatabase;
let folder: string;
let tenants = 0;
beforeAll(async () => {
  server = await startTestDatabase();
  folder = await mkdtemp(join(tmpdir(), 'probity-signed-'));
});
afterAll(async () => {
  await server?.stop();
  await rm(folder, { recursive: true, force: true });
});

/** A tenant with one rating, on two servers whose free texts are sealed. */
async function open() {
  const tenant = `signed-${tenants++}` as Tenant;
  const pseudonyms = pseudonymsUnder(new Uint8Array(32));
  const masterKeys = await openMasterKeys(join(folder, `${tenant}.json`));
  const appender = createAppender(server.database, tenant);
  const { ratingId } = await createRatings(server.database, tenant, appender, pseudonyms).record({
    customerId: 'c',
    evidence: evidenceText({
      engine: 'probity.decision/1',
      inputs: { request: { customerId: 'c' } },
      parts: {},
      answer: {},
    }),
  });
  const another = (by: Appender = createAppender(server.database, tenant)): Overrides =>
    createOverrides(
      withFreeTexts(server.database, createVault(server.database, tenant, masterKeys, pseudonyms)),
      tenant,
      by,
    );
  const standing = createStandingOverrides(server.database, tenant, (customerId) => pseudonyms.of(customerId));
  const inForce = async (outcome: Outcome, time = now) => {
    const decision = { outcome, causes: [], requestMinor: null, existingMinor: 0, minorDigits: 2 };
    const limit = { totalMinor: 900, availableMinor: 900 };
    const made = overrideInForce({ never: [] })(
      await standing.of('c', time, true),
      { ratingId, decision, limit },
      time,
    );
    return { outcome: made?.override.to ?? outcome, limit: made?.limit?.totalMinor ?? limit.totalMinor };
  };
  /** A server that finds, as it appends its first step, that another has just put this one there. */
  const beaten = (by: (revision: number) => Override): Overrides => {
    let isFirst = true;
    return another({
      ...appender,
      async append(record) {
        if (isFirst && record.kind === OVERRIDE_KIND) {
          isFirst = false;
          const { revision } = JSON.parse(Buffer.from(record.body).toString('utf8')) as { readonly revision: number };
          const step = { format: 'probity.override/1', ratingId, revision, override: by(revision) };
          const text = canonicalJson(step as unknown as Json);
          const once = { key: `override ${ratingId} ${revision}`, fingerprint: sha256(text) };
          await appender.append({ ...record, body: Buffer.from(text), once });
        }
        return appender.append(record);
      },
    });
  };
  const made = (stoodFrom: string, more: Partial<Override>): Override =>
    ({
      ratingId,
      from: 'approve',
      to: 'decline',
      amountMinor: null,
      exposure: 9,
      note: 'a brother of the mayor',
      proposedBy: 'li',
      proposedAt: stoodFrom,
      opinions: [{ actor: 'li', agrees: true, reason: 'seen', at: stoodFrom }],
      state: 'stands',
      stoodFrom,
      closedAt: null,
      expiresAt: '2026-07-01T00:00:00.000Z',
      ...more,
    }) as Override;
  const signed = (stoodFrom: string, conclusion: 'lower' | 'end' = 'lower', reviewId = 'r', limitMinor = 100) =>
    made(stoodFrom, { expiresAt: '2028-06-01T00:00:00.000Z', review: { reviewId, conclusion, limitMinor } });
  const verdict = (stoodFrom: string, to: 'approve' | 'decline' = 'approve') =>
    made(stoodFrom, {
      from: 'refer',
      to,
      amountMinor: to === 'approve' ? 400 : null,
      verdict: { caseId: 'case', causes: [], limitMinor: 400, terms: null, conditions: [], reasons: [] },
    });
  const states = async () =>
    (await another().steps(ratingId)).map(({ override }) => [
      override?.review?.reviewId ?? override?.verdict?.caseId ?? override?.to,
      override?.state,
      ...(override?.over ? [override.over.verdict?.caseId ?? override.over.to] : []),
    ]);
  return { ratingId, another, beaten, made, signed, verdict, inForce, states };
}

describe('the sign-off of a review on a rating that a person decided', () => {
  it('releases no hold, takes no approval away, and caps what was lent', async () => {
    const one = await open();
    await one.another().step(one.ratingId, () => one.made(at('09:00'), { to: 'decline' }));
    await one.another().putReviewed(one.signed(at('10:00')));
    expect(await one.inForce('approve')).toEqual({ outcome: 'decline', limit: 0 });
    expect(await one.states()).toEqual([
      ['decline', 'stands'],
      ['r', 'stands', 'decline'],
    ]);
    const two = await open();
    await two.another().putVerdict(two.verdict(at('09:00')));
    await two.another().putReviewed(two.signed(at('10:00')));
    expect(await two.inForce('refer')).toEqual({ outcome: 'approve', limit: 100 });
    // What the person wrote is read as it was written.
    expect((await two.another().of(two.ratingId))?.override?.over?.note).toBe('a brother of the mayor');
    // The next review takes the place of this one, and of nothing else.
    await two.another().putReviewed(two.signed(at('11:00'), 'lower', 'next', 50));
    expect(await two.inForce('refer')).toEqual({ outcome: 'approve', limit: 50 });
    expect(await two.another().putReviewed(two.signed(at('10:30'), 'end', 'late'))).toBeNull();
  });

  it('does not keep the verdict of its case from being in force, once', async () => {
    for (const [conclusion, to, outcome, limit] of [
      ['lower', 'approve', 'approve', 400],
      ['end', 'approve', 'approve', 400],
      ['lower', 'decline', 'decline', 0],
    ] as const) {
      const { another, signed, verdict, inForce, states } = await open();
      await another().putReviewed(signed(at('09:00'), conclusion));
      expect(await another().putVerdict(verdict(at('10:00'), to))).not.toBeNull();
      expect(await another().putVerdict(verdict(at('10:00'), to))).toBeNull();
      expect(await inForce('refer')).toEqual({ outcome, limit });
      expect(await states()).toHaveLength(2);
    }
    // Decided before, and put there late: the cap is on it.
    const { another, signed, verdict, inForce } = await open();
    await another().putReviewed(signed(at('10:00')));
    await another().putVerdict(verdict(at('09:00')));
    expect(await inForce('refer')).toEqual({ outcome: 'approve', limit: 100 });
  });

  it('that comes late undoes nothing that was decided since, and refuses what waits from when it does', async () => {
    const { ratingId, another, made, signed, inForce, states } = await open();
    await another().step(ratingId, () => made(at('10:05'), { from: 'decline', to: 'approve', amountMinor: 200 }));
    await another().putReviewed(signed(at('10:00'), 'end'));
    expect(await inForce('decline')).toEqual({ outcome: 'approve', limit: 200 });
    expect(await states()).toEqual([
      ['approve', 'stands'],
      ['r', 'stands', 'approve'],
    ]);
    const waits = await open();
    await waits
      .another()
      .step(waits.ratingId, () =>
        waits.made(at('10:05'), { state: 'second', stoodFrom: null, proposedAt: at('10:05') }),
      );
    for (const _ of [1, 2]) await waits.another().putReviewed(waits.signed(at('10:00')));
    expect(await waits.states()).toEqual([
      ['decline', 'second'],
      ['decline', 'refused'],
      ['r', 'stands'],
    ]);
    expect((await waits.another().steps(waits.ratingId))[1]?.override?.closedAt).toBe(at('10:05'));
  });

  it('is one, as a verdict is, whichever of several servers is first', async () => {
    const one = await open();
    expect(await one.beaten(() => one.verdict(at('10:00'))).putVerdict(one.verdict(at('10:00')))).toBeNull();
    expect(await one.states()).toEqual([['case', 'stands']]);
    const { ratingId, another, beaten, made, signed, states } = await open();
    await another().step(ratingId, () => made(at('09:00'), { to: 'decline' }));
    const over = made(at('09:00'), { to: 'decline' });
    expect(await beaten(() => ({ ...signed(at('10:00')), over })).putReviewed(signed(at('10:00')))).toBeNull();
    expect(await states()).toEqual([
      ['decline', 'stands'],
      ['r', 'stands', 'decline'],
    ]);
    const both = await open();
    await Promise.all([1, 2, 3].map(() => both.another().putVerdict(both.verdict(at('10:00')))));
    await Promise.all([1, 2, 3].map(() => both.another().putReviewed(both.signed(at('11:00')))));
    expect(await both.states()).toEqual([
      ['case', 'stands'],
      ['r', 'stands', 'case'],
    ]);
  });

  it('goes on when the decision beside it ends by its time, which the chain is told once', async () => {
    const { ratingId, another, made, signed, inForce, states } = await open();
    await another().step(ratingId, () => made(at('09:00'), { to: 'decline' }));
    await another().putReviewed(signed(at('10:00')));
    const later = instant('2026-07-01T00:00:00.000Z');
    expect(await another().expire(now, 10)).toBe(0);
    await Promise.all([another().expire(later, 10), another().expire(later, 10)]);
    expect(await another().expire(later, 10)).toBe(0);
    expect((await states()).slice(2)).toEqual([['r', 'stands']]);
    expect(await inForce('approve', later)).toEqual({ outcome: 'approve', limit: 100 });
    expect(await another().expire(instant('2028-06-01T00:00:00.000Z'), 10)).toBe(1);
  });
});
