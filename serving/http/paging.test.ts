import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { pageOfAll } from './paging.ts';

const items = fc.uniqueArray(fc.record({ on: fc.constantFrom('2026-01-01', '2026-01-02'), n: fc.integer() }), {
  selector: ({ on, n }) => `${on} ${n}`,
  maxLength: 20,
});
const placeOf = ({ on, n }: { readonly on: string; readonly n: number }) => [on, n] as const;

/** Every page from the first to the last. */
function walk<T>(
  all: readonly T[],
  place: (item: T) => readonly (string | number)[],
  limit: number,
  down: boolean,
): T[] {
  const read: T[] = [];
  for (let cursor: string | undefined; ;) {
    const page = pageOfAll('test', all, { limit, cursor }, place, down ? 'descending' : 'ascending');
    expect(page.items.length).toBeLessThanOrEqual(limit);
    read.push(...page.items);
    if (page.nextCursor === null) return read;
    cursor = page.nextCursor;
  }
}

it('pages of any size, one behind the other, are the list in the order of its places, each item once', () => {
  fc.assert(
    fc.property(items, fc.integer({ min: 1, max: 7 }), fc.boolean(), (all, limit, down) => {
      const sorted = all.toSorted((a, b) => (a.on === b.on ? a.n - b.n : a.on < b.on ? -1 : 1));
      expect(walk(all, placeOf, limit, down)).toEqual(down ? sorted.toReversed() : sorted);
    }),
  );
});

it('a cursor goes on where its page ended, though the item there is gone and others were added', () => {
  const at = (n: number) => ({ n });
  const page = pageOfAll('test', [at(1), at(3), at(5)], { limit: 2 }, ({ n }) => [n]);
  const after = { limit: 9, cursor: page.nextCursor ?? '' };
  expect(pageOfAll('test', [at(1), at(2), at(4), at(5)], after, ({ n }) => [n]).items).toEqual([at(4), at(5)]);
  expect(() => pageOfAll('another', [at(1)], after, ({ n }) => [n])).toThrow(/not valid/);
});
