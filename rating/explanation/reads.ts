import { gradeIndexOf, type MasterScale } from '../master-scale.ts';
import type { RateableModel } from '../model.ts';
import { tableValue, type Criterion, type RuleSet, type RuleTable, type Scalar } from '../rules/index.ts';
import { pointsOn, type TableFacts } from './criteria.ts';

/** Facts that follow from the model's log-odds. */
export const OF_SCORE: readonly string[] = ['model.pd', 'model.grade', 'model.gradeRank'];
/** Facts that follow from which features are known. */
export const OF_KNOWN: readonly string[] = ['data.knownShare', 'data.thin'];
/** Follows from the values of features. */
export const OF_VALUES = 'data.unusual';

/** What criteria and the tables that bound grades read of a model's features; worked out once. */
export interface Reads {
  /** Whether none of them reads a feature, or a fact that follows from features: gains are then those of the model. */
  readonly isPlain: boolean;
  /** By term of the model: the criteria that read the feature, or a fact that follows from it whatever its value. */
  readonly criteriaOfTerm: readonly (readonly number[])[];
  /** Criteria that read how many features are known. */
  readonly criteriaOfKnown: readonly number[];
  readonly fieldsOfCriterion: readonly ReadonlySet<string>[];
  /** By term: whether tables that bound grades read it so. */
  readonly boundsReadTerm: readonly boolean[];
  readonly boundsReadKnown: boolean;
  /** Fields of tables that bound grades. */
  readonly boundFields: ReadonlySet<string>;
  /** Whether a table reads whether a value is unusual. */
  readonly readsUnusual: boolean;
  /** Criteria that read the model's own PD or grade, and no other fact that follows from features. */
  readonly ofScore: readonly number[];
}

const known = new WeakMap<RuleSet, WeakMap<RateableModel, Reads>>();

export function readsOf(set: RuleSet, model: RateableModel): Reads {
  let byModel = known.get(set);
  if (byModel === undefined) known.set(set, (byModel = new WeakMap<RateableModel, Reads>()));
  let reads = byModel.get(model);
  if (reads === undefined) byModel.set(model, (reads = workedOut(set, model)));
  return reads;
}

/** Whether a table has a row that bounds grades. */
export function boundsGrades({ rows }: RuleTable): boolean {
  return rows.some(
    ({ outputs }) => (outputs['noBetterThan'] ?? null) !== null || (outputs['noWorseThan'] ?? null) !== null,
  );
}

function workedOut(set: RuleSet, model: RateableModel): Reads {
  const { terms } = model.artefact.model;
  const namesOf = ({ fields }: RuleTable): ReadonlySet<string> => new Set(fields.map(({ name }) => name));
  const fieldsOfCriterion = set.score.map(({ table }) => namesOf(table));
  const boundFields = new Set(set.policy.filter(boundsGrades).flatMap((table) => [...namesOf(table)]));
  const { feature } = set.regimes.industry;
  const readsTerm = (fields: ReadonlySet<string>, name: string): boolean =>
    fields.has(`features.${name}`) ||
    (name === feature && fields.has('regime.industry')) ||
    fields.has(OF_VALUES) ||
    OF_SCORE.some((field) => fields.has(field));
  const readsKnown = (fields: ReadonlySet<string>): boolean => OF_KNOWN.some((field) => fields.has(field));
  const indexes = (reads: (fields: ReadonlySet<string>) => boolean): number[] =>
    fieldsOfCriterion.flatMap((fields, i) => (reads(fields) ? [i] : []));
  const criteriaOfTerm = terms.map(({ name }) => indexes((fields) => readsTerm(fields, name)));
  const criteriaOfKnown = indexes(readsKnown);
  const boundsReadTerm = terms.map(({ name }) => readsTerm(boundFields, name));
  const boundsReadKnown = readsKnown(boundFields);
  const modelFeatures = new Set(terms.map(({ name }) => `features.${name}`));
  return {
    isPlain:
      criteriaOfTerm.every((of) => of.length === 0) &&
      criteriaOfKnown.length === 0 &&
      !boundsReadTerm.includes(true) &&
      !boundsReadKnown,
    criteriaOfTerm,
    criteriaOfKnown,
    fieldsOfCriterion,
    boundsReadTerm,
    boundsReadKnown,
    boundFields,
    readsUnusual: [boundFields, ...fieldsOfCriterion].some((fields) => fields.has(OF_VALUES)),
    ofScore: indexes(
      (fields) =>
        OF_SCORE.some((field) => fields.has(field)) &&
        !readsKnown(fields) &&
        !fields.has(OF_VALUES) &&
        !(feature !== null && modelFeatures.has(`features.${feature}`) && fields.has('regime.industry')) &&
        [...fields].every((field) => !modelFeatures.has(field)),
    ),
  };
}

/** Facts of the model's own PD and grade, as tables read them. */
export function scoreFacts(pd: number, set: RuleSet, scale: MasterScale): Record<string, Scalar> {
  const index = gradeIndexOf(pd, scale);
  const field = set.fields.get('model.pd');
  return {
    'model.grade': scale.grades[index]?.code ?? null,
    'model.gradeRank': index + 1,
    'model.pd': field === undefined ? pd : tableValue(field, pd),
  };
}

const turns = new WeakMap<Criterion, WeakMap<MasterScale, readonly number[]>>();

/** PDs, ascending, that hold one of each stretch within which a criterion reads the same of the score. */
function pdsApart(criterion: Criterion, scale: MasterScale): readonly number[] {
  let byScale = turns.get(criterion);
  if (byScale === undefined) turns.set(criterion, (byScale = new WeakMap<MasterScale, readonly number[]>()));
  let pds = byScale.get(scale);
  if (pds === undefined) {
    const { fields, rows } = criterion.table;
    const column = fields.findIndex(({ name }) => name === 'model.pd');
    const named = rows.flatMap(({ tests }) => {
      const test = tests[column];
      return test?.kind === 'numbers' ? test.intervals.flatMap(({ from, to }) => [from, to]) : [];
    });
    const cuts = [...new Set([0, 1, 1e-9, ...named, ...scale.grades.map(({ pdBelow }) => pdBelow)])]
      .filter((cut) => cut >= 0 && cut <= 1)
      .sort((a, b) => a - b);
    pds = cuts.flatMap((cut, i) => (i === 0 ? [cut] : [((cuts[i - 1] ?? 0) + cut) / 2, cut]));
    byScale.set(scale, pds);
  }
  return pds;
}

/** Whether a criterion never gives more points to a higher PD of the model, other facts as they are. */
export function fallsWithScore(criterion: Criterion, facts: TableFacts, set: RuleSet, scale: MasterScale): boolean {
  let before = Infinity;
  for (const pd of pdsApart(criterion, scale)) {
    const points = pointsOn(criterion, { ...facts, ...scoreFacts(pd, set, scale) });
    if (points === null || points > before) return false;
    before = points;
  }
  return true;
}
