import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { canonicalJson, instant, sha256, type Json, type Tenant } from '../../base/index.ts';
import { evidenceText, type Override } from '../../rating/index.ts';
import { startTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { createAppender, erasures, storedHead, storedRecords, verifyChain, type Appender } from '../audit/index.ts';
import { createRatings, pseudonymsUnder, type Ratings } from '../ratings/index.ts';
import { createOverrides, createStandingOverrides, OVERRIDE_KIND, type Overrides } from './index.ts';

const tenant = 'acme' as Tenant;
const evidence = evidenceText({ engine: 'probity.decision/1', inputs: {}, parts: {}, answer: {} });
const first = { state: 'second', to: 'approve', note: 'seen', expiresAt: '2026-04-01T00:00:00.000Z' } as Override;
const confirmed = (before: Override | null): Override => ({ ...(before as Override), state: 'stands' });

describe('stored overrides', () => {
  let server: TestDatabase;
  let appender: Appender;
  let ratings: Ratings;
  let overrides: Overrides;
  beforeAll(async () => {
    server = await startTestDatabase();
    appender = createAppender(server.database, tenant);
    ratings = createRatings(server.database, tenant, appender, pseudonymsUnder(new Uint8Array(32)));
    overrides = createOverrides(server.database, tenant, appender);
  });
  afterAll(() => server?.stop());
  const rated = async (customerId: string) => (await ratings.record({ customerId, evidence })).ratingId;
  const verified = async () => {
    const verifier = verifyChain(tenant, { erasures: await erasures(server.database, tenant) });
    for await (const record of storedRecords(server.database, tenant)) expect(verifier.check(record)).toBeNull();
    return verifier.finish(await storedHead(server.database, tenant));
  };

  it('take one step after another, each a record of the chain', async () => {
    const id = await rated('a');
    expect(await overrides.of(id)).toBeNull();
    const one = await overrides.step(id, () => first);
    const two = await overrides.step(id, confirmed);
    expect([one.revision, two.revision]).toEqual([1, 2]);
    expect(two.receipt.sequence).toBeGreaterThan(one.receipt.sequence);
    expect(await overrides.of(id)).toEqual(two);
    expect((await overrides.steps(id)).map(({ override }) => override?.state)).toEqual(['second', 'stands']);
    expect(await verified()).toBeNull();
  });

  it('let one of two who step at once go first, and the other see it', async () => {
    const id = await rated('b');
    const seen: (Override | null)[] = [];
    const step = (note: string) =>
      overrides.step(id, (before) => {
        if (before !== null) throw new Error('taken');
        seen.push(before);
        return { ...first, note };
      });
    const settled = await Promise.allSettled([step('one'), step('two')]);
    expect(settled.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect((await overrides.steps(id)).length).toBe(1);
  });

  it('that the chain holds count, also where the process ended before it was noted', async () => {
    const id = await rated('c');
    const text = canonicalJson({
      format: 'probity.override/1',
      ratingId: id,
      revision: 1,
      override: first,
    } as unknown as Json);
    const once = { key: `override ${id} 1`, fingerprint: sha256(text) };
    await appender.append({ kind: OVERRIDE_KIND, subject: null, body: Buffer.from(text), once });
    expect((await overrides.of(id))?.override).toEqual(first);
    expect((await overrides.step(id, confirmed)).revision).toBe(2);
  });

  it('are found by time, and are of their tenant and of recorded ratings alone', async () => {
    const all = await overrides.within(instant('2020-01-01'), instant('2100-01-01'));
    expect(all.map(({ last }) => last.override?.state)).toEqual(['stands', 'second', 'stands']);
    expect(await overrides.within(instant('2020-01-01'), instant('2020-01-02'))).toEqual([]);
    const other = 'other' as Tenant;
    expect(await createOverrides(server.database, other, appender).of(all[0]?.ratingId ?? '')).toBeNull();
    for (const id of ['9999-0123456789abcdef', 'x'])
      await expect(overrides.step(id, () => first)).rejects.toMatchObject({ code: 'UNKNOWN_RATING' });
  });

  it('cannot be changed or removed', async () => {
    const { db } = server.database;
    await expect(sql`update rating_overrides set state = 'refused'`.execute(db)).rejects.toThrow('append-only');
    await expect(sql`delete from rating_overrides`.execute(db)).rejects.toThrow('append-only');
    await expect(sql`truncate rating_overrides`.execute(db)).rejects.toThrow('append-only');
  });

  it('are erased with their customer: what was said goes, that there was one stays, the chain verifies', async () => {
    const id = await rated('d');
    await overrides.step(id, () => ({ ...first, note: 'a brother of the mayor' }));
    await ratings.eraseCustomer('d');
    expect(await overrides.of(id)).toMatchObject({ override: null, revision: 1 });
    await expect(overrides.step(id, confirmed)).rejects.toMatchObject({ code: 'RATING_ERASED' });
    const { rows } = await sql<{ text: string }>`select rating_overrides::text as text from rating_overrides`.execute(
      server.database.db,
    );
    expect(JSON.stringify(rows)).not.toContain('mayor');
    expect(await verified()).toBeNull();
  });

  it('of a customer are told to every server that looks, without those that expired, and forgotten with the customer', async () => {
    const now = '2026-03-01T00:00:00.000Z';
    const pseudonyms = pseudonymsUnder(new Uint8Array(32));
    const standing = createStandingOverrides(server.database, tenant, (customerId) => pseudonyms.of(customerId));
    const told = async (customerId: string, at = now) =>
      (await standing.of(customerId, at, true)).map(({ note, ratingId }) => [note, ratingId]);
    const [one, two] = [await rated('e'), await rated('e')];
    const stands = (ratingId: string, note: string, expiresAt = '2026-04-01T00:00:00.000Z') =>
      overrides.step(ratingId, () => ({ ...first, ratingId, note, state: 'stands', stoodFrom: now, expiresAt }));
    await stands(one, 'first');
    expect(await told('e')).toEqual([['first', one]]);
    await stands(two, 'second', '2026-03-10T00:00:00.000Z');
    expect(await told('e')).toEqual([
      ['second', two],
      ['first', one],
    ]);
    expect(await told('f')).toEqual([]);
    await overrides.step(one, (before) => ({ ...(before as Override), state: 'revoked', note: 'revoked' }));
    expect(await told('e')).toEqual([
      ['second', two],
      ['revoked', one],
    ]);
    expect(await told('e', '2026-03-10T00:00:00.000Z')).toEqual([['revoked', one]]);
    const another = createStandingOverrides(server.database, tenant, (customerId) => pseudonyms.of(customerId));
    expect((await another.of('e', now)).map(({ ratingId }) => ratingId)).toEqual([two, one]);
    await ratings.eraseCustomer('e');
    expect(await told('e')).toEqual([]);
  });

  it('are paged through by their last steps, each rating once, the newest first', async () => {
    const all = await overrides.page({ limit: 100 });
    const sequences = all.map(({ last }) => last.receipt.sequence);
    expect(sequences).toEqual(sequences.toSorted((a, b) => b - a));
    expect(new Set(all.map(({ ratingId }) => ratingId)).size).toBe(all.length);
    for (const { ratingId, last } of all) expect(await overrides.of(ratingId)).toEqual(last);
    const [head] = await overrides.page({ limit: 1 });
    expect([head, ...(await overrides.page({ before: head?.last.receipt.sequence, limit: 100 }))]).toEqual(all);
    const waiting = await overrides.page({ state: 'second', limit: 100 });
    expect(waiting.length).toBeGreaterThan(0);
    for (const { last } of waiting) expect(['second', undefined]).toContain(last.override?.state);
  });

  it('of all ratings of the customer are seen by a step, and two steps on two ratings at once see one another', async () => {
    const ids = [await rated('twin'), await rated('twin'), await rated('stranger')] as const;
    const proposal = (ratingId: string): Override => ({ ...first, ratingId, proposedAt: '2026-03-01T00:00:00.000Z' });
    const seen = new Map<string, readonly string[]>();
    // Two servers, each with overrides of its own.
    const elsewhere = createOverrides(server.database, tenant, createAppender(server.database, tenant));
    await Promise.all(
      [overrides, elsewhere].map((desk, i) =>
        desk.step(ids[i] ?? '', (_, others) => {
          seen.set(
            ids[i] ?? '',
            others.map(({ ratingId }) => ratingId),
          );
          return proposal(ids[i] ?? '');
        }),
      ),
    );
    const [one = [], two = []] = [seen.get(ids[0]), seen.get(ids[1])];
    // Whoever went second saw the first.
    expect([...one, ...two]).toEqual([one.length === 0 ? ids[0] : ids[1]]);
    await overrides.step(ids[2], (_, others) => {
      expect(others).toEqual([]);
      return proposal(ids[2]);
    });
    // Each proposal as its last step left it.
    await overrides.step(ids[0], confirmed);
    await overrides.step(ids[1], (before, others) => {
      const states = Object.fromEntries(others.map(({ ratingId, state }) => [ratingId, state]));
      expect(states).toEqual({ [ids[0]]: 'stands', [ids[1]]: 'second' });
      return confirmed(before);
    });
  });
});
