import { ProbityError, type AsOf } from '../../base/index.ts';
import {
  chooseArm,
  chooseLateSlot,
  chooseSlot,
  chooseTermSlot,
  type ArmChoice,
  type LiveRules,
  type RateableModel,
  type SlotChoice,
} from '../../rating/index.ts';
import type { ServingDependencies } from '../dependencies.ts';
import type { LiveChampion } from '../live/deployment.ts';
import type { Lease, Live } from '../live/live.ts';
import type { RatingRequest } from './request.ts';

/** A champion that rates nobody and stands beside the one that does. */
export interface Beside {
  readonly choice: SlotChoice;
  readonly champion: LiveChampion;
}

/** Who rates one row, and as of when. */
export interface Assignment {
  readonly asOf: AsOf;
  readonly choice: SlotChoice;
  readonly champion: LiveChampion;
  readonly championOf: 'today' | 'then';
  /** The model that rates: the champion's, or that of the challenger where the customer is in its arm. */
  readonly model: RateableModel;
  readonly arm: (ArmChoice & { readonly why: string }) | null;
  readonly rules: LiveRules;
  /** The champion of late payment, where there is one. */
  readonly late: Beside | null;
  /** The champion of the term structure, where there is one. */
  readonly term: Beside | null;
  /** Rules alone rate, in the model's place, with nothing beside; null: the model rates. */
  readonly rulesOnly: LiveChampion['rulesOnly'] | null;
  /** The customer's segment, where it is known. */
  readonly segment: string | null;
}

/** Finds who rates a request; throws NO_SLOT, NO_CHAMPION_THEN. */
export type Assign = (lease: Lease, request: RatingRequest, asOf: AsOf, segment: string | null) => Promise<Assignment>;

export function createAssign(
  { defaults }: Pick<ServingDependencies, 'defaults'>,
  live: Pick<Live, 'championAt' | 'rulesAt'>,
): Assign {
  return async (lease, request, asOf, segment) => {
    const context = {
      portfolio: request.portfolio ?? defaults.portfolio,
      segment,
      horizonMonths: request.horizonMonths ?? defaults.horizonMonths,
    };
    const slots = lease.champions.map(({ slot }) => slot);
    const championOf = request.asOf === undefined ? 'today' : (request.model ?? 'today');
    const championIn = async ({ slot }: SlotChoice): Promise<LiveChampion | null> =>
      championOf === 'today'
        ? (lease.champions.find((one) => one.slot === slot) ?? null)
        : ((await live.championAt(slot, asOf)) ?? null);
    const beside = async (choice: SlotChoice): Promise<Beside | null> => {
      const champion = await championIn(choice);
      return champion === null ? null : { choice, champion };
    };
    const choice = chooseSlot(slots, context);
    const champion = await championIn(choice);
    if (champion === null) throw new ProbityError('NO_CHAMPION_THEN', 'This slot had no champion at that instant.');
    const rules = championOf === 'today' ? lease.rules : await live.rulesAt(asOf);
    const rulesOnly = champion.rulesOnly ?? null;
    const arm = champion.split && rulesOnly === null ? chooseArm(champion.split, request.customerId ?? null) : null;
    const model = arm?.arm === 'challenger' && champion.challenger ? champion.challenger : champion.model;
    const lateChoice = rulesOnly === null ? chooseLateSlot(slots, context) : null;
    const termChoice = rulesOnly === null ? chooseTermSlot(slots, context) : null;
    const late = lateChoice === null ? null : await beside(lateChoice);
    const term = termChoice === null ? null : await beside(termChoice);
    return { asOf, choice, champion, championOf, model, arm, rules, late, term, rulesOnly, segment };
  };
}

/** The models that stand beside the one that rates: of late payment, of the term structure; null: none. */
export function modelsBeside({ late, term }: Pick<Assignment, 'late' | 'term'>) {
  return [late?.champion.model ?? null, term?.champion.model ?? null] as const;
}
