import { blend, type GradeBound } from '../blend/index.ts';
import type { DecisionInput } from '../decision/decide.ts';
import type { Decision } from '../decision/decision.ts';
import { dataQuality } from '../decision/facts.ts';
import { shareOf } from '../explanation/criteria.ts';
import type { RuleTable } from '../rules/index.ts';
import { afterChoices, factsAfter, type Advisor } from './advisor.ts';
import { Ends } from './ends.ts';
import { Meetings } from './meetings.ts';
import { keyOf, modelLogOdds, type Choice, type Option } from './options.ts';
import { rankOf, type TargetBounds } from './target.ts';

type Soon<T> = T | Promise<T>;

/** What policy makes of a combination: whether the target is still open, and the bounds of grades that it sets. */
interface PolicyAnswer {
  readonly isOpen: boolean;
  readonly bounds: readonly GradeBound[];
}

const NO_BOUNDS: readonly GradeBound[] = [];
/** Log-odds below any that a model gives. */
const LOWEST = -100_000;

/**
 * Decides on combinations of choices as `decide` would, part by part: what a part answers is kept for the choices that touch it. Combinations
 * change disjoint fields, so the model's terms add up; where two acts meet in a pair of terms or in a criterion, what they do together is worked out.
 */
export class Reach {
  /** What limits and terms make of combinations. */
  readonly ends: Ends;
  readonly #advisor: Advisor;
  readonly #input: DecisionInput;
  readonly #before: Decision;
  readonly #options: readonly Option[];
  readonly #target: TargetBounds;
  readonly #policy = new Map<number, PolicyAnswer>();
  readonly #together = new Map<number, number>();
  readonly #touching: {
    readonly policy: readonly boolean[];
    readonly score: readonly (readonly boolean[])[];
  };
  readonly #model0: number;
  readonly #meetings: Meetings;
  readonly #known: { readonly known: number; readonly all: number };

  constructor(
    advisor: Advisor,
    input: DecisionInput,
    before: Decision,
    options: readonly Option[],
    target: TargetBounds,
  ) {
    this.#advisor = advisor;
    this.#input = input;
    this.#before = before;
    this.#options = options;
    this.#target = target;
    this.ends = new Ends(advisor, input, options, target);
    const { set } = advisor.parts.rules;
    const touchesAny = (option: Option, fields: Iterable<string>): boolean =>
      [...fields].some((field) => option.touches.has(field));
    const namesOf = (tables: readonly RuleTable[]): string[] =>
      tables.flatMap(({ fields }) => fields.map(({ name }) => name));
    this.#touching = {
      policy: options.map((option) => touchesAny(option, namesOf(set.policy))),
      score: set.score.map(({ table }) => options.map((option) => touchesAny(option, namesOf([table])))),
    };
    this.#model0 = modelLogOdds(advisor, input);
    this.#meetings = new Meetings(advisor.parts.model, options, advisor.parts.model.scorer.score(input.values).bins);
    this.#known = dataQuality(input);
  }

  /** Whether anything but the score reads what an option changes, or a second option meets it in the score. */
  isPlain(option: number, meets: (other: number) => boolean): boolean {
    if (this.#touching.policy[option] === true || this.ends.touches(option)) return false;
    return this.#options.every((_, other) => other === option || !meets(other));
  }

  touchesPolicy(option: number): boolean {
    return this.#touching.policy[option] === true;
  }

  /** Whether two acts meet in a pair of terms or in a criterion. */
  meets(a: number, b: number): boolean {
    return this.#meetings.meets(a, b) || this.#criteriaSlack(a, b) > 0;
  }

  /** At most how much further two acts that can be joined bring the log-odds down together than each alone adds up to. */
  slack(a: number, b: number): number {
    return this.#meetings.slack(a, b) + this.#criteriaSlack(a, b);
  }

  /** The same of criteria alone. */
  #criteriaSlack(a: number, b: number): number {
    return this.#touching.score.reduce(
      (slack, touched, c) => slack + (touched[a] === true && touched[b] === true ? 2 * this.#rangeOfCriterion(c) : 0),
      0,
    );
  }

  /** The same for what only three together can do. */
  slackOfThree(a: number, b: number, c: number): number {
    return this.#touching.score.reduce(
      (slack, touched, at) =>
        slack +
        (touched[a] === true && touched[b] === true && touched[c] === true ? 4 * this.#rangeOfCriterion(at) : 0),
      0,
    );
  }

  #rangeOfCriterion(c: number): number {
    const { set } = this.#advisor.parts.rules;
    const criterion = set.score[c];
    if (criterion === undefined) return 0;
    return rangeOf(criterion.table.rows.map(({ outputs }) => shareOf(criterion, Number(outputs['points']), set)));
  }

  /** By how much the log-odds before bounds fall under a combination, worked out as a whole. */
  async fall(choices: readonly Choice[]): Promise<number> {
    const { set, score } = this.#advisor.parts.rules;
    const input = afterChoices(this.#advisor, this.#input, choices);
    let fall = this.#model0 - modelLogOdds(this.#advisor, input);
    for (const [c, { criterion, runner }] of score.entries()) {
      if (!choices.some(({ option }) => this.#touching.score[c]?.[option] === true)) continue;
      const [hit] = await runner.run(factsAfter(this.#advisor, this.#input, choices, [criterion.table]));
      const before = this.#before.criteria[c]?.logOdds ?? 0;
      fall += before - shareOf(criterion, Number(hit?.outputs['points']), set);
    }
    return fall;
  }

  /** By how much one choice makes the log-odds fall; to be asked for every choice before others. */
  async alone(choice: Choice): Promise<number> {
    const { values } = afterChoices(this.#advisor, this.#input, [choice]);
    this.#meetings.set(choice, this.#advisor.parts.model.scorer.score(values).bins);
    return this.fall([choice]);
  }

  /** What two choices do together beyond what each does alone. */
  together(a: Choice, b: Choice, alone: readonly number[]): Soon<number> {
    if (this.#criteriaSlack(a.option, b.option) === 0) return this.#meetings.together(a, b);
    const key = keyOf([a, b]);
    const known = this.#together.get(key);
    if (known !== undefined) return known;
    return this.fall([a, b]).then((fall) => {
      const more = fall - (alone[a.id] ?? 0) - (alone[b.id] ?? 0);
      this.#together.set(key, more);
      return more;
    });
  }

  /** Whether a combination leaves data thinner than may be decided on. */
  isTooThin(choices: readonly Choice[]): boolean {
    const lost = choices.reduce((sum, choice) => sum + choice.lost, 0);
    if (lost === 0) return false;
    const { standards, rules } = this.#advisor.parts;
    const { known, all } = this.#known;
    const { thin } = standards.policy;
    if (thin.action === 'refuse' && known - lost < thin.knownShareBelow * all) return true;
    const refers = known - lost < rules.set.decision.data.referKnownShareBelow * all;
    return refers && rankOf('refer') > this.#target.worst;
  }

  policy(choices: readonly Choice[]): Soon<PolicyAnswer> {
    const touching = choices.filter(({ option }) => this.#touching.policy[option] === true);
    const key = keyOf(touching);
    const known = this.#policy.get(key);
    if (known !== undefined) return known;
    return this.#askPolicy(touching).then((answer) => {
      this.#policy.set(key, answer);
      return answer;
    });
  }

  async #askPolicy(choices: readonly Choice[]): Promise<PolicyAnswer> {
    const { rules } = this.#advisor.parts;
    const facts = factsAfter(this.#advisor, this.#input, choices, rules.set.policy);
    const bounds: GradeBound[] = [];
    let isOpen = true;
    for (const runner of rules.policy)
      for (const { outputs } of await runner.run(facts)) {
        const outcome = outputs['outcome'];
        if (outcome !== 'note' && rankOf(outcome as Decision['outcome']) > this.#target.worst) isOpen = false;
        const bound = {
          noBetterThan: (outputs['noBetterThan'] ?? null) as string | null,
          noWorseThan: (outputs['noWorseThan'] ?? null) as string | null,
        };
        if (bound.noBetterThan !== null || bound.noWorseThan !== null) bounds.push(bound);
      }
    if (bounds.length > 0 && this.bounded(LOWEST, bounds) > this.#target.logOdds) isOpen = false;
    return { isOpen, bounds: bounds.length === 0 ? NO_BOUNDS : bounds };
  }

  /** Log-odds within the bounds that policy sets. */
  bounded(logOdds: number, bounds: readonly GradeBound[]): number {
    if (bounds.length === 0) return logOdds;
    const { rules, standards } = this.#advisor.parts;
    return blend(logOdds, [], bounds, rules.set.decision.blend, standards.masterScale).logOdds;
  }
}

function rangeOf(values: readonly number[]): number {
  return values.length === 0 ? 0 : Math.max(...values) - Math.min(...values);
}
