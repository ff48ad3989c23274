import { ProbityError } from '../base/index.ts';

/** Where a champion sits: one model answers for a tenant's portfolio, a segment of it (`*`: every segment), and a horizon. */
export interface Slot {
  readonly tenant: string;
  readonly portfolio: string;
  readonly segment: string;
  readonly horizonMonths: number;
}

/** What a rating knows of the customer for choosing a slot. */
export interface SlotContext {
  readonly tenant: string;
  readonly portfolio: string;
  /** The customer's segment, or null where it is not known. */
  readonly segment: string | null;
  readonly horizonMonths: number;
}

export interface SlotChoice<S extends Slot = Slot> {
  readonly slot: S;
  /** `segment`: a slot for this very segment; `any-segment`: the slot for every segment. */
  readonly rule: 'segment' | 'any-segment';
  readonly why: string;
}

/** A slot in one line, for messages and metrics. */
export function slotName(slot: Slot): string {
  return `${slot.tenant}/${slot.portfolio}/${slot.segment}/${slot.horizonMonths}`;
}

/**
 * The slot that rates: tenant, portfolio and horizon must be equal; among those a slot for the customer's own segment goes before
 * the slot for every segment (`*`). Throws NO_SLOT where none matches.
 */
export function chooseSlot<S extends Slot>(slots: readonly S[], context: SlotContext): SlotChoice<S> {
  const candidates = slots.filter(
    (slot) =>
      slot.tenant === context.tenant &&
      slot.portfolio === context.portfolio &&
      slot.horizonMonths === context.horizonMonths,
  );
  const own = context.segment === null ? undefined : candidates.find((slot) => slot.segment === context.segment);
  if (own !== undefined)
    return { slot: own, rule: 'segment', why: 'a slot for the customer’s own segment goes before the general one' };
  const general = candidates.find((slot) => slot.segment === '*');
  if (general !== undefined) {
    const why =
      context.segment === null
        ? 'the customer’s segment is not known, so the general slot rates'
        : 'no slot is for the customer’s own segment, so the general slot rates';
    return { slot: general, rule: 'any-segment', why };
  }
  const portfolios = slots.filter((slot) => slot.tenant === context.tenant).map(slotName);
  throw new ProbityError(
    'NO_SLOT',
    `No slot matches portfolio ${context.portfolio} with a horizon of ${context.horizonMonths} months and this segment.`,
    {
      fix: `Ask for one of the slots there are (${portfolios.join(', ') || 'none yet'}), or promote a model into a matching slot.`,
    },
  );
}
