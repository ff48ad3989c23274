import { ProbityError } from '../base/index.ts';
import { inShare, ratesCustomers, sameFamily, slotKey, type Arm, type Slot } from '../models/registry/index.ts';

/** What a rating knows of the customer for choosing a slot; the tenant is the registry's own, so slots of others are never seen. */
export interface SlotContext {
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

/**
 * The slot that rates: portfolio and horizon must be equal; among those a slot for the customer's own segment goes before
 * the slot for every segment. A slot for late payment or a term structure rates nobody: it stands beside (`chooseLateSlot`, `chooseTermSlot`). Throws NO_SLOT, naming the slots there are, where none matches.
 */
export function chooseSlot<S extends Slot>(slots: readonly S[], context: SlotContext): SlotChoice<S> {
  const candidates = slots.filter(
    (slot) =>
      ratesCustomers(slot) && slot.portfolio === context.portfolio && slot.horizonMonths === context.horizonMonths,
  );
  const own = context.segment === null ? undefined : candidates.find((slot) => slot.segment === context.segment);
  if (own !== undefined)
    return { slot: own, rule: 'segment', why: 'a slot for the customer’s own segment goes before the general one' };
  const general = candidates.find((slot) => slot.segment === null);
  if (general !== undefined) {
    const why = candidates.every((slot) => slot.segment === null)
      ? 'it is the only slot of this portfolio and horizon'
      : context.segment === null
        ? 'the customer’s segment is not known, so the general slot rates'
        : 'no slot is for the customer’s own segment, so the general slot rates';
    return { slot: general, rule: 'any-segment', why };
  }
  throw new ProbityError(
    'NO_SLOT',
    `No slot matches the portfolio, this segment and a horizon of ${context.horizonMonths} months.`,
    {
      fix: `Ask for one of the slots there are (${slots.map(slotKey).join(', ') || 'none yet'}), or promote a model into a matching slot.`,
    },
  );
}

/** A challenger that decides for a share of a slot's customers. */
export interface Split {
  /** Names the split, and is the key under which customers' arms are drawn. */
  readonly splitId: string;
  readonly share: number;
}

/** In which arm of a split a rating was decided, as its evidence holds it. */
export interface ArmChoice extends Split {
  readonly arm: Arm;
}

/**
 * The arm of a split that a customer is in: always the same for the same customer and split (`inShare`). Who is rated by features alone
 * has no identity that could keep them in one arm, so the champion decides.
 */
export function chooseArm({ splitId, share }: Split, customerId: string | null): ArmChoice & { readonly why: string } {
  const arm: Arm = customerId !== null && inShare(splitId, customerId, share) ? 'challenger' : 'champion';
  const percent = `${Number((100 * share).toPrecision(6))} %`;
  const why =
    customerId === null
      ? 'a rating without a customer is the champion’s'
      : arm === 'challenger'
        ? `the customer is among the ${percent} that the challenger decides for`
        : `the customer is not among the ${percent} that the challenger decides for`;
  return { splitId, share, arm, why };
}

/**
 * The slot whose model tells the risk of paying late beside the rating, or null where none matches: of the portfolio, one for the customer's own segment before those for every segment,
 * then the fewest days, then the shortest horizon.
 */
export function chooseLateSlot<S extends Slot>(slots: readonly S[], context: BesideContext): SlotChoice<S> | null {
  const late = slots.filter(({ lateDays }) => lateDays !== undefined);
  const before = (a: S, b: S): number => (a.lateDays ?? 0) - (b.lateDays ?? 0) || a.horizonMonths - b.horizonMonths;
  return chooseBeside(late, context, before, 'a slot for late payment');
}

/**
 * The slot whose model tells PDs over other horizons beside the rating, or null where none matches: of the portfolio, one for the customer's own segment before those for every segment,
 * then the one that looks furthest, then the finest steps.
 */
export function chooseTermSlot<S extends Slot>(slots: readonly S[], context: BesideContext): SlotChoice<S> | null {
  const term = slots.filter(({ stepMonths }) => stepMonths !== undefined);
  const before = (a: S, b: S): number => b.horizonMonths - a.horizonMonths || (a.stepMonths ?? 0) - (b.stepMonths ?? 0);
  return chooseBeside(term, context, before, 'a slot for a term structure');
}

type BesideContext = Pick<SlotContext, 'portfolio' | 'segment'>;

function chooseBeside<S extends Slot>(
  slots: readonly S[],
  { portfolio, segment }: BesideContext,
  before: (a: S, b: S) => number,
  what: string,
): SlotChoice<S> | null {
  const [slot] = slots
    .filter((one) => one.portfolio === portfolio && (one.segment === null || one.segment === segment))
    .sort((a, b) => Number(a.segment === null) - Number(b.segment === null) || before(a, b));
  if (slot === undefined) return null;
  return slot.segment === null
    ? { slot, rule: 'any-segment', why: `${what} of this portfolio` }
    : { slot, rule: 'segment', why: `${what} of the customer’s own segment` };
}

/** Whose champions tell of which customers. */
export interface DecidingSlots<S extends Slot = Slot> {
  /** The slot of each segment that has one of its own. */
  readonly bySegment: ReadonlyMap<string, S>;
  /** The slot of everybody else; null: none, so nobody decides about them. */
  readonly others: S | null;
}

/**
 * Which of the slots tell of which customers of a portfolio, of the same kind as `slot` (`sameFamily`): for every segment what `chooseSlot`, `chooseLateSlot` or `chooseTermSlot` would answer
 * for one customer of it.
 */
export function decidingSlots<S extends Slot>(slots: readonly S[], slot: Slot): DecidingSlots<S> {
  const family = slots.filter((one) => sameFamily(one, slot));
  const { portfolio, horizonMonths } = slot;
  const of = (segment: string | null): S | null => {
    if (slot.lateDays !== undefined) return chooseLateSlot(family, { portfolio, segment })?.slot ?? null;
    if (slot.stepMonths !== undefined) return chooseTermSlot(family, { portfolio, segment })?.slot ?? null;
    // Without a slot for every segment, `chooseSlot` refuses who has none of their own.
    if (!family.some((one) => one.segment === null || one.segment === segment)) return null;
    return chooseSlot(family, { portfolio, segment, horizonMonths }).slot;
  };
  const segments = [...new Set(family.map(({ segment }) => segment))].filter((segment) => segment !== null).sort();
  return { bySegment: new Map(segments.map((segment) => [segment, of(segment)!])), others: of(null) };
}
