/** What moving members of a set gains together: a gain for each, and one for each two that interact. */
export interface SetGains {
  /** Gain of each member by itself, at least 0. */
  readonly single: readonly number[];
  /** What two members gain beside their own gains when both are in the set; may be negative. */
  readonly together: readonly { readonly a: number; readonly b: number; readonly gain: number }[];
}

/** The gain of a set. */
export function gainOf(set: readonly number[], { single, together }: SetGains): number {
  let total = 0;
  for (const member of set) total += single[member] ?? 0;
  for (const { a, b, gain } of together) if (set.includes(a) && set.includes(b)) total += gain;
  return total;
}

/**
 * The set of `size` members with the greatest gain (the lexicographically first of equals), exactly: depth-first search over members by
 * falling bound, cut off where even the best that is left could not win. The bound of a member is its own gain and all that it could
 * gain with others; interactions are few, so the search ends almost at once.
 */
export function bestSet(gains: SetGains, size: number): readonly number[] {
  const { single, together } = gains;
  const count = Math.min(size, single.length);
  if (count <= 0) return [];
  const bound = single.slice();
  const partners = new Map<number, { readonly other: number; readonly gain: number }[]>();
  for (const { a, b, gain } of together) {
    for (const [one, other] of [
      [a, b],
      [b, a],
    ] as const) {
      partners.set(one, [...(partners.get(one) ?? []), { other, gain }]);
      // Half of a gain of two counts for either: the bounds of a set add up to no less than its gain.
      if (gain > 0) bound[one] = (bound[one] ?? 0) + gain / 2;
    }
  }
  const order = single.map((_, i) => i).sort((a, b) => (bound[b] ?? 0) - (bound[a] ?? 0) || a - b);
  const prefix = [0];
  for (const member of order) prefix.push((prefix.at(-1) ?? 0) + (bound[member] ?? 0));
  let best: readonly number[] = [];
  let bestGain = Number.NEGATIVE_INFINITY;
  const chosen: number[] = [];
  const search = (from: number, gain: number, bounds: number): void => {
    const left = count - chosen.length;
    if (left === 0) {
      if (gain > bestGain) {
        bestGain = gain;
        best = chosen.slice();
      }
      return;
    }
    for (let at = from; at + left <= order.length; at++) {
      if (bounds + (prefix[at + left] ?? 0) - (prefix[at] ?? 0) <= bestGain) return;
      const member = order[at] as number;
      let more = single[member] ?? 0;
      for (const { other, gain: both } of partners.get(member) ?? []) if (chosen.includes(other)) more += both;
      chosen.push(member);
      search(at + 1, gain + more, bounds + (bound[member] ?? 0));
      chosen.pop();
    }
  };
  search(0, 0, 0);
  return best.toSorted((a, b) => (single[b] ?? 0) - (single[a] ?? 0) || a - b);
}
