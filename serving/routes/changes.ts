import type { RequestHandler } from 'express';
import { z } from 'zod';
import { CHANGE_TYPES, FEED_START, type ChangeFeed, type ChangeType } from '../../records/changes/index.ts';
import { pageLimits, pageQuery, readCursor, writeCursor } from '../http/paging.ts';
import { parseQuery } from '../http/parse.ts';

const LIST = 'changes';
const placeSchema = z.tuple([z.int().min(0), z.int().min(0)]);

export const changesQuery = pageQuery.extend({
  types: z
    .string()
    .max(200)
    .regex(
      new RegExp(`^(${CHANGE_TYPES.join('|')})(,(${CHANGE_TYPES.join('|')}))*$`),
      `Send types out of ${CHANGE_TYPES.join(', ')}, separated by commas.`,
    )
    .transform((text) => text.split(',') as ChangeType[])
    .optional(),
});

/** GET /v1/changes: ratings, limits, terms, holds, warnings and erasures behind a cursor; there is always one to go on with. */
export function getChanges(feed: ChangeFeed): RequestHandler {
  return async (request, response) => {
    const { limit = pageLimits.usual, cursor, types } = parseQuery(changesQuery, request);
    const [sequence, taken] = cursor === undefined ? [0, 0] : readCursor(LIST, placeSchema, cursor);
    const after = cursor === undefined ? FEED_START : { sequence, taken };
    const { changes, next, more } = await feed.read(after, { limit, ...(types === undefined ? {} : { types }) });
    response.json({ items: changes, cursor: writeCursor(LIST, [next.sequence, next.taken]), more });
  };
}
