import { z } from 'zod';
import { ProbityError, type Json } from '../../base/index.ts';

/** Most items of one page, and how many where nothing is said. */
export const pageLimits = { most: 200, usual: 50 } as const;

/** A page as every list answers it. */
export interface Page<T> {
  readonly items: readonly T[];
  /** Send it as `cursor` to get the next page; null: this is the last one. */
  readonly nextCursor: string | null;
}

/** The query parameters of every list; extend it where a list has filters of its own. */
export const pageQuery = z.strictObject({
  limit: z
    .string()
    .regex(/^\d{1,4}$/, `Send a whole number from 1 to ${pageLimits.most}.`)
    .transform(Number)
    .pipe(z.int().min(1).max(pageLimits.most))
    .optional()
    .meta({ description: 'Most items of the page.', default: pageLimits.usual }),
  cursor: z.string().min(1).max(1000).optional().meta({ description: '`nextCursor` of the page before.' }),
});

/** Text that PostgreSQL can hold. */
const whole = z.string().regex(/^[^\0\p{Surrogate}]*$/u);

/** The schema of a page of `item`, for the OpenAPI document. */
export function pageSchema<T extends z.ZodType>(item: T) {
  return z.strictObject({
    items: z.array(item),
    nextCursor: z.string().nullable().describe('Send it as `cursor` for the next page; null on the last one.'),
  });
}

/**
 * The place that a cursor names, as `place` reads it. A cursor is the last item's place in the order of the list `list`, written
 * opaquely; of another list, or altered, it is INVALID_INPUT. It holds nothing that its reader has not seen.
 */
export function readCursor<S extends z.ZodType>(list: string, place: S, cursor: string): z.output<S> {
  try {
    const written = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'), (_key, value: unknown) =>
      typeof value === 'string' ? whole.parse(value) : value,
    ) as unknown;
    const [name, at] = z.tuple([z.literal(list), z.unknown()]).parse(written);
    void name;
    return place.parse(at);
  } catch {
    throw new ProbityError('INVALID_INPUT', 'The query of the address is not valid.', {
      problems: [{ at: 'cursor', message: 'This is not a cursor of this list.', fix: 'Send the cursor as it came.' }],
    });
  }
}

/** The cursor of a place in a list. */
export function writeCursor(list: string, place: Json): string {
  return Buffer.from(JSON.stringify([list, place])).toString('base64url');
}

/**
 * A page of at most `limit` items out of the `limit + 1` that were read from a stable order; `place` is an item's place in it.
 */
export function pageOf<T>(list: string, read: readonly T[], limit: number, place: (item: T) => Json): Page<T> {
  const items = read.slice(0, limit);
  const last = items.at(-1);
  const nextCursor = read.length > limit && last !== undefined ? writeCursor(list, place(last)) : null;
  return { items, nextCursor };
}

/** An item's place in an order: compared part by part. */
export type Place = readonly (string | number)[];

/**
 * A page of a list that is read whole, for lists of one customer, rating or project that stay short. Items are put in the order of their places,
 * which differ. A cursor goes on behind its place, whether or not the item that was there still is.
 */
export function pageOfAll<T>(
  list: string,
  all: readonly T[],
  { limit = pageLimits.usual, cursor }: z.output<typeof pageQuery>,
  place: (item: T) => Place,
  order: 'ascending' | 'descending' = 'ascending',
): Page<T> {
  const sign = order === 'ascending' ? 1 : -1;
  const inOrder = [...all].sort((a, b) => sign * comparePlaces(place(a), place(b)));
  const after = cursor === undefined ? null : readCursor(list, z.array(z.union([z.string(), z.number()])), cursor);
  const rest = after === null ? inOrder : inOrder.filter((item) => sign * comparePlaces(place(item), after) > 0);
  return pageOf(list, rest.slice(0, limit + 1), limit, (item) => [...place(item)]);
}

function comparePlaces(a: Place, b: Place): number {
  for (const [i, one] of a.entries()) {
    const other = b[i] ?? '';
    if (one === other) continue;
    return one < other ? -1 : 1;
  }
  return 0;
}
