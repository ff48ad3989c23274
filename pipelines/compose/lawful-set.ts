import { instant, ProbityError, type Instant } from '../../base/index.ts';
import type { FeatureTables } from '../../features/views/index.ts';
import { takeRows, withoutValues, type CategoryColumn, type Dataset } from '../../models/dataset/index.ts';
import type { TrainingSetReport } from '../../models/training-set/index.ts';
import { OUTCOME_TABLES } from './known-outcomes.ts';
import { lackingRows, MODEL_DEVELOPMENT, type BasisSources, type LackingRows } from '../../records/privacy/index.ts';

/** A feature that lost its values of some rows for want of a basis for a source table of its. */
export interface WithheldColumn {
  readonly feature: string;
  readonly source: string;
  readonly rows: number;
}

/** What a training set does without for want of a legal basis. */
export interface WithheldFromSide {
  readonly features: readonly WithheldColumn[];
  /** Rows that were left out: there is no basis for what tells their outcome. */
  readonly rowsLeftOut: number;
}

/** One side of a training set as it may be used. */
export interface LawfulSide {
  readonly dataset: Dataset;
  /** Places of its rows in the side as it was built; null: all of them. */
  readonly kept: readonly number[] | null;
  readonly withheld: WithheldFromSide;
  /** By table, its rows that the table may not be used for. */
  readonly lacking: LackingRows;
}

/** Protected attributes of the canonical tables are read from here. */
const PARTIES = 'parties';

/**
 * One side of a training set without what has no legal basis for `model-development`, both as of the row's observation date and at the instant of its use: values of features that are made from a
 * table without one are missing, and a row is left out where what tells its outcome has none. Where everything has a basis, the very same data set.
 */
export async function lawfulSide(
  side: Dataset,
  {
    lineage,
    source,
    now,
    basis,
  }: {
    readonly lineage: FeatureTables;
    readonly source: TrainingSetReport['labels']['source'];
    readonly now: Instant;
    readonly basis: BasisSources;
  },
): Promise<LawfulSide> {
  const outcome = OUTCOME_TABLES[source];
  const tables = [...Object.values(lineage).flat(), ...outcome, PARTIES];
  const dates = new Map([...new Set(side.time ?? [0])].map((time) => [time, instant(time)]));
  const isCovered = [...dates.values(), now].every((at) => basis.policy.coversAll(MODEL_DEVELOPMENT, at));
  const rows = isCovered
    ? []
    : side.ids.map((id, row) => ({
        // An id is the customer's key, a slash and the observation date.
        customerId: id.replace(/\/[^/]*$/, ''),
        instants: [dates.get(side.time?.[row] ?? 0) ?? now, now],
      }));
  const all = await lackingRows(basis, MODEL_DEVELOPMENT, tables, rows);
  const isOut = (row: number): boolean => outcome.some((table) => all.get(table)?.[row] === 1);
  const kept = all.size === 0 ? null : [...side.ids.keys()].filter((row) => !isOut(row));
  const isWhole = kept === null || kept.length === side.rows;
  const lacking: LackingRows = isWhole
    ? all
    : new Map([...all].map(([table, marks]) => [table, Uint8Array.from(kept, (row) => marks[row] ?? 0)]));
  const left = isWhole ? side : takeRows(side, kept);
  const features: WithheldColumn[] = [];
  const lost = new Map<string, Uint8Array>();
  for (const { name } of left.columns) {
    for (const table of lineage[name] ?? []) {
      const marks = lacking.get(table);
      const count = marks?.reduce((sum, mark) => sum + mark, 0) ?? 0;
      if (marks === undefined || count === 0) continue;
      features.push({ feature: name, source: table, rows: count });
      const before = lost.get(name);
      lost.set(name, before === undefined ? marks : marks.map((mark, row) => mark | (before[row] ?? 0)));
    }
  }
  requireSome(left, lost);
  return {
    dataset: withoutValues(left, lost),
    kept: isWhole ? null : kept,
    withheld: { features, rowsLeftOut: side.rows - left.rows },
    lacking,
  };
}

/** Throws NO_TRAINING_DATA where no row, or no value of any feature, has a legal basis. */
function requireSome({ rows, columns }: Dataset, lost: ReadonlyMap<string, Uint8Array>): void {
  const none = columns.every(({ name }) => lost.get(name)?.every((mark) => mark === 1) ?? false);
  if (rows > 0 && !none) return;
  throw new ProbityError('NO_TRAINING_DATA', `Nothing has a legal basis for ${MODEL_DEVELOPMENT}.`, {
    fix: `Say on what basis models are developed in legal-bases.json of the rules folder: { "source": "*", "purpose": "${MODEL_DEVELOPMENT}", "basis": ... }.`,
  });
}

/** Protected attributes of a lawful side's rows without those that have no basis. */
export function lawfulAttributes(
  attributes: readonly CategoryColumn[],
  { lacking }: Pick<LawfulSide, 'lacking'>,
): CategoryColumn[] {
  const marks = lacking.get(PARTIES);
  if (marks === undefined) return [...attributes];
  return attributes.map((each) => ({ ...each, codes: each.codes.map((code, row) => (marks[row] === 1 ? -1 : code)) }));
}
