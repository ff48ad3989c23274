import { seededRandom, type Random } from '../../base/random.ts';

/** The order in which boosting visits the parts of a model. */
export interface Schedule {
  /** First rounds, in which every part is visited once and cut at random: broad shapes before fine ones. */
  readonly smoothRounds: number;
  /** Rounds that visit the parts of the largest gain, for each round that visits every part once. */
  readonly greedyRounds: number;
  /** Of the random cuts. */
  readonly seed: string;
}

/** Which part is visited next, by the gain that each had when it was last visited. */
export interface Visits {
  /** The part to visit as number `visit` of a round; rounds and visits count from 0. */
  next(round: number, visit: number): number;
  /** To be told the gain of each visit. */
  gained(part: number, gain: number): void;
  /** Draws the cuts of a round; null where the best cuts are taken. */
  random(round: number): Random | null;
}

/**
 * Cyclic boosting gives every feature a step in every round, noise included; greedy boosting leaves noise alone. A cyclic round now and
 * then keeps the gains fresh (InterpretML's mix: Nori, Jenkins, Koch, Caruana 2019, `greedy_ratio` and `smoothing_rounds`).
 */
export function visitsOf(parts: number, { smoothRounds, greedyRounds, seed }: Schedule): Visits {
  const gains = new Float64Array(parts);
  const random = seededRandom(seed);
  return {
    next(round, visit) {
      if (round < smoothRounds || (round - smoothRounds) % (1 + greedyRounds) === 0) return visit;
      let best = 0;
      for (let part = 1; part < parts; part++) if (gains[part]! > gains[best]!) best = part;
      return best;
    },
    gained(part, gain) {
      gains[part] = gain;
    },
    random: (round) => (round < smoothRounds ? random : null),
  };
}
