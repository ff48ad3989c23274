import { fc } from '@fast-check/vitest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Tenant } from '../../base/index.ts';
import { startTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { fact, seen } from '../../test/support/seen-trigger.ts';
import { joinCircle, keyOf, KnownTriggers, membersOfCircles } from './circles.ts';
import { createSignals, type SeenTrigger, type SignalMember, type SignalRecords } from './index.ts';

describe('customers who share a warning', () => {
  let server: TestDatabase;
  let tenants = 0;
  let signals: SignalRecords;
  beforeAll(async () => {
    server = await startTestDatabase();
  });
  afterAll(() => server?.stop());
  const fresh = (): void => {
    signals = createSignals(server.database, `tenant-${tenants++}` as Tenant);
  };
  const keep = (asOf: string, looked: string[], found: SeenTrigger[], members: SignalMember[] = []) =>
    signals.keep({ asOf, looked, seen: found, members });
  /** Triggers of customers of a ring, each with the others whom it sees, looked at together. */
  const ring = (
    at: string,
    links: Record<string, string[]>,
    gone: string[] = [],
    kind: 'group' | 'identity' = 'identity',
  ) =>
    keep(
      at,
      [...Object.keys(links), ...gone],
      Object.keys(links).map((id) => {
        const trigger = seen(id, 'IDENTITY_SHARED', { facts: [fact(`contact of ${id}`, 'contacts')] });
        return { ...trigger, body: { ...trigger.body, circle: { kind, subject: id } } };
      }),
      Object.entries(links).flatMap(([subject, others]) =>
        others.map((memberId): SignalMember => ({ subject, kind, memberId, exposure: 7 })),
      ),
    );
  const warningsOf = async (): Promise<Record<string, string>> => {
    const all = await signals.untold('new', 100);
    return Object.fromEntries(
      all
        .toSorted((a, b) => a.customerId.localeCompare(b.customerId))
        .map(({ customerId, warningId, body }) => [customerId, `${body.circle?.subject} ${warningId}`]),
    );
  };
  const distinct = async () => new Set(Object.values(await warningsOf())).size;

  it('find the same one, whoever of them is looked at, and in whatever order', async () => {
    fresh();
    await ring('2026-02-01', { b: ['a', 'c'] });
    const [first] = Object.values(await warningsOf());
    await ring('2026-02-01', { a: ['b', 'c'] });
    await ring('2026-02-02', { c: ['a', 'b'], b: ['a', 'c'] });
    expect(await warningsOf()).toEqual({ a: first, b: first, c: first });
    expect(first).toMatch(/^b signal-/);
    expect(await ring('2026-02-02', { a: ['b', 'c'], b: ['a', 'c'], c: ['a', 'b'] })).toEqual({
      raised: 0,
      changed: 0,
      ceased: 0,
    });
  });

  it('and so do those of a chain, once the link between is seen; what was left names where it was', async () => {
    fresh();
    await ring('2026-02-01', { a: ['b'] });
    await ring('2026-02-01', { c: ['b'] });
    expect(await distinct()).toBe(2);
    const before = await warningsOf();
    await ring('2026-02-01', { b: ['a', 'c'] });
    expect(await distinct()).toBe(1);
    const after = await signals.untold('new', 9);
    const left = after.flatMap(({ body }) => body.circle?.left ?? []);
    expect(left).toHaveLength(1);
    expect(Object.values(before)).toContain(`${left[0]?.subject} ${left[0]?.warningId}`);
    expect((await signals.shared(left[0]!.warningId)).standing).toEqual([]);
  });

  it('are those who hang together: looked at one by one in any order, each connected part has one warning, and parts have different ones', async () => {
    const ids = ['a', 'b', 'c', 'd', 'e', 'f'];
    const pairs = ids.flatMap((one, i) => ids.slice(i + 1).map((other) => [one, other] as const));
    await fc.assert(
      fc.asyncProperty(
        fc.subarray(pairs),
        fc.shuffledSubarray(ids, { minLength: ids.length }),
        async (edges, order) => {
          fresh();
          const near = (id: string) => edges.flatMap(([x, y]) => (x === id ? [y] : y === id ? [x] : []));
          for (const id of order) await ring('2026-02-01', { [id]: near(id) });
          const part = new Map(ids.map((id) => [id, id]));
          for (let round = 0; round < ids.length; round++)
            for (const [x, y] of edges) {
              const least = [part.get(x)!, part.get(y)!].toSorted()[0]!;
              part.set(x, least).set(y, least);
            }
          const found = await warningsOf();
          for (const [x, y] of pairs) expect(found[x] === found[y]).toBe(part.get(x) === part.get(y));
        },
      ),
      { numRuns: 25 },
    );
  });

  it('are told of together: everybody once, for how much in all, with what was seen of each', async () => {
    fresh();
    await ring('2026-02-01', { a: ['b', 'x'], b: ['a', 'x'] });
    const warningId = (await signals.untold('new', 1))[0]!.warningId;
    expect(await signals.shared(warningId)).toMatchObject({
      standing: [{ customerId: 'a' }, { customerId: 'b' }],
      customers: [
        { customerId: 'a', exposure: 100 },
        { customerId: 'b', exposure: 100 },
        { customerId: 'x', exposure: 7 },
      ],
      exposure: 100 + 100 + 7,
    });
    const others = await signals.sharing(`${warningId}.4`, 'a', '', 9);
    expect(others.map(({ memberId, kind, exposure }) => [memberId, kind, exposure])).toEqual([
      ['b', 'identity', 100],
      ['x', 'identity', 7],
    ]);
    expect(others[0]?.seen).toMatchObject({ level: 'warning', facts: [{ key: 'contact of b' }] });
    expect(others[1]?.seen).toBeNull();
    expect((await signals.sharing(warningId, 'a', 'b', 9)).map(({ memberId }) => memberId)).toEqual(['x']);
  });

  it('are brought together where they stood one by one before', async () => {
    fresh();
    await keep('2026-02-01', ['a', 'b'], [seen('a', 'IDENTITY_SHARED'), seen('b', 'IDENTITY_SHARED')]);
    expect(await distinct()).toBe(2);
    await ring('2026-02-02', { a: ['b'], b: ['a'] });
    expect(await distinct()).toBe(1);
    const all = await signals.untold('new', 9);
    expect(new Set(all.map(({ body }) => body.circle?.subject)).size).toBe(1);
    expect(all.flatMap(({ body }) => body.circle?.left ?? [])).toHaveLength(1);
    await ring('2026-02-03', { a: ['b'] }, ['b']);
    expect((await signals.shared(all[0]!.warningId)).standing.map(({ customerId }) => customerId)).toEqual(['a']);
  });

  it('stand until the last of them; who goes over to another circle takes nobody along', async () => {
    fresh();
    await ring('2026-02-01', { a: ['b', 'c'], b: ['a', 'c'], c: ['a', 'b'] });
    await ring('2026-02-01', { d: ['e'], e: ['d'] });
    const { a: first, d: second } = await warningsOf();
    expect(await ring('2026-02-02', { c: ['d', 'e'] }, [])).toMatchObject({ changed: 1 });
    expect(await warningsOf()).toEqual({ a: first, b: first, c: second, d: second, e: second });
    expect(await ring('2026-02-03', {}, ['a'])).toMatchObject({ ceased: 1 });
    const ids = first!.split(' ')[1]!;
    expect((await signals.shared(ids)).standing.map(({ customerId }) => customerId)).toEqual(['b']);
    // Alone by now: its former companions stand on without it.
    expect(await ring('2026-02-04', { e: [] })).toMatchObject({ changed: 1 });
    expect(new Set(Object.values(await warningsOf())).size).toBe(3);
  });

  it('are looked at by several at once, none of whom sees a circle, without a deadlock', async () => {
    const ids = ['a', 'b', 'c', 'd', 'e', 'f'];
    for (let round = 0; round < 5; round++) {
      fresh();
      await ring('2026-02-01', Object.fromEntries(ids.map((id) => [id, ids.filter((other) => other !== id)])));
      const warningId = (await signals.untold('new', 1))[0]!.warningId;
      const gone = await Promise.all(ids.map((id) => ring('2026-02-02', {}, [id])));
      expect(gone.map(({ ceased }) => ceased)).toEqual(ids.map(() => 1));
      expect((await signals.shared(warningId)).standing).toEqual([]);
    }
  });
});

describe('a look at everybody', () => {
  const SIZE = 20_000;
  const cpuOf = (work: () => void): number => {
    const before = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1e6;
  };

  it('joins a trigger to its circle by looking at those of its warning, and not at all that stand', () => {
    const known = new KnownTriggers();
    const row = (customerId: string) => ({
      standing: true,
      asOf: '2026-02-01T00:00:00.000Z',
      revision: 0,
      warningId: `w-${customerId}`,
      body: seen(customerId).body,
    });
    const ids = Array.from({ length: SIZE }, (_, i) => `c-${i}`);
    for (const id of ids) known.set(keyOf(id, 'BUST_OUT'), row(id));
    const joined: string[] = [];
    const seconds = cpuOf(() => {
      for (const id of ids) {
        const before = known.get(keyOf(id, 'BUST_OUT'));
        const trigger = { customerId: id, code: 'BUST_OUT', found: seen(id).body, before, own: 'new', members: [] };
        joined.push(joinCircle(trigger, known, () => true).warningId);
      }
    });
    expect(joined).toEqual(ids.map((id) => `w-${id}`));
    expect(seconds).toBeLessThan(3);
  });

  it('sorts the customers of an industry in one pass', () => {
    const members = Array.from({ length: 4 * SIZE }, (_, i): SignalMember => ({
      subject: 'industry:trade',
      kind: 'industry',
      memberId: `c-${i}`,
      exposure: 1,
    }));
    expect(cpuOf(() => membersOfCircles([], members))).toBeLessThan(3);
  });

  it('knows a trigger by the warning that it is part of now', () => {
    const known = new KnownTriggers();
    const row = {
      standing: true,
      asOf: '2026-02-01T00:00:00.000Z',
      revision: 0,
      warningId: 'w-1',
      body: seen('a').body,
    };
    known.set('a', row);
    known.set('b', row);
    known.set('a', { ...row, warningId: 'w-2' });
    expect(known.ofWarning('w-1').map(([key]) => key)).toEqual(['b']);
    expect(known.ofWarning('w-2').map(([key]) => key)).toEqual(['a']);
    expect(known.ofWarning('w-3')).toEqual([]);
  });
});
