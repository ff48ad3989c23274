import type { Override } from '../../rating/index.ts';

/** A proposal that waits for a second person, when the sign-off of a review takes its place. */
export function refusedBy(waits: Override, { review, proposedBy: actor, stoodFrom }: Override): Override {
  const at = stoodFrom !== null && stoodFrom > waits.proposedAt ? stoodFrom : waits.proposedAt;
  const reason = `Review ${review?.reviewId ?? ''} takes its place.`;
  return {
    ...waits,
    state: 'refused',
    opinions: [...waits.opinions, { actor, agrees: false, reason, at }],
    closedAt: at,
  };
}

/** The sign-off of a review, with what a person decided of its rating and still stands beside it, also where that was decided after it; null where a later review's is there. */
export function signedOver(before: Override | null, reviewed: Override): Override | null {
  const signedAt = reviewed.stoodFrom ?? '';
  if (before?.review !== undefined && (before.stoodFrom ?? '') > signedAt) return null;
  const decided = before?.review === undefined ? before : before.over;
  const stands = decided?.state === 'stands' && decided.expiresAt > signedAt;
  return stands ? { ...reviewed, over: decided } : reviewed;
}

/** What a step puts in force: itself, and what stands beside it. */
export function partsOf(step: Override): readonly Override[] {
  return step.over === undefined ? [step] : [step, step.over];
}

/** When the first of what a step puts in force ends by its time. */
export function nextEnd(step: Override): string {
  const { over, expiresAt } = step;
  return over !== undefined && over.state === 'stands' && over.expiresAt < expiresAt ? over.expiresAt : expiresAt;
}

/** What goes on of a sign-off and the decision beside it where one of them has ended by its time; null: both or neither goes on. */
export function outlasting({ over, ...signedOff }: Override, now: string): Override | null {
  if (over === undefined) return null;
  const [isOver, isSigned] = [over.expiresAt <= now, signedOff.expiresAt <= now];
  if (isOver === isSigned) return null;
  return isOver ? signedOff : over;
}
