import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { instant, type Instant } from '../../base/index.ts';
import { lackingRows, type UsedRow } from './basis-check.ts';
import { parseBasisPolicy } from './basis-policy.ts';
import type { BasisPeriod } from './legal-basis.ts';

const PURPOSE = 'model-development';
const day = (n: number): Instant => instant(Date.UTC(2026, 0, 1 + n));
const policyOf = (bases: readonly { source: string; from?: number; until?: number }[]) =>
  parseBasisPolicy({
    bases: bases.map(({ source, from, until }) => ({
      source,
      purpose: PURPOSE,
      basis: 'contract',
      from: from === undefined ? null : day(from).slice(0, 10),
      until: until === undefined ? null : day(until).slice(0, 10),
    })),
  });
const lists = (found: ReadonlyMap<string, Uint8Array>) => Object.fromEntries([...found].map(([t, m]) => [t, [...m]]));

describe('rows without a legal basis', () => {
  it('are those of customers who give none at one of the instants, of tables that the policy leaves to them', async () => {
    const asked: string[][] = [];
    const bases = {
      periods: async (ids: readonly string[]): Promise<BasisPeriod[]> => {
        asked.push([...ids]);
        return [
          { subject: 'a', source: 'invoices', from: day(0), until: day(10) },
          { subject: 'b', source: '*', from: day(5), until: null },
          { subject: null, source: 'payments', from: day(8), until: null },
        ];
      },
    };
    const policy = policyOf([{ source: 'orders' }, { source: 'payments', until: 3 }]);
    const rows = [
      { customerId: 'a', instants: [day(2), day(9)] },
      { customerId: 'a', instants: [day(2), day(10)] },
      { customerId: 'b', instants: [day(4), day(9)] },
      { customerId: 'b', instants: [day(5), day(9)] },
      { customerId: 'c', instants: [day(2)] },
    ];
    const found = await lackingRows({ policy, bases }, PURPOSE, ['orders', 'invoices', 'payments'], rows);
    expect(lists(found)).toEqual({ invoices: [0, 1, 1, 0, 1], payments: [0, 0, 1, 0, 0] });
    expect(asked).toEqual([['a', 'b', 'c']]);
  });

  it('are none, and nobody is asked for, where the policy covers every table and instant', async () => {
    const never = { periods: async () => Promise.reject(new Error('asked')) };
    const rows = [{ customerId: 'a', instants: [day(1)] }];
    expect((await lackingRows({ policy: policyOf([{ source: '*' }]), bases: never }, PURPOSE, ['x'], rows)).size).toBe(
      0,
    );
    const some = policyOf([{ source: 'orders' }]);
    expect((await lackingRows({ policy: some, bases: never }, PURPOSE, ['orders'], rows)).size).toBe(0);
    await expect(lackingRows({ policy: some, bases: never }, PURPOSE, ['invoices'], rows)).rejects.toThrow('asked');
  });

  const source = fc.constantFrom('orders', 'invoices', '*');
  const customer = fc.constantFrom('a', 'b');
  const dayOf = fc.integer({ min: 0, max: 9 });
  const span = fc.record({ from: dayOf, length: fc.integer({ min: 1, max: 9 }) });
  test.prop([
    fc.array(fc.record({ source, span }), { maxLength: 3 }),
    fc.array(fc.record({ subject: fc.option(customer), source, span }), { maxLength: 5 }),
    fc.array(fc.record({ customerId: customer, days: fc.array(dayOf, { minLength: 1, maxLength: 2 }) }), {
      maxLength: 6,
    }),
  ])('are those that no line of policy or database covers, by the definition', async (lines, given, asked) => {
    const holds = (s: typeof span extends fc.Arbitrary<infer S> ? S : never, at: number) =>
      s.from <= at && at < s.from + s.length;
    const policy = policyOf(
      lines.map((l) => ({ source: l.source, from: l.span.from, until: l.span.from + l.span.length })),
    );
    const periods = given.map((g) => ({
      subject: g.subject,
      source: g.source,
      from: day(g.span.from),
      until: day(g.span.from + g.span.length),
    }));
    const rows: UsedRow[] = asked.map(({ customerId, days }) => ({ customerId, instants: days.map(day) }));
    const found = await lackingRows(
      { policy, bases: { periods: async () => periods } },
      PURPOSE,
      ['orders', 'invoices'],
      rows,
    );
    for (const table of ['orders', 'invoices'])
      asked.forEach(({ customerId, days }, row) => {
        const covered = (at: number) =>
          [...lines.map((l) => ({ ...l, subject: null })), ...given].some(
            (one) =>
              (one.subject === null || one.subject === customerId) &&
              (one.source === table || one.source === '*') &&
              holds(one.span, at),
          );
        expect(found.get(table)?.[row] ?? 0).toBe(days.every(covered) ? 0 : 1);
      });
  });
});
