import type { CriterionOutcome } from '../decision/index.ts';
import { toGrid } from '../blend/index.ts';
import {
  accepts,
  tableValue,
  type Criterion,
  type RuleRow,
  type RuleSet,
  type RuleTable,
  type Scalar,
} from '../rules/index.ts';

/** Facts as the tables read them, by field name. */
export type TableFacts = Readonly<Record<string, Scalar>>;

/** The log-odds that points of a criterion add, as the blend adds them. */
export function shareOf({ weight, reference }: Criterion, points: number, { decision }: RuleSet): number {
  const perPoint = (decision.blend.weight * Math.LN2) / decision.blend.pointsToDoubleOdds;
  return toGrid(weight * (reference - points) * perPoint);
}

/** Whether a row of a table accepts facts, as the engine that runs it finds (rules.test.ts). */
export function rowAccepts({ fields }: RuleTable, { tests }: RuleRow, facts: TableFacts): boolean {
  return tests.every((test, c) => accepts(test, facts[fields[c]?.name ?? ''] ?? null));
}

/** The first row that accepts facts; null where none does. */
export function rowOn(table: RuleTable, facts: TableFacts): RuleRow | null {
  return table.rows.find((row) => rowAccepts(table, row, facts)) ?? null;
}

/** The points of a criterion for facts: its first row that accepts them; null where none does. */
export function pointsOn({ table }: Criterion, facts: TableFacts): number | null {
  const row = rowOn(table, facts);
  return row === null ? null : Number(row.outputs['points']);
}

/** Facts with some features changed, as the tables would read them. */
export function withFeatures(
  facts: TableFacts,
  set: RuleSet,
  changed: ReadonlyMap<string, number | string>,
): TableFacts {
  const next = { ...facts };
  for (const [name, value] of changed) {
    const field = set.fields.get(`features.${name}`);
    if (field !== undefined) next[field.name] = tableValue(field, value);
  }
  return next;
}

const FEATURES = 'features.';

/** What is the same for every rating by a criterion, worked out once. */
interface Prepared {
  /** Names of the features that it asks for. */
  readonly features: ReadonlySet<string>;
  /** The row with the least points at or above the reference. */
  readonly better: { readonly row: string; readonly points: number } | null;
}

const prepared = new WeakMap<Criterion, Prepared>();

function preparedOf(criterion: Criterion): Prepared {
  let ready = prepared.get(criterion);
  if (ready === undefined) {
    const { table, reference } = criterion;
    const names = table.fields.map(({ name }) => name).filter((name) => name.startsWith(FEATURES));
    const [better = null] = table.rows
      .map(({ id, outputs }) => ({ row: id, points: Number(outputs['points']) }))
      .filter(({ points }) => points >= reference)
      .sort((a, b) => a.points - b.points);
    ready = { features: new Set(names.map((name) => name.slice(FEATURES.length))), better };
    prepared.set(criterion, ready);
  }
  return ready;
}

/** Whether a criterion asks for a feature of the model's input. */
export function readsFeature(criterion: Criterion, name: string): boolean {
  return preparedOf(criterion).features.has(name);
}

/** A criterion that harms, and the row nearest in points that would not. */
export interface CriterionRemedy {
  readonly name: string;
  readonly row: string;
  readonly points: number;
  readonly gain: number;
}

/** Criteria below their reference, those left out that ask for features put right elsewhere; with the least better row at or above the reference. */
export function criterionRemedies(
  set: RuleSet,
  outcomes: readonly CriterionOutcome[],
  isCovered: (criterion: Criterion) => boolean,
): CriterionRemedy[] {
  return outcomes.flatMap((outcome): CriterionRemedy[] => {
    const criterion = set.score.find(({ table }) => table.name === outcome.name);
    if (criterion === undefined || outcome.points >= criterion.reference || isCovered(criterion)) return [];
    const { better } = preparedOf(criterion);
    if (better === null) return [];
    const gain = shareOf(criterion, outcome.points, set) - shareOf(criterion, better.points, set);
    return gain > 0 ? [{ name: outcome.name, ...better, gain }] : [];
  });
}
