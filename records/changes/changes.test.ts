import { fc } from '@fast-check/vitest';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packageRoot, type Clock, type Tenant } from '../../base/index.ts';
import { AT, all, brief, rating, subjectOf, types, type Said } from '../../test/support/change-feed.ts';
import { startTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { createAppender, eraseSubject } from '../audit/index.ts';
import { openDatabase } from '../database/index.ts';
import { ratedFacts } from './evidence.ts';
import { changesOf, createChangeFeed, FEED_START, type Change, type RatedFacts } from './index.ts';

const clock: Clock = { now: () => AT as never };
let server: TestDatabase;
let tenants = 0;
beforeAll(async () => {
  server = await startTestDatabase();
});
afterAll(() => server?.stop());

function chain() {
  const tenant = `feed-${++tenants}` as Tenant;
  const appender = createAppender(server.database, tenant, { clock });
  return { tenant, appender, feed: createChangeFeed(server.database, tenant) };
}

describe('the change feed', () => {
  it('tells of a rating what it changes against the one before of the same customer', async () => {
    const { appender, feed } = chain();
    for (const said of [
      { warnings: ['LATE'] },
      { warnings: ['LATE'] },
      { customerId: 'other' },
      { outcome: 'decline', total: 0, days: 0, warnings: ['LEGAL', 'LATE'] },
      { total: 50, days: 0 },
      { customerId: null, outcome: 'decline' },
      { asOf: '2026-05-01T00:00:00.000Z', outcome: 'decline', total: 7 },
      { total: 50, days: 0 },
    ] satisfies Said[])
      await appender.append(rating(said));
    const { changes } = await all(feed, 200);
    const bySequence = (sequence: number) => changes.filter((change) => change.sequence === sequence);
    expect(types(bySequence(1))).toEqual(['rating', 'limit', 'terms', 'warning']);
    expect(types(bySequence(2))).toEqual(['rating']);
    expect(types(bySequence(3))).toEqual(['rating', 'limit', 'terms']);
    expect(bySequence(4).slice(1).map(brief)).toEqual([
      [
        'limit',
        { totalMinor: 100, availableMinor: 100, currency: 'CNY', minorDigits: 2 },
        expect.objectContaining({ totalMinor: 0 }),
      ],
      ['terms', expect.objectContaining({ days: 30 }), expect.objectContaining({ days: 0 })],
      ['hold', { held: false, outcome: 'approve', causes: ['PD'] }, { held: true, outcome: 'decline', causes: ['PD'] }],
      ['warning', null, { code: 'LEGAL', raised: true }],
    ]);
    expect(bySequence(5).slice(1).map(brief)).toEqual([
      ['limit', expect.objectContaining({ totalMinor: 0 }), expect.objectContaining({ totalMinor: 50 })],
      ['hold', expect.objectContaining({ held: true }), expect.objectContaining({ held: false })],
      ['warning', { code: 'LATE', raised: true }, { code: 'LATE', raised: false }],
      ['warning', { code: 'LEGAL', raised: true }, { code: 'LEGAL', raised: false }],
    ]);
    expect([6, 7, 8].map((sequence) => types(bySequence(sequence)))).toEqual([['rating'], ['rating'], ['rating']]);
    expect(bySequence(8)[0]?.before).toMatchObject({ outcome: 'approve' });
    expect(new Set(changes.map(({ id }) => id)).size).toBe(changes.length);
  });

  it('of customers leaves out ratings that name none, and does not look at them again', async () => {
    const { appender, feed } = chain();
    for (const customerId of [null, 'c1', null, 'c2', 'c1', null, null]) await appender.append(rating({ customerId }));
    const named = (changes: readonly Change[]) => changes.map(({ id }) => id);
    const whole = (await all(feed, 200)).changes.filter(({ customerId }) => customerId !== null);
    for (const limit of [1, 2, 3, 200]) {
      const { changes, after } = await all(feed, limit, { ofCustomers: true });
      expect(named(changes)).toEqual(named(whole));
      expect(after).toEqual({ sequence: 7, taken: 0 });
      await appender.settled();
      expect(await feed.read(after, { limit, ofCustomers: true })).toEqual({ changes: [], next: after, more: false });
    }
    await appender.append(rating({ customerId: 'c3', warnings: ['LATE'] }));
    const { changes, next } = await feed.read(
      { sequence: 7, taken: 0 },
      { limit: 9, types: ['warning'], ofCustomers: true },
    );
    expect(changes.map(({ customerId, type }) => [customerId, type])).toEqual([['c3', 'warning']]);
    expect(next).toEqual({ sequence: 8, taken: 0 });
  });

  it('is the same in parts of any size, from any place, with any filter', async () => {
    const { appender, feed } = chain();
    const outcomes = ['approve', 'refer', 'decline'] as const;
    for (let i = 0; i < 12; i++)
      await appender.append(
        rating({
          outcome: outcomes[i % 3] ?? 'approve',
          total: i,
          warnings: i % 2 ? ['A', 'B'] : ['B'],
          customerId: `c${i % 2}`,
        }),
      );
    const whole = (await all(feed, 200)).changes;
    for (const limit of [1, 2, 3, 7]) expect((await all(feed, limit)).changes).toEqual(whole);
    for (const asked of [['hold'], ['warning', 'limit']] as const)
      expect((await all(feed, 2, { types: asked })).changes).toEqual(
        whole.filter(({ type }) => asked.some((name) => name === type)),
      );
  });

  it('has no gaps and nothing twice while several servers append and a reader follows', async () => {
    const { tenant, appender, feed } = chain();
    const second = await openDatabase(server.url);
    const others = [createAppender(second, tenant, { clock }), createAppender(server.database, tenant, { clock })];
    const writing = { done: false };
    const seen: Change[] = [];
    const reader = (async () => {
      for (let after = FEED_START; ;) {
        const last = writing.done;
        const part = await feed.read(after, { limit: 5, types: ['rating'] });
        seen.push(...part.changes);
        after = part.next;
        if (last && !part.more) return;
      }
    })();
    const each = 60;
    await Promise.all(
      [appender, ...others].map(async (writer, w) => {
        for (let i = 0; i < each; i += 3)
          await Promise.all([0, 1, 2].map((k) => writer.append(rating({ customerId: `w${w}-${i + k}` }))));
      }),
    );
    writing.done = true;
    await reader;
    await second.close();
    expect(seen.map(({ sequence }) => sequence)).toEqual(Array.from({ length: 3 * each }, (_, i) => i + 1));
    expect(new Set(seen.map(({ customerId }) => customerId)).size).toBe(3 * each);
  });

  it('tells of an erasure, no more of what was erased, and begins anew behind it', async () => {
    const { tenant, appender, feed } = chain();
    await appender.append(rating({ warnings: ['LATE'] }));
    const read = await all(feed, 200);
    await eraseSubject(server.database, tenant, appender, subjectOf('c'));
    await appender.append(rating({ warnings: ['LATE'] }));
    const { changes } = await all(feed, 200);
    expect(types(changes)).toEqual(['rating', 'erasure', 'rating', 'limit', 'terms', 'warning']);
    expect(changes[0]).toMatchObject({ before: null, after: null, customerId: null, subject: subjectOf('c') });
    expect(changes[1]).toMatchObject({ subject: subjectOf('c'), ratingId: null });
    expect(changes[3]).toMatchObject({ before: null });
    expect(types((await feed.read(read.after, { limit: 200 })).changes)).toEqual(types(changes).slice(1));
  });
});

it('changes, one after the other, lead from any state to any other', () => {
  const state = fc.record({
    limit: fc.integer({ min: 0, max: 2 }),
    days: fc.integer({ min: 0, max: 1 }),
    held: fc.boolean(),
    warnings: fc.subarray(['A', 'B', 'C']),
  });
  const facts = ({
    limit,
    days,
    held,
    warnings,
  }: typeof state extends fc.Arbitrary<infer T> ? T : never): RatedFacts => ({
    customerId: 'c',
    rating: { asOf: AT, pd: 0.1, score: 1, grade: 'A', outcome: held ? 'refer' : 'approve', validUntil: AT },
    decided: {
      limit: { totalMinor: limit, availableMinor: limit, currency: 'EUR', minorDigits: 2 },
      terms: { days, prepayment: 0, guaranteeNeeded: false },
      hold: { held, outcome: held ? 'refer' : 'approve', causes: [] },
      warnings,
      made: { outcome: held ? 'refer' : 'approve', causes: [], requestMinor: null, existingMinor: 0, minorDigits: 2 },
    },
  });
  fc.assert(
    fc.property(fc.array(state, { minLength: 1, maxLength: 6 }), (states) => {
      const folded = { limit: -1, days: -1, held: false, warnings: new Set<string>() };
      let before: RatedFacts | null = null;
      for (const one of states) {
        const now = facts(one);
        for (const change of changesOf(now, before, true)) {
          if (change.type === 'limit') folded.limit = change.after?.totalMinor ?? -1;
          if (change.type === 'terms') folded.days = change.after?.days ?? -1;
          if (change.type === 'hold') folded.held = change.after?.held ?? false;
          if (change.type === 'warning' && change.after?.raised === true) folded.warnings.add(change.after.code);
          if (change.type === 'warning' && change.after?.raised === false) folded.warnings.delete(change.after.code);
        }
        expect({ ...folded, warnings: [...folded.warnings].sort() }).toEqual({ ...one });
        expect(changesOf(now, now, true).map(({ type }) => type)).toEqual(['rating']);
        before = now;
      }
    }),
  );
});

it('every rating of the corpus can be told, and limits, terms and holds of each that decided', () => {
  const folder = join(packageRoot(), 'test', 'ratings-corpus', 'ratings');
  const texts = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'));
  const decided = texts.filter((text) => text.includes('"engine":"probity.decision/'));
  expect(decided.length).toBeGreaterThan(0);
  expect(texts.filter((text) => ratedFacts(text) === null)).toEqual([]);
  expect(decided.filter((text) => (ratedFacts(text)?.decided ?? null) === null)).toEqual([]);
});
