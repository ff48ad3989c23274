/** What putting a set right gains: in the final log-odds, and before bounds. */
export interface SetGain {
  readonly final: number;
  readonly unbounded: number;
}

/** What a set can gain at most, and how to find what it gains. */
export interface Search {
  /** What each member gains for certain, before bounds. */
  readonly single: readonly number[];
  /** What two members gain beside their own gains. */
  readonly together: readonly { readonly a: number; readonly b: number; readonly gain: number }[];
  /** What a member may gain further where it is in a set. */
  readonly further: readonly number[];
  /** What a set may gain further, given that its members gain at most so much by the model. */
  readonly slack: (ofModel: number) => number;
  /** Of the certain gain of each member what the model gains; null: all. */
  readonly ofModel: readonly number[] | null;
  /** At most what a set gains in the final log-odds, given what it gains at most before bounds. */
  readonly most: (unbounded: number) => number;
  /** What a set gains, exactly. */
  readonly gain: (set: readonly number[]) => SetGain;
}

/** More than rounding can make of sums of gains. */
const MARGIN = 1e-9;

const isBetter = (final: number, unbounded: number, than: SetGain): boolean =>
  final > than.final || (final === than.final && unbounded > than.unbounded);

/**
 * The set of at most `size` members that gains most in the final log-odds, of equals most before bounds, of those the first found; empty where nothing
 * gains. Depth first over members by falling bound, cut off where even the best that is left could not win.
 */
export function searchSet(of: Search, size: number): readonly number[] {
  const { single, together, further } = of;
  const partners: (readonly { readonly other: number; readonly gain: number }[] | undefined)[] = [];
  const bound = single.map((gain, i) => gain + (further[i] ?? 0));
  const model = [...(of.ofModel ?? single)];
  for (const { a, b, gain } of together)
    for (const [one, other] of [
      [a, b],
      [b, a],
    ] as const) {
      partners[one] = [...(partners[one] ?? []), { other, gain }];
      // Half of a gain of two counts for either: the bounds of a set add up to no less than its gain.
      if (gain <= 0) continue;
      bound[one] = (bound[one] ?? 0) + gain / 2;
      model[one] = (model[one] ?? 0) + gain / 2;
    }
  const order = single.map((_, i) => i).sort((a, b) => (bound[b] ?? 0) - (bound[a] ?? 0) || a - b);
  const prefix = sumsOf(order.map((member) => bound[member] ?? 0));
  const mostOfModel = sumsOf(model.toSorted((a, b) => b - a).slice(0, size));
  let best: SetGain & { readonly set: readonly number[] } = { final: 0, unbounded: Infinity, set: [] };
  const chosen: number[] = [];
  const mayWin = (gain: number, ofModel: number): boolean => {
    const unbounded = gain + of.slack(ofModel) + MARGIN;
    return isBetter(of.most(unbounded), unbounded, best);
  };
  const descend = (from: number, bounds: number, ofModel: number): void => {
    const left = Math.min(size - chosen.length, order.length - from);
    if (left <= 0) return;
    for (let at = from; at < order.length; at++) {
      const rest = (prefix[Math.min(at + left, order.length)] ?? 0) - (prefix[at] ?? 0);
      if (!mayWin(bounds + rest, ofModel + (mostOfModel[left] ?? 0))) return;
      const member = order[at] as number;
      chosen.push(member);
      const reached = bounds + (bound[member] ?? 0);
      const reachedOfModel = ofModel + (model[member] ?? 0);
      if (mayWin(certain(), reachedOfModel)) {
        const gain = of.gain(chosen);
        if (isBetter(gain.final, gain.unbounded, best))
          best = { final: gain.final, unbounded: gain.unbounded, set: chosen.slice() };
      }
      descend(at + 1, reached, reachedOfModel);
      chosen.pop();
    }
  };
  /** What those chosen gain at most, taken together. */
  const certain = (): number => {
    let gain = 0;
    for (let i = 0; i < chosen.length; i++) {
      const member = chosen[i] as number;
      gain += (single[member] ?? 0) + (further[member] ?? 0);
      for (const partner of partners[member] ?? []) {
        const at = chosen.indexOf(partner.other);
        if (at >= 0 && at < i) gain += partner.gain;
      }
    }
    return gain;
  };
  descend(0, 0, 0);
  return best.set;
}

/** Sums of the first none, one, two and so on, of those that are no loss. */
function sumsOf(gains: readonly number[]): readonly number[] {
  let sum = 0;
  const sums = [sum];
  for (const gain of gains) sums.push((sum += Math.max(0, gain)));
  return sums;
}
