import { blend, GRAIN, type GradeBound } from '../blend/index.ts';
import { causesOf } from '../decision/causes.ts';
import type { DecisionInput } from '../decision/decide.ts';
import type { Decision } from '../decision/decision.ts';
import { dataQuality, DecisionFacts, gradeRank } from '../decision/facts.ts';
import { limitOf, termsOf } from '../decision/limit.ts';
import { shareOf } from '../explanation/criteria.ts';
import { logistic } from '../../models/scoring/index.ts';
import { gradeOf } from '../master-scale.ts';
import { pointsOf } from '../points.ts';
import { tableValue, type RuleTable } from '../rules/index.ts';
import { DERIVED, ratedAnew, type Advisor } from './advisor.ts';
import { changedInput } from './doable.ts';
import { Meetings } from './meetings.ts';
import { modelLogOdds, type Choice, type Option } from './options.ts';
import { rankOf, type TargetBounds } from './target.ts';

type Soon<T> = T | Promise<T>;

/** A customer after choices. */
interface Ready {
  readonly input: DecisionInput;
  readonly facts: DecisionFacts;
}

/** What policy makes of a combination: whether the target is still open, and the bounds of grades that it sets. */
interface PolicyAnswer {
  readonly isOpen: boolean;
  readonly bounds: readonly GradeBound[];
}

const NO_BOUNDS: readonly GradeBound[] = [];
/** Facts of the decision's end. */
const LATE = ['final.pd', 'final.score', 'final.grade', 'final.gradeRank', 'final.class'] as const;
/** Log-odds below any that a model gives. */
const LOWEST = -100_000;

/** A key of choices, at most three; each choice's id is below 2^16. */
const keyOf = (choices: readonly Choice[]): number => choices.reduce((key, { id }) => key * 65_536 + id, 0);

/**
 * Decides on combinations of choices as `decide` would, part by part: what a part answers is kept for the choices that touch it. Combinations
 * change disjoint fields, so the model's terms add up; where two acts meet in a pair of terms or in a criterion, what they do together is worked out.
 */
export class Reach {
  readonly #advisor: Advisor;
  readonly #input: DecisionInput;
  readonly #before: Decision;
  readonly #options: readonly Option[];
  readonly #target: TargetBounds;
  readonly #policy = new Map<number, PolicyAnswer>();
  /** By the place of the decision's end among what limits and terms tell apart, then by choices. */
  readonly #ends = new Map<number, Map<number, boolean>>();
  readonly #ceilings = new Map<number, number>();
  readonly #together = new Map<number, number>();
  readonly #touching: {
    readonly policy: readonly boolean[];
    readonly ends: readonly boolean[];
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
    const { set } = advisor.parts.rules;
    const touchesAny = (option: Option, fields: Iterable<string>): boolean =>
      [...fields].some((field) => option.touches.has(field));
    const namesOf = (tables: readonly RuleTable[]): string[] =>
      tables.flatMap(({ fields }) => fields.map(({ name }) => name));
    this.#touching = {
      policy: options.map((option) => touchesAny(option, namesOf(set.policy))),
      ends: options.map((option) => touchesAny(option, advisor.endFields)),
      score: set.score.map(({ table }) => options.map((option) => touchesAny(option, namesOf([table])))),
    };
    this.#model0 = modelLogOdds(advisor, input);
    this.#meetings = new Meetings(advisor.parts.model, options, advisor.parts.model.scorer.score(input.values).bins);
    this.#known = dataQuality(input);
  }

  /** Whether anything but the score reads what an option changes, or a second option meets it in the score. */
  isPlain(option: number, meets: (other: number) => boolean): boolean {
    const { policy, ends } = this.#touching;
    if (policy[option] === true || ends[option] === true) return false;
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
    const input = this.#after(choices, false);
    let fall = this.#model0 - modelLogOdds(this.#advisor, input);
    for (const [c, { criterion, runner }] of score.entries()) {
      if (!choices.some(({ option }) => this.#touching.score[c]?.[option] === true)) continue;
      const [hit] = await runner.run(this.#facts(choices, [criterion.table]));
      const before = this.#before.criteria[c]?.logOdds ?? 0;
      fall += before - shareOf(criterion, Number(hit?.outputs['points']), set);
    }
    return fall;
  }

  /** By how much one choice makes the log-odds fall; to be asked for every choice before others. */
  async alone(choice: Choice): Promise<number> {
    const { values } = this.#after([choice], false);
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
    const facts = this.#facts(choices, rules.set.policy);
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

  /** Whether limits and terms leave the target open at final log-odds. */
  ends(choices: readonly Choice[], logOdds: number, ready?: Ready): Soon<boolean> {
    const touching = choices.filter(({ option }) => this.#touching.ends[option] === true);
    let place = 0;
    for (const column of this.#advisor.lateColumns) {
      const { field, atoms } = column;
      place = place * (atoms.length + 1) + column.locate(tableValue(field, this.#lateFact(field.name, logOdds)));
    }
    let answers = this.#ends.get(place);
    if (answers === undefined) this.#ends.set(place, (answers = new Map<number, boolean>()));
    const key = keyOf(touching);
    const known = answers.get(key);
    if (known !== undefined) return known;
    const kept = answers;
    return this.#askEnds(ready ?? this.#readyFor(touching), logOdds).then((isOpen) => {
      kept.set(key, isOpen);
      return isOpen;
    });
  }

  /** The greatest log-odds within the target at which limits and terms leave it open; -Infinity where none. Worked out once for the choices that touch them. */
  ceiling(choices: readonly Choice[]): Soon<number> {
    const { lateStarts } = this.#advisor;
    const { logOdds } = this.#target;
    if (lateStarts === null || !Number.isFinite(logOdds)) return logOdds;
    const touching = choices.filter(({ option }) => this.#touching.ends[option] === true);
    const key = keyOf(touching);
    const known = this.#ceilings.get(key);
    if (known !== undefined) return known;
    return this.#findCeiling(touching, lateStarts).then((ceiling) => {
      this.#ceilings.set(key, ceiling);
      return ceiling;
    });
  }

  async #findCeiling(choices: readonly Choice[], starts: readonly number[]): Promise<number> {
    let highest = this.#target.logOdds;
    const ready = this.#readyFor(choices);
    for (const start of [...starts.filter((at) => at <= highest), -Infinity].sort((a, b) => b - a)) {
      const isOpen = this.ends(choices, highest, ready);
      if (typeof isOpen === 'boolean' ? isOpen : await isOpen) return highest;
      highest = start - GRAIN;
    }
    return -Infinity;
  }

  touchesEnds(option: number): boolean {
    return this.#touching.ends[option] === true;
  }

  /** The customer and the facts that limits and terms read, but for the decision's end. */
  #readyFor(choices: readonly Choice[]): Ready {
    const { set } = this.#advisor.parts.rules;
    return { input: this.#after(choices, false), facts: this.#facts(choices, [set.limits, set.terms]) };
  }

  async #askEnds({ input, facts }: Ready, logOdds: number): Promise<boolean> {
    const { rules } = this.#advisor.parts;
    const { set } = rules;
    for (const field of LATE) facts.set(field, this.#lateFact(field, logOdds));
    const [limitHit] = await rules.limits.run(facts);
    const [termsHit] = await rules.terms.run(facts);
    if (limitHit === undefined || termsHit === undefined) return false;
    const limit = limitOf(limitHit, facts, set, input.request, input.facts);
    const terms = termsOf(termsHit);
    const { outcome } = causesOf({ input, set, policy: [], pd: logistic(logOdds), limit, terms });
    return rankOf(outcome) <= this.#target.worst;
  }

  /** A fact of the decision's end. */
  #lateFact(field: string, logOdds: number): number | string {
    const { masterScale, points } = this.#advisor.parts.standards;
    const pd = logistic(logOdds);
    if (field === 'final.pd') return pd;
    if (field === 'final.score') return Math.round(pointsOf(logOdds, points));
    const grade = gradeOf(pd, this.#input.rating.horizonMonths, masterScale);
    return field === 'final.grade'
      ? grade.code
      : field === 'final.class'
        ? grade.class
        : gradeRank(grade.code, masterScale);
  }

  /** The customer after a combination, rated anew where the rating is read. */
  #after(choices: readonly Choice[], anew: boolean): DecisionInput {
    const { minorDigits } = this.#advisor.parts.rules.set.decision.currency;
    const changes = new Map(choices.flatMap((choice) => [...choice.changes]));
    const input = changedInput(this.#input, changes, minorDigits);
    return anew ? ratedAnew(this.#advisor, input) : input;
  }

  #facts(choices: readonly Choice[], tables: readonly RuleTable[]): DecisionFacts {
    const { rules, standards } = this.#advisor.parts;
    const anew = tables.some(({ fields }) => fields.some(({ name }) => DERIVED.includes(name)));
    return new DecisionFacts(this.#after(choices, anew && choices.length > 0), rules.set, standards.masterScale);
  }
}

function rangeOf(values: readonly number[]): number {
  return values.length === 0 ? 0 : Math.max(...values) - Math.min(...values);
}
