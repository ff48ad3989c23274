import {
  advise,
  parseActs,
  prepareAdvisor,
  type ActsFile,
  type Advice,
  type Advisor,
  type AdviceTarget,
  type DecisionInput,
} from '../../rating/index.ts';
import type { ServingDependencies } from '../dependencies.ts';
import type { ServedRating } from './served.ts';

/** What advice on a rating is worked out from. */
export type Advisable = Pick<
  ServedRating,
  'rating' | 'decision' | 'explained' | 'inputs' | 'rules' | 'late' | 'term' | 'rulesOnly'
>;

/** Advice on a rating, and with which acts. */
export interface GivenAdvice {
  readonly advice: Advice;
  /** The acts are those that the rating's evidence names: the advice is the same whenever it is asked for. */
  readonly isRecorded: boolean;
}

/** Advises on ratings: by the present acts on new ones, by the acts of their evidence on recorded ones. */
export interface Adviser {
  /** `actsHash`: the acts in the evidence of a recorded rating; null: the present ones. Throws INVALID_SPEC where rules and acts cannot be searched together, PART_MISSING. */
  advise(of: Advisable, target: AdviceTarget | null, actsHash: string | null): Promise<GivenAdvice>;
}

/** Acts of old ratings, and advisors of one rule set, that are kept ready. */
const MOST_KEPT = 8;

export function createAdviser({
  acts,
  actsHash: presentHash,
  records,
}: Pick<ServingDependencies, 'acts' | 'actsHash' | 'records'>): Adviser {
  /** Advisors by the rules, and then by the model and the acts, that they were made ready for. */
  const advisors = new WeakMap<object, Map<string, Advisor>>();
  const old = new Map<string, ActsFile>();

  const advisorFor = ({ explained, rules }: Advisable, of: ActsFile, hash: string): Advisor => {
    const { model, standards } = explained;
    const made = advisors.get(rules) ?? new Map<string, Advisor>();
    advisors.set(rules, made);
    return keptIn(made, `${model.hash} ${hash}`, () => prepareAdvisor({ model, standards, rules, acts: of }));
  };
  const actsOf = async (hash: string): Promise<ActsFile> => {
    if (hash === presentHash) return acts;
    const content = old.has(hash) ? null : await records.part('acts', hash);
    return keptIn(old, hash, () => parseActs(content));
  };

  return {
    async advise(of, target, actsHash) {
      const hash = actsHash ?? presentHash;
      const advisor = advisorFor(of, await actsOf(hash), hash);
      const { rating, decision, inputs } = of;
      const { request, facts, latePayment } = inputs.decision;
      const { values, asOf } = inputs;
      const input: DecisionInput = { rating, values, asOf, request, facts, latePayment };
      return { advice: await advise(advisor, input, decision, target), isRecorded: actsHash !== null };
    },
  };
}

/** What a map holds under a key, made and put there where it is missing; the oldest goes. */
function keptIn<T>(map: Map<string, T>, key: string, make: () => T): T {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  const [oldest] = map.keys();
  if (map.size > MOST_KEPT && oldest !== undefined) map.delete(oldest);
  return made;
}
