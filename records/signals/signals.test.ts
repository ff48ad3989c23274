import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Tenant } from '../../base/index.ts';
import { loadWarningHandling, raiseWarning, type WarningLevel } from '../../rating/index.ts';
import { startTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { fact, seen } from '../../test/support/seen-trigger.ts';
import { createWarnings } from '../warnings/index.ts';
import { createSignals, type SeenTrigger, type SignalMember, type SignalRecords } from './index.ts';

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
