import { ProbityError, isName } from '../../base/index.ts';

/** Where a champion sits: one slot holds at most one champion at any instant. The tenant is the registry's own. */
export interface Slot {
  readonly portfolio: string;
  /** A segment of the portfolio, or null: all of it. */
  readonly segment: string | null;
  readonly horizonMonths: number;
}

/** The slot's key, as stored and shown: `portfolio/segment/12m`, with `*` for all segments. */
export function slotKey(slot: Slot): string {
  return `${slot.portfolio}/${slot.segment ?? '*'}/${slot.horizonMonths}m`;
}

/** Reads a slot key back; throws INVALID_INPUT for anything else. */
export function parseSlotKey(key: string): Slot {
  const [portfolio, segment, horizon, ...rest] = key.split('/');
  const months = /^([1-9]\d{0,2})m$/.exec(horizon ?? '');
  if (!portfolio || !isName(portfolio) || !segment || !months?.[1] || rest.length > 0) {
    throw new ProbityError('INVALID_INPUT', 'This is not a slot.', {
      fix: 'Write portfolio/segment/12m, with * for all segments.',
    });
  }
  return { portfolio, segment: segment === '*' ? null : segment, horizonMonths: Number(months[1]) };
}
