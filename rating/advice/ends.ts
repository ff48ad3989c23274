import { GRAIN } from '../blend/index.ts';
import { logistic } from '../../models/scoring/index.ts';
import { outcomeOf } from '../decision/causes.ts';
import type { DecisionInput } from '../decision/decide.ts';
import type { DecisionFacts } from '../decision/facts.ts';
import type { LimitOutcome, Outcome } from '../decision/decision.ts';
import { termsOf } from '../decision/limit.ts';
import { gradeIndexOf } from '../master-scale.ts';
import { pointsOf } from '../points.ts';
import { tableValue, type RowHit, type RuleTable } from '../rules/index.ts';
import { afterChoices, factsAfter, type Advisor } from './advisor.ts';
import { Limits } from './limits.ts';
import { keyOf, type Choice, type Option } from './options.ts';
import { rankOf, type TargetBounds } from './target.ts';

type Soon<T> = T | Promise<T>;

/** A customer after choices. */
interface Ready {
  readonly input: DecisionInput;
  readonly facts: DecisionFacts;
}

/** A limit that leaves all that is asked for: what terms alone make of a combination is asked with it. */
const NO_BAR: LimitOutcome = {
  availableMinor: 0,
  base: null,
  existingMinor: 0,
  grantedMinor: null,
  requestedMinor: null,
  row: '',
  totalMinor: 0,
};

/** Facts of the decision's end. */
const LATE = ['final.pd', 'final.score', 'final.grade', 'final.gradeRank', 'final.class'] as const;

/** What limits and terms make of combinations of choices: answers are kept for the choices that touch them. */
export class Ends {
  readonly #advisor: Advisor;
  readonly #input: DecisionInput;
  readonly #target: TargetBounds;
  readonly #limits: Limits;
  /** What the limit may leave of the request: one bit for each of nothing, a part and all. */
  readonly #enough: number;
  readonly #touching: {
    readonly limitCells: readonly boolean[];
    readonly terms: readonly boolean[];
    readonly any: readonly boolean[];
  };
  /** By the place of the decision's end among what limits and terms tell apart, then by choices; null: no row. */
  readonly #limitRows = new Map<number, Map<number, RowHit | null>>();
  readonly #terms = new Map<number, Map<number, boolean>>();
  readonly #ceilings = new Map<number, number>();

  constructor(advisor: Advisor, input: DecisionInput, options: readonly Option[], target: TargetBounds) {
    this.#advisor = advisor;
    this.#input = input;
    this.#target = target;
    this.#limits = new Limits(advisor, input, options);
    const { limitCells, limit, terms } = advisor.endFields;
    const touches = (fields: ReadonlySet<string>): boolean[] =>
      options.map((option) => [...fields].some((field) => option.touches.has(field)));
    this.#touching = {
      limitCells: touches(limitCells),
      terms: touches(terms),
      any: touches(new Set([...limitCells, ...limit, ...terms])),
    };
    const { nothing, partly } = advisor.parts.rules.set.decision.limits;
    const allowed = (outcome: Outcome): number => (rankOf(outcome) <= target.worst ? 1 : 0);
    this.#enough = allowed(nothing) | (allowed(partly) << 1) | (1 << 2);
  }

  touches(option: number): boolean {
    return this.#touching.any[option] === true;
  }

  /** The cheapest sizes within the runs of choices at which limits and terms leave the target open at final log-odds, or null. */
  cheapest(choices: readonly Choice[], logOdds: number): Soon<readonly Choice[] | null> {
    return this.#ask(choices, logOdds, (hit) => this.#limits.cheapest(hit, choices, this.#enough), null);
  }

  /** The greatest log-odds within the target at which limits and terms can leave it open; -Infinity where none. Worked out once for the choices that touch them. */
  ceiling(choices: readonly Choice[]): Soon<number> {
    const { lateStarts } = this.#advisor;
    const { logOdds } = this.#target;
    if (lateStarts === null || !Number.isFinite(logOdds)) return logOdds;
    const touching = choices.filter(({ option }) => this.#touching.any[option] === true);
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
    for (const start of [...starts.filter((at) => at <= highest), -Infinity].sort((a, b) => b - a)) {
      const asked = this.#ask(choices, highest, (hit) => this.#limits.canLeave(hit, choices, this.#enough), false);
      if (typeof asked === 'boolean' ? asked : await asked) return highest;
      highest = start - GRAIN;
    }
    return -Infinity;
  }

  /** What `then` makes of the row of limits, where terms leave the target open. */
  #ask<T>(choices: readonly Choice[], logOdds: number, then: (hit: RowHit) => T, otherwise: T): Soon<T> {
    const place = this.#placeOf(logOdds);
    const areOpen = this.#areTermsOpen(choices, logOdds, place);
    if (areOpen === false) return otherwise;
    const hit = this.#limitRow(choices, logOdds, place);
    if (areOpen === true && !(hit instanceof Promise)) return hit === null ? otherwise : then(hit);
    return Promise.all([areOpen, hit]).then(([isOpen, row]) => (isOpen && row !== null ? then(row) : otherwise));
  }

  #placeOf(logOdds: number): number {
    let place = 0;
    for (const column of this.#advisor.lateColumns) {
      const { field, atoms } = column;
      place = place * (atoms.length + 1) + column.locate(tableValue(field, this.#lateFact(field.name, logOdds)));
    }
    return place;
  }

  #limitRow(choices: readonly Choice[], logOdds: number, place: number): Soon<RowHit | null> {
    const { rules } = this.#advisor.parts;
    const touching = choices.filter(({ option }) => this.#touching.limitCells[option] === true);
    return kept(this.#limitRows, place, keyOf(touching), async () => {
      const { facts } = this.#readyFor(touching, rules.limits.table, logOdds);
      return (await rules.limits.run(facts))[0] ?? null;
    });
  }

  #areTermsOpen(choices: readonly Choice[], logOdds: number, place: number): Soon<boolean> {
    const { rules } = this.#advisor.parts;
    const { set } = rules;
    const touching = choices.filter(({ option }) => this.#touching.terms[option] === true);
    return kept(this.#terms, place, keyOf(touching), async () => {
      const { input, facts } = this.#readyFor(touching, rules.terms.table, logOdds);
      const [hit] = await rules.terms.run(facts);
      if (hit === undefined) return false;
      const outcome = outcomeOf({
        input,
        set,
        policy: [],
        pd: logistic(logOdds),
        limit: NO_BAR,
        terms: termsOf(hit),
      });
      return rankOf(outcome) <= this.#target.worst;
    });
  }

  /** The customer after choices, and the facts that a table reads, those of the decision's end among them. */
  #readyFor(choices: readonly Choice[], table: RuleTable, logOdds: number): Ready {
    const input = afterChoices(this.#advisor, this.#input, choices);
    const facts = factsAfter(this.#advisor, this.#input, choices, [table], input);
    for (const field of LATE) facts.set(field, this.#lateFact(field, logOdds));
    return { input, facts };
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

/** What was answered once, by place and choices. */
function kept<T>(answers: Map<number, Map<number, T>>, place: number, key: number, ask: () => Promise<T>): Soon<T> {
  let here = answers.get(place);
  if (here === undefined) answers.set(place, (here = new Map<number, T>()));
  const known = here.get(key);
  if (known !== undefined) return known;
  const there = here;
  return ask().then((answer) => {
    there.set(key, answer);
    return answer;
  });
}
