import { existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { identifier, makeRoomForFile, ProbityError, silent, type Problem, type Progress } from '../../base/index.ts';
import type { FlatSpec } from '../../features/specs/flat-spec.ts';
import { nearestFix } from '../../features/specs/parse-yaml.ts';
import type { Artefact, FeatureTerm } from '../artefact/glass-box.ts';
import { glassBoxInside, isDeep, type AnyArtefact } from '../deep/index.ts';
import { dateCell, numberCell, presentCell, textCell, type SourceColumn } from '../dataset/flat-cells.ts';
import { repeatedColumns } from '../dataset/parquet-dictionaries.ts';
import { formatOf, openFlat, readRows, type FlatSource } from '../dataset/flat-source.ts';
import { horizonsOf, pdColumn, termStructureSql } from '../hazard/index.ts';
import { outputNames, scoreSql, type ReadValue } from '../scoring/index.ts';
import { scoreInMemory } from './score-in-memory.ts';
import { writeRelation } from './write-relation.ts';

/** Who computes: generated SQL streams a file of any size; TypeScript and TensorFlow hold it in memory. All give the same scores. */
export type Engine = 'sql' | 'ts' | 'tf';

export interface FlatScoring {
  readonly artefact: AnyArtefact;
  /** The spec that the model was trained with, for its id column and missing texts; null: row numbers, empty text only. */
  readonly spec: FlatSpec | null;
  readonly input: string;
  readonly output: string;
  /** Default: `sql` for a glass box, `ts` for a deep challenger, which has no SQL. */
  readonly engine?: Engine;
  readonly contributions?: boolean;
  /** Months of the PDs asked for; without them, every horizon that a hazard model has, and no extra column for any other model. */
  readonly horizons?: readonly number[];
  /** CSV texts as they are, though a spreadsheet would run them as formulas. */
  readonly raw?: boolean;
  readonly onProgress?: Progress;
}

/** How a file was scored. */
export interface ScoredFile {
  readonly rows: number;
  readonly output: string;
  /** Horizons asked for that the model has no PD over: their columns are empty. */
  readonly notAvailable: readonly number[];
  /** Cells of number and date features that could not be read and were scored as missing. */
  readonly warnings: readonly Problem[];
}

/**
 * Scores a flat file row by row, in order, into another: the id (or row number) and `pd`; with contributions also `log_odds`, `intercept`
 * and one column per term and pair; from a hazard model, in place of `pd`, `pd_<months>m` by horizon. Formats by extension, other columns of
 * the input are ignored. The output appears whole or not at all. Throws FILE_NOT_FOUND or INVALID_INPUT with every problem at once;
 * GLASS_BOX_ONLY for SQL or contributions of a deep challenger.
 */
export async function scoreFlat(run: FlatScoring): Promise<ScoredFile> {
  const { spec, onProgress = silent } = run;
  const deep = isDeep(run.artefact) ? run.artefact : null;
  const artefact = isDeep(run.artefact) ? glassBoxInside(run.artefact) : run.artefact;
  if (deep !== null) refuseGlassBoxOnly(run);
  const isHazard = artefact.target.kind === 'hazard';
  if (isHazard && ((run.engine ?? 'sql') !== 'sql' || run.contributions)) {
    throw new ProbityError(
      'INVALID_INPUT',
      'The term structure of a hazard model is computed by SQL, without contributions.',
      { fix: 'Leave --engine and --contributions out.' },
    );
  }
  const known = horizonsOf(artefact);
  const horizons = run.horizons ?? (isHazard ? known : []);
  const format = formatOf(run.output);
  await makeRoomForFile(run.output);
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  const partial = `${run.output}.${process.pid}.partial`;
  try {
    const source = await openFlat(connection, run.input);
    const cells = termCells(artefact, source, spec?.missing ?? []);
    onProgress({ step: 'scoring', message: run.input });
    const warnings = await readRows(run.input, () => unreadableCells(connection, source, cells, spec?.missing ?? []));
    const identity = identityOf(artefact, source, spec);
    const columns = cells.map((_, t) => `x${t}`);
    const inSql = !isHazard && deep === null && (run.engine ?? 'sql') === 'sql';
    const repeating = inSql && source.format === 'parquet' ? await repeatedColumns(connection, run.input) : new Set();
    const repeated = new Map(cells.flatMap(({ column, read }, t) => (repeating.has(column.name) ? [[t, read]] : [])));
    const answers = cells.map(({ column, sql }, t) => `${repeated.has(t) ? column.sql : sql} AS x${t}`);
    const typed = `(SELECT ${[`${identity.sql} AS ${identifier(identity.name)}`, ...answers].join(', ')} FROM ${identity.relation})`;
    const scored = isHazard
      ? termStructureSql(artefact, typed, identity.name, horizons)
      : inSql
        ? `(${scoreSql(artefact, typed, { columns, keep: [identity.name], contributions: run.contributions ?? false, repeated })})`
        : await scoreInMemory(connection, artefact, typed, identity.name, run, deep);
    const { contributions, intercept } = outputNames(artefact, [identity.name]);
    const single = run.contributions ? ['pd', 'log_odds', intercept, ...contributions] : ['pd'];
    const answered = [identity.name, ...(isHazard ? [] : single), ...horizons.map(pdColumn)];
    // A model of one horizon has that PD and no other.
    const over = horizons.map(
      (months) => `${known.includes(months) ? 'pd' : 'CAST(NULL AS DOUBLE)'} AS ${pdColumn(months)}`,
    );
    const relation = isHazard || over.length === 0 ? scored : `(SELECT *, ${over.join(', ')} FROM ${scored})`;
    const distinct = run.contributions ? mostValues(artefact) : undefined;
    const rows = await readRows(run.input, () =>
      writeRelation(connection, relation, answered, partial, format, { distinct, raw: run.raw ?? false }),
    );
    const ragged = await source.ragged();
    if (ragged.length > 0) {
      throw new ProbityError('INVALID_INPUT', `Rows of ${run.input} cannot be read.`, { problems: ragged });
    }
    await rename(partial, run.output);
    const notAvailable = horizons.filter((months) => !known.includes(months));
    return { rows, output: run.output, notAvailable, warnings };
  } finally {
    connection.closeSync();
    instance.closeSync();
    if (existsSync(partial)) await rm(partial);
  }
}

/** The most values that a contribution of this model can have. */
const mostValues = ({ model: { terms, pairs } }: Artefact): number =>
  Math.max(...terms.map(({ shape }) => shape.length), ...pairs.map(({ values }) => new Set(values.flat()).size));

function refuseGlassBoxOnly({ engine, contributions }: FlatScoring): void {
  const problems: Problem[] = [
    ...(engine === 'sql'
      ? [{ at: 'engine', message: 'a deep challenger has no SQL', fix: 'Use --engine ts or --engine tf.' }]
      : []),
    ...(contributions
      ? [{ at: 'contributions', message: 'networks have no exact contributions', fix: 'Leave --contributions out.' }]
      : []),
  ];
  if (problems.length === 0) return;
  throw new ProbityError('GLASS_BOX_ONLY', 'This is a deep challenger; only a glass box can do this.', { problems });
}

interface TermCell {
  readonly term: FeatureTerm;
  readonly column: SourceColumn;
  readonly sql: string;
  readonly read: ReadValue;
}

function termCells(artefact: Artefact, source: FlatSource, missing: readonly string[]): TermCell[] {
  const byName = new Map(source.columns.map((column) => [column.name, column]));
  const problems: Problem[] = [];
  const cells = artefact.model.terms.flatMap((term): TermCell[] => {
    const column = byName.get(term.name);
    // The age of a hazard model is no column: every step of it is scored.
    if (term.name === artefact.target.ages?.term) {
      const none = 'CAST(NULL AS DOUBLE)';
      return [{ term, column: { name: term.name, sql: none, kind: 'number' }, sql: none, read: () => none }];
    }
    if (column)
      return [
        {
          term,
          column,
          sql: readerOf(term)(column, missing),
          read: (sql) => readerOf(term)({ ...column, sql }, missing),
        },
      ];
    const fix = nearestFix(term.name, [...byName.keys()]);
    problems.push({ at: term.name, message: 'the model needs this feature; the file has no such column', fix });
    return [];
  });
  if (problems.length > 0) {
    throw new ProbityError('INVALID_INPUT', `${source.path} lacks columns that the model needs.`, { problems });
  }
  return cells;
}

function readerOf(term: FeatureTerm): typeof textCell {
  return term.type === 'category' ? textCell : term.type === 'date' ? dateCell : numberCell;
}

function identityOf(
  artefact: Artefact,
  source: FlatSource,
  spec: FlatSpec | null,
): { readonly name: string; readonly sql: string; readonly relation: string } {
  const id = source.columns.find(({ name }) => name === spec?.id);
  if (!id) return { name: 'row', sql: source.numbered.row, relation: source.numbered.relation };
  return {
    name: ['pd', 'log_odds'].includes(id.name.toLowerCase()) ? 'id' : id.name,
    sql: id.sql,
    relation: source.relation,
  };
}

async function unreadableCells(
  connection: DuckDBConnection,
  source: FlatSource,
  cells: readonly TermCell[],
  missing: readonly string[],
): Promise<Problem[]> {
  const checked = cells.filter(({ term, column }) => term.type !== 'category' && column.kind === 'text');
  if (checked.length === 0) return [];
  const counts = checked.map(
    ({ column, sql }) => `count(*) FILTER (${presentCell(column, missing)} AND (${sql}) IS NULL)`,
  );
  const result = await connection.runAndReadAll(`SELECT ${counts.join(', ')} FROM ${source.relation}`);
  const unread = result.getRows()[0]?.map(Number) ?? [];
  return checked.flatMap(({ term }, i) =>
    (unread[i] ?? 0) === 0
      ? []
      : [{ at: term.name, message: `${unread[i]} cells are no ${term.type}; they are scored as missing` }],
  );
}
