import { ProbityError, isName } from '../../base/index.ts';

/** Where a champion sits: one slot holds at most one champion at any instant. The tenant is the registry's own. */
export interface Slot {
  readonly portfolio: string;
  /** A segment of the portfolio, or null: all of it. */
  readonly segment: string | null;
  readonly horizonMonths: number;
  /** Present: the slot is for the probability of a payment more than so many days late; absent: of default. */
  readonly lateDays?: number;
  /** Present: the slot is for a term structure of PDs, by steps of so many months, up to `horizonMonths`. */
  readonly stepMonths?: number;
}

/** Whether the slot's model rates customers; one for late payment or a term structure stands beside the one that does. */
export function ratesCustomers({ lateDays, stepMonths }: Slot): boolean {
  return lateDays === undefined && stepMonths === undefined;
}

/**
 * Whether two slots tell the same of customers, so that one of them is chosen for each: of one portfolio, both for default over one horizon, both for late payment, or both for a term
 * structure.
 */
export function sameFamily(a: Slot, b: Slot): boolean {
  return familyOf(a) === familyOf(b);
}

function familyOf(slot: Slot): string {
  const { portfolio, horizonMonths, lateDays } = slot;
  return `${portfolio}/${ratesCustomers(slot) ? `${horizonMonths}m` : lateDays !== undefined ? 'late' : 'term'}`;
}

/**
 * The slot's key, as stored and shown: `portfolio/segment/12m`, with `*` for all segments; `portfolio/segment/6m/late-30d` for late payment,
 * `portfolio/segment/36m/term-3m` for a term structure.
 */
export function slotKey(slot: Slot): string {
  const late = slot.lateDays === undefined ? '' : `/late-${slot.lateDays}d`;
  const term = slot.stepMonths === undefined ? '' : `/term-${slot.stepMonths}m`;
  return `${slot.portfolio}/${slot.segment ?? '*'}/${slot.horizonMonths}m${late}${term}`;
}

/** Reads a slot key back; throws INVALID_INPUT for anything else. */
export function parseSlotKey(key: string): Slot {
  const [portfolio, segment, horizon, target, ...rest] = key.split('/');
  const months = /^([1-9]\d{0,2})m$/.exec(horizon ?? '');
  const late = target === undefined ? null : /^late-([1-9]\d{0,2})d$/.exec(target);
  const term = target === undefined ? null : /^term-([1-9]\d{0,2})m$/.exec(target);
  if (
    !portfolio ||
    !isName(portfolio) ||
    !segment ||
    !months?.[1] ||
    rest.length > 0 ||
    (target !== undefined && !late?.[1] && !term?.[1])
  ) {
    throw new ProbityError('INVALID_INPUT', 'This is not a slot.', {
      fix: 'Write portfolio/segment/12m, with * for all segments; portfolio/segment/6m/late-30d for late payment; portfolio/segment/36m/term-3m for a term structure.',
    });
  }
  return {
    portfolio,
    segment: segment === '*' ? null : segment,
    horizonMonths: Number(months[1]),
    ...(late?.[1] ? { lateDays: Number(late[1]) } : {}),
    ...(term?.[1] ? { stepMonths: Number(term[1]) } : {}),
  };
}
