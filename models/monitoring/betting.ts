/**
 * Betting against "nothing has changed" (Waudby-Smith and Ramdas 2024; Shafer 2021). A bet on a mean of zero multiplies its stake by
 * 1 + lambda * d at each observation d in [-1, 1]. Where the mean of d, given all before, is zero, the capital is a martingale, so by
 * Ville's inequality it ever reaches 1 / alpha with a probability of at most alpha: it may be looked at every day, and the reader may stop
 * whenever they like. No variance is estimated and no distribution assumed.
 */

/** What is bet on: any change of the mean, or one in one direction only. */
export type BetSide = 'both' | 'up' | 'down';

/** Stakes of a bet: small ones find small changes, given time; large ones large changes, at once. */
const STAKES = [0.05, 0.1, 0.2, 0.4, 0.8] as const;

const LAMBDAS: { readonly [side in BetSide]: readonly number[] } = {
  up: STAKES,
  down: STAKES.map((stake) => -stake),
  both: [...STAKES, ...STAKES.map((stake) => -stake)],
};

/** Capitals stop here, so that no product leaves the range of doubles: less than what was won is still a fair bet. */
const MOST = 1e120;

/**
 * What the observations of a day, in [-1, 1], multiply each of a side's stakes by: all that a bet needs to know of the day. Throws RangeError for an observation
 * outside [-1, 1], which would break the guarantee.
 */
export function growthOf(side: BetSide, observed: ArrayLike<number>): Float64Array {
  const lambdas = LAMBDAS[side];
  const growth = new Float64Array(lambdas.length).fill(1);
  for (let i = 0; i < observed.length; i++) {
    const d = observed[i]!;
    if (!(d >= -1 && d <= 1)) throw new RangeError('A bet takes observations between -1 and 1.');
    for (let l = 0; l < lambdas.length; l++) growth[l] = Math.min(MOST, growth[l]! * (1 + lambdas[l]! * d));
  }
  return growth;
}

/** One e-process: a mixture, fixed beforehand, of bets over stakes and over the days on which they begin. */
export interface Bet {
  /** Takes the observations of one day, in [-1, 1], and answers the capital (1 at the start). Days go from 0 to `days` - 1, each at most once, in order. */
  take(day: number, observed: ArrayLike<number>): number;
  /** The same of a day's `growthOf`, for a bet that is built up again from what was stored. */
  grow(day: number, growth: ArrayLike<number>): number;
  readonly capital: number;
}

/**
 * A bet over a period of `days`. A change that comes late finds capital that has not been lost waiting: an equal share of it lies idle until
 * each of `starts` evenly spaced days.
 */
export function createBet(side: BetSide, days: number, starts = 12): Bet {
  const lambdas = LAMBDAS[side];
  const share = 1 / (starts * lambdas.length);
  /** Capital by start and lambda; what has not begun stays as it is. */
  const capitals = new Float64Array(starts * lambdas.length).fill(share);
  let capital = 1;
  const grow = (day: number, growth: ArrayLike<number>): number => {
    const begun = Math.min(starts, Math.floor((day * starts) / days) + 1);
    capital = 0;
    for (let s = 0; s < starts; s++) {
      for (let l = 0; l < lambdas.length; l++) {
        const at = s * lambdas.length + l;
        if (s < begun) capitals[at] = Math.min(MOST, capitals[at]! * growth[l]!);
        capital += capitals[at]!;
      }
    }
    return capital;
  };
  return {
    get capital() {
      return capital;
    },
    grow,
    take: (day, observed) => grow(day, growthOf(side, observed)),
  };
}
