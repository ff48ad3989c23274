import { fc } from '@fast-check/vitest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Tenant } from '../../base/index.ts';
import { loadWarningHandling, raiseWarning, type EvidenceFact, type WarningLevel } from '../../rating/index.ts';
import { startTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { createWarnings } from '../warnings/index.ts';
import { createSignals, type SeenTrigger, type SignalMember, type SignalRecords } from './index.ts';

const fact = (key: string, table = 'invoices'): EvidenceFact => ({
  topic: 't',
  table,
  key,
  on: '2026-01-01',
  amount: 5,
});
const seen = (
  customerId: string,
  code = 'BUST_OUT',
  {
    level = 'warning',
    facts = [fact('i-1')],
    value = 1,
  }: { level?: WarningLevel; facts?: EvidenceFact[]; value?: number } = {},
): SeenTrigger => ({
  customerId,
  code,
  body: {
    look: 'look',
    at: '2026-02-02T00:00:00.000Z',
    level,
    segment: null,
    exposure: 100,
    pd: null,
    grade: null,
    evidence: {
      asOf: '2026-02-01T00:00:00.000Z',
      snapshotId: 's',
      rules: 'r',
      rows: ['bust_out surge-unpaid'],
      values: { surge: value },
      facts,
      others: null,
      proposal: null,
    },
  },
});

describe('signals on record', () => {
  let server: TestDatabase;
  let tenants = 0;
  let signals: SignalRecords;
  let tenant: Tenant;
  beforeAll(async () => {
    server = await startTestDatabase();
  });
  afterAll(() => server?.stop());
  const fresh = (): void => {
    tenant = `tenant-${tenants++}` as Tenant;
    signals = createSignals(server.database, tenant);
  };
  const keep = (asOf: string, looked: string[], found: SeenTrigger[], members: SignalMember[] = []) =>
    signals.keep({ asOf, looked, seen: found, members });
  const untold = async (which: 'new' | 'known' = 'new') =>
    (await signals.untold(which, 100)).map(({ customerId, code, standing, revision }) => [
      customerId,
      code,
      standing,
      revision,
    ]);

  it('the same look twice, and values that only drift, are no news; a new fact or another level is', async () => {
    fresh();
    expect(await keep('2026-02-01', ['c-1', 'c-2'], [seen('c-1')])).toEqual({ raised: 1, changed: 0, ceased: 0 });
    expect(await keep('2026-02-01', ['c-1', 'c-2'], [seen('c-1')])).toEqual({ raised: 0, changed: 0, ceased: 0 });
    const drifted = seen('c-1', 'BUST_OUT', { value: 2, facts: [fact('i-1'), fact('c-1', 'scores')] });
    expect(await keep('2026-02-02', ['c-1'], [drifted])).toEqual({ raised: 0, changed: 0, ceased: 0 });
    expect(await untold()).toEqual([['c-1', 'BUST_OUT', true, 0]]);
    expect(await keep('2026-02-03', ['c-1'], [seen('c-1', 'BUST_OUT', { facts: [fact('i-2')] })])).toMatchObject({
      changed: 1,
    });
    expect(
      await keep('2026-02-04', ['c-1'], [seen('c-1', 'BUST_OUT', { level: 'critical', facts: [fact('i-2')] })]),
    ).toMatchObject({ changed: 1 });
    expect(await untold()).toEqual([['c-1', 'BUST_OUT', true, 2]]);
  });

  it('a trigger that a look at its customer did not see is gone, another customer keeps theirs; come again, it is another warning', async () => {
    fresh();
    await keep('2026-02-01', ['c-1', 'c-2'], [seen('c-1'), seen('c-2')]);
    const [first] = await signals.untold('new', 1);
    expect(await keep('2026-02-02', ['c-1'], [])).toEqual({ raised: 0, changed: 0, ceased: 1 });
    expect(await keep('2026-02-03', ['c-1'], [])).toEqual({ raised: 0, changed: 0, ceased: 0 });
    expect(await keep('2026-02-04', ['c-1'], [seen('c-1')])).toEqual({ raised: 1, changed: 0, ceased: 0 });
    const again = (await signals.untold('new', 10)).find(({ customerId }) => customerId === 'c-1');
    expect(again).toMatchObject({ standing: true, revision: 2 });
    expect(again?.warningId).not.toBe(first?.warningId);
    expect(again?.warningId).toMatch(/^[\w.-]{1,120}$/);
  });

  it('an older look never overrules a newer one', async () => {
    fresh();
    await keep('2026-02-05', ['c-1'], [seen('c-1', 'LIMIT_BREACH')]);
    expect(await keep('2026-02-04', ['c-1'], [])).toEqual({ raised: 0, changed: 0, ceased: 0 });
    await keep('2026-02-06', ['c-1'], []);
    expect(await keep('2026-02-04', ['c-1'], [seen('c-1', 'LIMIT_BREACH')])).toEqual({
      raised: 0,
      changed: 0,
      ceased: 0,
    });
  });

  it('what was told is told once, what changed meanwhile is told again, and the newest look comes first', async () => {
    fresh();
    await keep('2026-02-01', ['c-1', 'c-2'], [seen('c-1'), seen('c-2')]);
    await keep('2026-02-02', ['c-2'], [seen('c-2', 'BUST_OUT', { level: 'critical' })]);
    expect(await untold()).toEqual([
      ['c-2', 'BUST_OUT', true, 1],
      ['c-1', 'BUST_OUT', true, 0],
    ]);
    await signals.told({ customerId: 'c-2', code: 'BUST_OUT', revision: 0 });
    await signals.told({ customerId: 'c-1', code: 'BUST_OUT', revision: 0 });
    expect(await untold()).toEqual([['c-2', 'BUST_OUT', true, 1]]);
  });

  it('what raises a warning is apart from what changes one that is there, and from what is gone', async () => {
    fresh();
    await keep('2026-02-01', ['c-1', 'c-2', 'c-3'], [seen('c-1'), seen('c-2'), seen('c-3')]);
    await keep('2026-02-02', ['c-2', 'c-3'], [seen('c-2', 'BUST_OUT', { level: 'critical' })]);
    const all = await signals.untold('new', 10);
    expect(all.map(({ customerId }) => customerId)).toEqual(['c-2', 'c-1']);
    const { warningId, body } = all[0]!;
    const sighting = { ratingId: 'look', ...body, signals: body.evidence };
    const raised = { warningId, customerId: 'c-2', segment: null, code: 'BUST_OUT', sighting };
    await createWarnings(server.database, tenant).raise(raiseWarning(raised, loadWarningHandling(null), body.at));
    expect(await untold('new')).toEqual([['c-1', 'BUST_OUT', true, 0]]);
    expect(await untold('known')).toEqual([
      ['c-2', 'BUST_OUT', true, 1],
      ['c-3', 'BUST_OUT', false, 1],
    ]);
  });

  it('warnings are related by customer, group, equal identity data and industry, from either side; members are those of now', async () => {
    fresh();
    const warnings = createWarnings(server.database, tenant);
    const raise = (customerId: string, level: WarningLevel) =>
      warnings.raise(
        raiseWarning(
          {
            warningId: `w-${customerId.replace(':', '-')}-${level}`,
            customerId,
            segment: null,
            code: `CODE_${level.toUpperCase()}`,
            sighting: { ratingId: '1', level, exposure: null, pd: null, grade: null, at: '2026-02-01T00:00:00.000Z' },
          },
          loadWarningHandling(null),
          '2026-02-01T00:00:00.000Z',
        ),
      );
    for (const [id, level] of [
      ['a', 'watch'],
      ['b', 'critical'],
      ['c', 'warning'],
      ['industry:trade', 'warning'],
      ['stranger', 'critical'],
    ] as const)
      await raise(id, level);
    const member = (subject: string, kind: SignalMember['kind'], memberId: string): SignalMember => ({
      subject,
      kind,
      memberId,
      exposure: 1.5,
    });
    await keep(
      '2026-02-01',
      ['a', 'industry:trade'],
      [seen('a'), seen('industry:trade')],
      [
        member('a', 'identity', 'b'),
        { ...member('a', 'group', 'c'), exposure: null },
        member('industry:trade', 'industry', 'a'),
      ],
    );
    const because = async (subject: string) =>
      (await signals.related(subject, 10)).map(({ customerId, because: why }) => `${customerId} ${why}`);
    expect(await because('a')).toEqual(['b identity', 'c group', 'industry:trade industry', 'a customer']);
    expect(await because('b')).toEqual(['b customer', 'a identity']);
    expect(await because('industry:trade')).toEqual(['industry:trade customer']);
    expect(
      (await signals.members('industry:trade', '', 10)).map(({ memberId, exposure }) => [memberId, exposure]),
    ).toEqual([['a', 1.5]]);
    // Of a group only who is counted in, as in a concentration.
    expect((await signals.members('a', '', 10)).map(({ memberId }) => memberId)).toEqual(['b']);
    await keep('2026-02-02', ['a'], [seen('a')], [{ ...member('a', 'group', 'c'), exposure: 7 }]);
    expect((await signals.members('a', '', 10)).map(({ memberId, exposure }) => [memberId, exposure])).toEqual([
      ['c', 7],
    ]);
    await keep('2026-02-02', ['a'], [seen('a', 'BUST_OUT', { facts: [fact('i-9')] })], []);
    expect(await signals.members('a', '', 10)).toEqual([]);
  });

  describe('customers who share a warning', () => {
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
  });

  it('remembers how far facts were looked at, never back, by tenant', async () => {
    fresh();
    expect(await signals.place()).toBe(0);
    await signals.remember(7);
    await signals.remember(3);
    expect(await signals.place()).toBe(7);
    fresh();
    expect(await signals.place()).toBe(0);
  });
});
