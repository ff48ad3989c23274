import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { ProbityError, type Problem } from '../../base/index.ts';
import type { FeatureDeclaration, FlatSpec } from '../../features/specs/flat-spec.ts';
import { nearestFix } from '../../features/specs/parse-yaml.ts';
import type { CategoryColumn, Dataset, FeatureColumn } from './dataset.ts';
import { dateCell, numberCell, outcomeCell, textCell, type SourceColumn } from './flat-cells.ts';
import { inferFeatures, unreadableCells } from './flat-features.ts';
import { screenFeatures, type DataWarning } from './flat-screen.ts';
import { openFlat, readRows } from './flat-source.ts';
import { boundInfinities, customersOf, momentsOf, weightsOf } from './flat-values.ts';
import { protectedColumns } from '../protected/index.ts';
import { makeDataset, takeRows } from './make.ts';
import { readColumns, type ColumnRequest } from './read-columns.ts';

/** A flat file as data: the rows with their features and outcome, and what stands beside them. */
export interface FlatData {
  readonly dataset: Dataset;
  /** By row of `dataset`: 1 bad, 0 good, -1 indeterminate (only where the target was not required). */
  readonly outcome: Int8Array;
  readonly counts: {
    readonly rows: number;
    readonly bad: number;
    readonly good: number;
    readonly indeterminate: number;
  };
  /** Protected attributes, for validation only, by row of `dataset`. */
  readonly protected: readonly CategoryColumn[];
  readonly segment: CategoryColumn | null;
  readonly warnings: readonly DataWarning[];
}

export interface LoadFlatOptions {
  /** With it (the default), rows that are neither bad nor good are left out, and a file without target is refused. */
  readonly requireTarget?: boolean;
  /** Leave out inferred features that cannot teach a model (constant, missing, identifiers) and look for leaks; for training. */
  readonly screen?: boolean;
  /** Also keep, as protected attributes, the columns whose names say so (models/protected); for validation. */
  readonly findProtected?: boolean;
}

/**
 * Reads a flat file (csv, csv.gz, parquet, arrow by extension) as its spec says, rows in the file's order. Where the spec lists no
 * features they are inferred (`features/specs/infer-flat.ts`). Dates become days since 1970-01-01.
 * Throws FILE_NOT_FOUND, or INVALID_INPUT with every problem at once: columns that are not there, rows that do not fit the header,
 * cells that are not what the spec declares.
 */
export async function loadFlat(path: string, spec: FlatSpec, options: LoadFlatOptions = {}): Promise<FlatData> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  try {
    return await load(connection, path, spec, options);
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

async function load(
  connection: DuckDBConnection,
  path: string,
  spec: FlatSpec,
  options: LoadFlatOptions,
): Promise<FlatData> {
  const requireTarget = options.requireTarget ?? true;
  const source = await openFlat(connection, path);
  const byName = new Map(source.columns.map((column) => [column.name, column]));
  refuseAbsent(path, spec, [...byName.keys()], requireTarget);
  const column = (name: string): SourceColumn => byName.get(name) as SourceColumn;
  await readRows(path, () => connection.run(`CREATE TEMP TABLE flat AS SELECT * FROM ${source.relation}`));
  const ragged = await source.ragged();
  if (ragged.length > 0) {
    throw new ProbityError('INVALID_INPUT', `Rows of ${path} cannot be read.`, { problems: ragged });
  }

  const features = spec.features ?? (await inferFeatures(connection, spec, source.columns));
  if (features.length === 0) {
    throw new ProbityError('INVALID_INPUT', `${path} has no column that could be a feature.`, {
      fix: 'Every column has another role in the spec, or is excluded.',
    });
  }
  const target = byName.get(spec.target.column);
  const outcomeSql = target ? outcomeCell(target, spec.target, spec.missing) : 'CAST(NULL AS INTEGER)';
  const unread = await unreadableCells(connection, spec, features, column);
  if (requireTarget && unread.length > 0) {
    throw new ProbityError('INVALID_INPUT', `${path} does not hold what its spec declares.`, { problems: unread });
  }

  const requests: ColumnRequest[] = [
    { kind: 'number', sql: `coalesce(${outcomeSql}, -1)` },
    ...features.map((feature): ColumnRequest => {
      const cell = column(feature.name);
      if (feature.type === 'category') return { kind: 'category', sql: textCell(cell, spec.missing) };
      return { kind: 'number', sql: (feature.type === 'date' ? dateCell : numberCell)(cell, spec.missing) };
    }),
  ];
  const optional = (request: ColumnRequest | null): number => (request === null ? -1 : requests.push(request) - 1);
  const roleOf = (name: string | null): SourceColumn | null => (name === null ? null : (byName.get(name) ?? null));
  const [id, group, time, weight, segment] = [spec.id, spec.group, spec.time, spec.weight, spec.segment].map(roleOf);
  const at = {
    id: optional(id ? { kind: 'text', sql: textCell(id, []) } : null),
    group: optional(group ? { kind: 'category', sql: textCell(group, []) } : null),
    time: optional(time ? { kind: 'number', sql: dateCell(time, spec.missing) } : null),
    weight: optional(weight ? { kind: 'number', sql: numberCell(weight, spec.missing) } : null),
    segment: optional(segment ? { kind: 'category', sql: textCell(segment, spec.missing) } : null),
    protected: (options.findProtected
      ? [...new Set([...spec.protected, ...protectedColumns([...byName.keys()], spec)])]
      : spec.protected
    )
      .filter((name) => byName.has(name))
      .map((name) => ({
        name,
        at: optional({ kind: 'category', sql: textCell(column(name), spec.missing) }),
      })),
  };
  const read = await readColumns(connection, 'flat', requests);
  const { rows } = read;
  const outcome = Int8Array.from(read.numbers(0));
  const category = (name: string, index: number): CategoryColumn => ({
    kind: 'category',
    name,
    ...read.category(index),
  });
  const warnings: DataWarning[] = unread.map(({ at: feature, message }) => ({
    code: 'UNREADABLE_CELLS',
    feature,
    message,
  }));
  const columns = features.map((feature, f): FeatureColumn => {
    if (feature.type === 'category') return category(feature.name, f + 1);
    const values = read.numbers(f + 1);
    const infinite = boundInfinities(values);
    if (infinite > 0) {
      const message = `${infinite} infinite values are taken as the largest number.`;
      warnings.push({ code: 'INFINITE_VALUES', feature: feature.name, message });
    }
    return { kind: 'number', name: feature.name, values };
  });
  const whole = makeDataset({
    rows,
    columns,
    features,
    bad: Uint8Array.from(outcome, (value) => (value === 1 ? 1 : 0)),
    weight: at.weight < 0 ? null : weightsOf(read.numbers(at.weight), spec.weight ?? ''),
    group: at.group < 0 ? null : customersOf(read.category(at.group).codes),
    time: at.time < 0 ? null : momentsOf(read.numbers(at.time), spec.time ?? '', requireTarget),
    ids: at.id < 0 ? Array.from({ length: rows }, (_, row) => String(row + 1)) : read.texts(at.id),
  });
  const count = (value: number): number => outcome.reduce((sum, each) => sum + (each === value ? 1 : 0), 0);
  const counts = { rows, bad: count(1), good: count(0), indeterminate: count(-1) };
  const beside = {
    protected: at.protected.map(({ name, at: index }) => category(name, index)),
    segment: at.segment < 0 || spec.segment === null ? null : category(spec.segment, at.segment),
  };
  if (rows === 0) throw new ProbityError('INVALID_INPUT', `${path} has a header but no rows.`);
  if (!requireTarget || counts.indeterminate === 0) {
    return screened({ dataset: whole, outcome, counts, ...beside, warnings }, spec, options);
  }
  const kept = Int32Array.from(outcome.keys()).filter((row) => outcome[row] !== -1);
  const pick = (column: CategoryColumn): CategoryColumn => ({
    ...column,
    codes: Int32Array.from(kept, (row) => column.codes[row] as number),
  });
  return screened(
    {
      dataset: takeRows(whole, kept),
      outcome: Int8Array.from(kept, (row) => outcome[row] as number),
      counts,
      protected: beside.protected.map(pick),
      segment: beside.segment && pick(beside.segment),
      warnings,
    },
    spec,
    options,
  );
}

/** Leaves out inferred features that cannot teach, and adds what the screen found. */
function screened(data: FlatData, spec: FlatSpec, options: LoadFlatOptions): FlatData {
  if (!options.screen) return data;
  const { dataset } = data;
  const { leaveOut, warnings } = screenFeatures(dataset, spec.features !== null);
  const keep = dataset.columns.flatMap(({ name }, i) => (leaveOut.has(name) ? [] : [i]));
  if (keep.length === 0) {
    throw new ProbityError('NOT_TRAINABLE', 'No feature is left that could tell customers apart.', {
      problems: warnings.map(({ feature, message }) => ({ at: feature ?? 'data', message })),
    });
  }
  const { hash: _, ...parts } = dataset;
  return {
    ...data,
    dataset: makeDataset({
      ...parts,
      columns: keep.map((i) => dataset.columns[i] as FeatureColumn),
      features: keep.map((i) => dataset.features[i] as FeatureDeclaration),
    }),
    warnings: [...data.warnings, ...warnings],
  };
}

function refuseAbsent(path: string, spec: FlatSpec, columns: readonly string[], requireTarget: boolean): void {
  const roles: readonly (readonly [string, string | null, boolean])[] = [
    ['target', spec.target.column, requireTarget],
    ['id', spec.id, requireTarget],
    ['time', spec.time, requireTarget],
    ['weight', spec.weight, requireTarget],
    ['group', spec.group, requireTarget],
    ['segment', spec.segment, requireTarget],
    ...spec.protected.map((name) => ['protected', name, requireTarget] as const),
    ...(spec.features ?? []).map((feature) => ['features', feature.name, true] as const),
  ];
  const problems = roles.flatMap(([role, name, needed]): Problem[] =>
    name === null || !needed || columns.includes(name)
      ? []
      : [{ at: role, message: `the file has no column \`${name}\``, fix: nearestFix(name, columns) }],
  );
  if (problems.length > 0) {
    throw new ProbityError('INVALID_INPUT', `${path} lacks columns that the spec names.`, { problems });
  }
}
