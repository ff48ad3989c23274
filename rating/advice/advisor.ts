import { changedInput } from '../decision/changed.ts';
import { ProbityError, type Problem } from '../../base/index.ts';
import { neighbour } from '../../models/golden/ulp.ts';
import { toleratedRange } from '../../models/scoring/tolerance.ts';
import { gradeBounds, leastLogOdds } from '../blend/index.ts';
import type { DecisionInput } from '../decision/decide.ts';
import { DecisionFacts } from '../decision/facts.ts';
import { minorOf } from '../decision/money.ts';
import type { RateableModel } from '../model.ts';
import { rate } from '../rate.ts';
import { columnRegions, type ColumnRegions, type LiveRules, type RuleField, type RuleTable } from '../rules/index.ts';
import type { RatingStandards } from '../standards.ts';
import type { Act, ActsFile } from './act-schema.ts';
import type { Changes } from './doable.ts';

/** Everything that advice is a function of, beside the customer. */
export interface AdviceParts {
  readonly model: RateableModel;
  readonly standards: RatingStandards;
  readonly rules: LiveRules;
  readonly acts: ActsFile;
}

/** Facts that follow from the model's features together. */
export const DERIVED: readonly string[] = [
  'model.pd',
  'model.grade',
  'model.gradeRank',
  'data.unusual',
  'data.knownShare',
  'data.thin',
];

/** Parts made ready to search in, worked out once for many customers. */
export interface Advisor {
  readonly parts: AdviceParts;
  /** Numbers at which something may turn, by field, ascending: bins' edges and codes, tables' cells, the terms' days. */
  readonly cuts: ReadonlyMap<string, readonly number[]>;
  /** Fields that the model or a table of a decision reads, the bases of limits among them. */
  readonly readFields: ReadonlySet<string>;
  /** Fields of the decision's end, its late ones left out. */
  readonly endFields: {
    /** What the cells of the limits table read. */
    readonly limitCells: ReadonlySet<string>;
    /** What a limit is worked out from: what is asked for, what is drawn, and the bases of limits. */
    readonly limit: ReadonlySet<string>;
    /** What terms and their conditions ask for. */
    readonly terms: ReadonlySet<string>;
  };
  /** The end's own facts that limits and terms ask for, cut where their cells cut them. */
  readonly lateColumns: readonly ColumnRegions[];
  /** Log-odds from which on limits and terms may answer otherwise, ascending; null: anywhere, points are read. */
  readonly lateStarts: readonly number[] | null;
  /** Whether a policy row may hold a grade up: the score alone then tells less. */
  readonly holdsUp: boolean;
}

/**
 * Makes ready what advice needs. Throws INVALID_SPEC where acts and rules together cannot be searched exactly: a limit whose base moves with
 * the score, an act that changes a limit's base beside the request, or the request and what is drawn each its own way, steps finer than the currency's minor unit.
 */
export function prepareAdvisor(parts: AdviceParts): Advisor {
  const { rules, acts, model } = parts;
  const { set } = rules;
  const bases = new Set(
    set.limits.rows.flatMap(({ outputs }) => (typeof outputs['base'] === 'string' ? [outputs['base']] : [])),
  );
  const problems: Problem[] = [
    ...[...bases]
      .filter((base) => base.startsWith('final.') || DERIVED.includes(base))
      .map((base) => ({
        at: 'limits.json',
        message: `The base ${base} moves with the score: no advice can be exact.`,
      })),
    ...acts.acts.flatMap((act) => actProblems(act, bases, set.decision.currency.minorDigits)),
  ];
  if (problems.length > 0)
    throw new ProbityError('INVALID_SPEC', 'These acts cannot be advised on under these rules.', { problems });
  const cellsOf = ({ fields }: RuleTable): string[] => fields.filter(({ late }) => !late).map(({ name }) => name);
  const ends = [set.limits, set.terms];
  const tables = [...set.policy, ...set.score.map(({ table }) => table), ...ends];
  return {
    parts,
    cuts: cutsOf(model, tables),
    readFields: new Set([
      ...model.scorer.features.map((name) => `features.${name}`),
      ...tables.flatMap(({ fields }) => fields.map(({ name }) => name)),
      ...bases,
      'request.amount',
      'request.termDays',
      'customer.existingExposure',
      'guarantee.offered',
      ...(set.regimes.industry.feature === null ? [] : [`features.${set.regimes.industry.feature}`]),
    ]),
    endFields: {
      limitCells: new Set(cellsOf(set.limits)),
      limit: new Set(['request.amount', 'customer.existingExposure', ...bases]),
      terms: new Set(['request.termDays', 'guarantee.offered', ...cellsOf(set.terms)]),
    },
    lateColumns: ends.flatMap((table) =>
      table.fields.flatMap((field, c) =>
        field.late
          ? [
              columnRegions(
                field,
                table.rows.map(({ tests }) => tests[c] ?? { kind: 'any' as const }),
              ),
            ]
          : [],
      ),
    ),
    lateStarts: lateStartsOf(ends, parts.standards),
    holdsUp: set.policy.some(({ rows }) => rows.some(({ outputs }) => (outputs['noWorseThan'] ?? null) !== null)),
  };
}

function lateStartsOf(tables: readonly RuleTable[], { masterScale }: RatingStandards): readonly number[] | null {
  const late = tables.flatMap((table) => table.fields.flatMap((field, c) => (field.late ? [{ table, field, c }] : [])));
  if (late.some(({ field }) => field.name === 'final.score')) return null;
  const cuts = late
    .filter(({ field }) => field.name === 'final.pd')
    .flatMap(({ table, field, c }) => cutsOfColumn(field, table, c));
  // Near 1 a double tells few PDs apart; below 10^-9 tables read 0.
  if (cuts.some((cut) => cut > 1 - 1e-6 && cut < 1)) return null;
  const pds = cuts.filter((cut) => cut >= 1e-9 && cut < 1).flatMap((cut) => [cut, neighbour(cut, true)]);
  const starts = new Set([...pds.map(leastLogOdds), ...gradeBounds(masterScale).map(({ from }) => from)]);
  return [...starts].filter(Number.isFinite).sort((a, b) => a - b);
}

function actProblems({ id, effects, size }: Act, bases: ReadonlySet<string>, minorDigits: number): Problem[] {
  const written = effects.map(({ field }) => field);
  const ofRequest = effects.filter(({ field }) => field === 'request.amount' || field === 'customer.existingExposure');
  const mixed = written.some((field) => bases.has(field)) && ofRequest.length > 0;
  const apart = ofRequest.length > 1 && ofRequest.some(({ follows }) => follows !== 'size');
  const isWhole = (value: number): boolean => minorOf(value, minorDigits) === minorOf(value, minorDigits, 'up');
  return [
    ...(mixed ? [{ at: id, message: 'It changes the base of a limit beside the amount asked for or drawn.' }] : []),
    ...(apart ? [{ at: id, message: 'It changes the amounts asked for and drawn otherwise than by its size.' }] : []),
    ...(size?.unit === 'money' && !(isWhole(size.step) && isWhole(size.bound))
      ? [{ at: id, message: 'Its step or bound is finer than the currency.' }]
      : []),
  ];
}

/** Where reading a field turns: at what cells name, at the field's bounds, and around 0 (see `tableValue`). */
function cutsOfColumn(field: RuleField, { rows }: RuleTable, c: number): number[] {
  const named = rows.flatMap(({ tests }) => {
    const test = tests[c];
    return test?.kind === 'numbers' ? test.intervals.flatMap(({ from, to }) => [from, to]) : [];
  });
  const all = [...named, field.min ?? Infinity, field.max ?? Infinity].filter(Number.isFinite);
  const whole = field.integer ? all.flatMap((cut) => [Math.ceil(cut), Math.floor(cut) + 1]) : [];
  return [...all, ...whole, -1e-9, 1e-9];
}

function cutsOf(model: RateableModel, tables: readonly RuleTable[]): Map<string, readonly number[]> {
  const cuts = new Map<string, Set<number>>();
  const add = (field: string, values: readonly number[]): void => {
    const known = cuts.get(field) ?? new Set();
    for (const value of values) known.add(value);
    cuts.set(field, known);
  };
  for (const term of model.artefact.model.terms)
    if (term.encoding.kind === 'number')
      add(`features.${term.name}`, [...term.encoding.edges, ...term.encoding.codes, ...(toleratedRange(term) ?? [])]);
  for (const table of tables)
    table.fields.forEach((field, c) => {
      if (field.type === 'number' && !field.late) add(field.name, cutsOfColumn(field, table, c));
      else if (field.type === 'category' && field.name.startsWith('features.')) add(field.name, []);
    });
  const terms = tables.at(-1);
  add('request.termDays', terms?.rows.map(({ outputs }) => Number(outputs['days'])) ?? []);
  return new Map([...cuts].map(([field, values]) => [field, [...values].sort((a, b) => a - b)]));
}

/** The input with its rating made anew from its values; what was said of late sources stays. Throws RATING_REFUSED. */
export function ratedAnew({ parts }: Advisor, input: DecisionInput): DecisionInput {
  const { rating, values } = input;
  const anew = rate(parts.model, parts.standards, {
    values,
    horizonMonths: rating.horizonMonths,
    staleSources: [],
    incompleteSources: [],
  });
  const late = rating.flags.filter(({ code }) => code === 'STALE_SOURCE' || code === 'INCOMPLETE_SOURCE');
  return { ...input, rating: { ...anew, flags: [...anew.flags, ...late] } };
}

/** What choices make of fields. */
interface Changing {
  readonly changes: Changes;
}

/** The customer after choices, the rating still that of before. */
export function afterChoices({ parts }: Advisor, input: DecisionInput, choices: readonly Changing[]): DecisionInput {
  const changes = new Map(choices.flatMap((choice) => [...choice.changes]));
  return changedInput(input, changes, parts.rules.set.decision.currency.minorDigits);
}

/** The facts that tables read after choices; the customer is rated anew where they read the rating. */
export function factsAfter(
  advisor: Advisor,
  input: DecisionInput,
  choices: readonly Changing[],
  tables: readonly RuleTable[],
  after: DecisionInput = afterChoices(advisor, input, choices),
): DecisionFacts {
  const { rules, standards } = advisor.parts;
  const anew = tables.some(({ fields }) => fields.some(({ name }) => DERIVED.includes(name)));
  const rated = anew && choices.length > 0 ? ratedAnew(advisor, after) : after;
  return new DecisionFacts(rated, rules.set, standards.masterScale);
}
