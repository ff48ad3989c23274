import type { RequestHandler } from 'express';
import { slotKey } from '../../models/registry/index.ts';
import type { ServingDependencies } from '../dependencies.ts';

/** GET /v1/models/challengers: who shadows which slot and what it has scored, and between whom customers are split. */
export function getChallengers({ challengers }: Pick<ServingDependencies, 'challengers'>): RequestHandler {
  return async (_request, response) => {
    const [shadows, splits] = await Promise.all([challengers.shadows(), challengers.splits()]);
    response.json({
      shadows: shadows.map(({ slot, ...shadow }) => ({ ...shadow, slot: slotKey(slot) })),
      splits: splits.map(({ slot, ...split }) => ({ ...split, slot: slotKey(slot) })),
    });
  };
}
