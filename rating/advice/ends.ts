import { GRAIN } from '../blend/index.ts';
import { logistic } from '../../models/scoring/index.ts';
import { outcomeOf } from '../decision/causes.ts';
import type { DecisionInput } from '../decision/decide.ts';
import type { DecisionFacts } from '../decision/facts.ts';
import { limitOf, termsOf } from '../decision/limit.ts';
import { gradeIndexOf } from '../master-scale.ts';
import { pointsOf } from '../points.ts';
import { tableValue } from '../rules/index.ts';
import { afterChoices, factsAfter, type Advisor } from './advisor.ts';
import { keyOf, type Choice, type Option } from './options.ts';
import { rankOf, type TargetBounds } from './target.ts';

type Soon<T> = T | Promise<T>;

/** A customer after choices. */
interface Ready {
  readonly input: DecisionInput;
  readonly facts: DecisionFacts;
}

/** Facts of the decision's end. */
const LATE = ['final.pd', 'final.score', 'final.grade', 'final.gradeRank', 'final.class'] as const;

/** What limits and terms make of combinations of choices: answers are kept for the choices that touch them. */
export class Ends {
  readonly #advisor: Advisor;
  readonly #input: DecisionInput;
  readonly #target: TargetBounds;
  readonly #touching: readonly boolean[];
  /** By the place of the decision's end among what limits and terms tell apart, then by choices. */
  readonly #answers = new Map<number, Map<number, boolean>>();
  readonly #ceilings = new Map<number, number>();

  constructor(advisor: Advisor, input: DecisionInput, options: readonly Option[], target: TargetBounds) {
    this.#advisor = advisor;
    this.#input = input;
    this.#target = target;
    this.#touching = options.map(({ touches }) => [...advisor.endFields].some((field) => touches.has(field)));
  }

  touches(option: number): boolean {
    return this.#touching[option] === true;
  }

  /** Whether limits and terms leave the target open at final log-odds. */
  areOpen(choices: readonly Choice[], logOdds: number, ready?: Ready): Soon<boolean> {
    const touching = choices.filter(({ option }) => this.#touching[option] === true);
    let place = 0;
    for (const column of this.#advisor.lateColumns) {
      const { field, atoms } = column;
      place = place * (atoms.length + 1) + column.locate(tableValue(field, this.#lateFact(field.name, logOdds)));
    }
    let answers = this.#answers.get(place);
    if (answers === undefined) this.#answers.set(place, (answers = new Map<number, boolean>()));
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
    const touching = choices.filter(({ option }) => this.#touching[option] === true);
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
      const isOpen = this.areOpen(choices, highest, ready);
      if (typeof isOpen === 'boolean' ? isOpen : await isOpen) return highest;
      highest = start - GRAIN;
    }
    return -Infinity;
  }

  /** The customer and the facts that limits and terms read, but for the decision's end. */
  #readyFor(choices: readonly Choice[]): Ready {
    const { set } = this.#advisor.parts.rules;
    const input = afterChoices(this.#advisor, this.#input, choices);
    return {
      input,
      facts: factsAfter(this.#advisor, this.#input, choices, [set.limits, set.terms], input),
    };
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
    const outcome = outcomeOf({ input, set, policy: [], pd: logistic(logOdds), limit, terms });
    return rankOf(outcome) <= this.#target.worst;
  }

  /** A fact of the decision's end. */
  #lateFact(field: string, logOdds: number): number | string {
    const { masterScale, points } = this.#advisor.parts.standards;
    const pd = logistic(logOdds);
    if (field === 'final.pd') return pd;
    if (field === 'final.score') return Math.round(pointsOf(logOdds, points));
    const index = gradeIndexOf(pd, masterScale);
    if (field === 'final.gradeRank') return index + 1;
    const grade = masterScale.grades[index];
    return (field === 'final.grade' ? grade?.code : grade?.class) ?? '';
  }
}
