import { ProbityError } from '../../base/errors.ts';
import { createBet, growthOf, type Bet, type BetSide } from './betting.ts';

/** A measure that is watched: its observations lie in [-1, 1] and have mean zero while nothing has changed. */
export interface Watched {
  readonly name: string;
  readonly side: BetSide;
  /** Its share of the alarm budget; shares are relative. */
  readonly weight: number;
}

/** What is shared by all measures of one model in one year. */
export interface AlarmBudget {
  /** Probability that a model on which nothing changes raises an alarm within the period: over all measures and looks together. */
  readonly alpha: number;
  /** Days of the period. */
  readonly days: number;
}

/** 5 % a model and year. */
export const YEARLY_BUDGET: AlarmBudget = { alpha: 0.05, days: 365 };

/** What a day did to the stakes of each measure that saw something: all that is stored of a look, and no customer. */
export type Growth = { readonly [measure: string]: readonly number[] };

/** What one day's look gives. */
export interface Look {
  readonly day: number;
  /** Evidence against "nothing has changed": the weighted mean of the measures' e-values. */
  readonly evidence: number;
  /** The evidence has reached 1 / alpha on this day or before. */
  readonly alarm: boolean;
  /** The first day on which it did; null: it has not. */
  readonly alarmDay: number | null;
}

/** Watches all measures of one model over one period under one budget. */
export interface Detector {
  /** Takes a day's observations by measure; measures that are not named saw nothing. Days in order, each at most once. */
  look(day: number, observed: ReadonlyMap<string, ArrayLike<number>>): Look;
  /** Takes what `growthIn` made of a day's observations, so that a detector goes on from stored looks. */
  replay(day: number, growth: Growth): Look;
  /** What a day's observations do to the stakes; nothing is taken. */
  growthIn(observed: ReadonlyMap<string, ArrayLike<number>>): Growth;
  /** The e-value of each measure as of the last look, largest first. */
  eValues(): readonly { readonly name: string; readonly eValue: number }[];
}

/**
 * A detector: its evidence is a mean, fixed beforehand, of the measures' e-processes, which is an e-process itself however the measures
 * depend on each other. So its probability of ever reaching 1 / alpha is at most alpha while no measure changes; nothing has to be divided
 * among looks. Throws INVALID_INPUT without measures, with a name twice, or for a weight that is not positive.
 */
export function createDetector(watched: readonly Watched[], budget: AlarmBudget = YEARLY_BUDGET): Detector {
  const total = watched.reduce((sum, { weight }) => sum + weight, 0);
  const names = new Set(watched.map(({ name }) => name));
  if (watched.length === 0 || names.size < watched.length || !watched.every(({ weight }) => weight > 0))
    throw new ProbityError('INVALID_INPUT', 'Measures to watch need names of their own and positive weights.');
  const bets = new Map<string, { readonly bet: Bet; readonly side: BetSide; readonly weight: number }>(
    watched.map(({ name, side, weight }) => [
      name,
      { bet: createBet(side, budget.days), side, weight: weight / total },
    ]),
  );
  let last = -1;
  let alarmDay: number | null = null;
  const growthIn = (observed: ReadonlyMap<string, ArrayLike<number>>): Growth => {
    const growth: { [measure: string]: readonly number[] } = {};
    for (const [name, { side }] of bets) {
      const values = observed.get(name);
      if (values !== undefined && values.length > 0) growth[name] = [...growthOf(side, values)];
    }
    return growth;
  };
  const replay = (day: number, growth: Growth): Look => {
    if (!Number.isInteger(day) || day <= last || day >= budget.days)
      throw new ProbityError('INVALID_INPUT', `Day ${day} cannot be looked at after day ${last}.`);
    last = day;
    let evidence = 0;
    for (const [name, { bet, weight }] of bets) {
      const grown = growth[name];
      evidence += weight * (grown === undefined ? bet.capital : bet.grow(day, grown));
    }
    if (alarmDay === null && evidence >= 1 / budget.alpha) alarmDay = day;
    return { day, evidence, alarm: alarmDay !== null, alarmDay };
  };
  return {
    look: (day, observed) => replay(day, growthIn(observed)),
    replay,
    growthIn,
    eValues: () =>
      [...bets].map(([name, { bet }]) => ({ name, eValue: bet.capital })).sort((a, b) => b.eValue - a.eValue),
  };
}
