import { ProbityError, type Instant } from '../../base/index.ts';
import { sameFamily, slotKey, type Slot } from '../../models/registry/index.ts';
import { decidingSlots } from '../../rating/index.ts';
import type { Champion, Champions } from '../../records/registry/index.ts';
import type { MonitoringGaps } from '../../records/reports/index.ts';
import type { NotFollowed, SlotFamily } from '../messages.ts';

/** A slot whose champion tells of nobody, as other slots go before it. */
export interface IdleSlot {
  readonly slot: Slot;
  readonly model: string;
  readonly before: readonly Slot[];
}

/**
 * The slots of a portfolio that have champions: those that customers' PDs come from, by what they tell, and those that tell of nobody. The kind of `slot` goes first. Throws NO_CHAMPION where
 * there is none, or `only` asks for a slot without one.
 */
export async function followedSlots(
  champions: Pick<Champions, 'standing'>,
  { slot, only }: { readonly slot: Slot; readonly only: boolean },
): Promise<{ readonly families: readonly SlotFamily[]; readonly idle: readonly IdleSlot[] }> {
  const standing = (await champions.standing()).filter((each) => each.slot.portfolio === slot.portfolio);
  const wanted = only ? standing.filter((each) => slotKey(each.slot) === slotKey(slot)) : standing;
  if (wanted.length === 0)
    throw new ProbityError(
      'NO_CHAMPION',
      only
        ? `The slot ${slotKey(slot)} has no champion to look at.`
        : 'No slot of this portfolio has a champion to look at.',
      { fix: 'Promote a candidate with `probity models promote`.' },
    );
  const all = standing.map((each) => each.slot);
  const firsts = [slot, ...wanted.map((each) => each.slot)].filter(
    (one, i, list) => list.findIndex((other) => sameFamily(one, other)) === i,
  );
  const families = firsts.map((one) => {
    const { bySegment, others } = decidingSlots(all, one);
    return [...(others === null ? [] : [others]), ...bySegment.values()].filter((each) =>
      wanted.some((other) => other.slot === each),
    );
  });
  return {
    families: families
      .filter(({ length }) => length > 0)
      .map((slots) => ({ slots: slots.map((each) => ({ slot: each, key: slotKey(each) })) })),
    idle: idleAmong(standing).filter((idle) => wanted.some((each) => each.slot === idle.slot)),
  };
}

/**
 * Puts on record why slots could not be looked at, and why those tell of nobody whose place others take; what was said of slots without a champion ends. `only`: one slot was asked for, so that nothing is said of the others.
 */
export async function noteNotFollowed(
  {
    champions,
    gaps,
  }: { readonly champions: Pick<Champions, 'standing'>; readonly gaps: Pick<MonitoringGaps, 'note' | 'keepOnly'> },
  { notFollowed, only }: { readonly notFollowed: readonly NotFollowed[]; readonly only: boolean },
  at: Instant,
): Promise<void> {
  const standing = await champions.standing();
  for (const { slot, code, message } of notFollowed) {
    const model = standing.find((champion) => slotKey(champion.slot) === slot)?.modelHash ?? '';
    await gaps.note({ slot, model, code, message }, at);
  }
  if (only) return;
  for (const idle of idleAmong(standing)) await gaps.note({ ...notFollowedOf(idle), model: idle.model }, at);
  await gaps.keepOnly(standing.map(({ slot }) => slotKey(slot)));
}

/** That a slot tells of nobody. */
export function notFollowedOf({ slot, before }: IdleSlot): NotFollowed {
  const message = `No customer’s figures come from this slot: ${before.map(slotKey).join(', ')} go before it.`;
  return { slot: slotKey(slot), code: 'NO_SCORES', message };
}

/** The slots whose champions tell of nobody. */
function idleAmong(standing: readonly Pick<Champion, 'slot' | 'modelHash'>[]): readonly IdleSlot[] {
  const all = standing.map(({ slot }) => slot);
  return standing.flatMap(({ slot, modelHash }) => {
    const { bySegment, others } = decidingSlots(all, slot);
    if (others === slot || [...bySegment.values()].includes(slot)) return [];
    return [{ slot, model: modelHash, before: all.filter((other) => other !== slot && sameFamily(other, slot)) }];
  });
}
