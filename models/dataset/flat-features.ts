import type { DuckDBConnection } from '@duckdb/node-api';
import type { Problem } from '../../base/index.ts';
import type { FeatureDeclaration, FlatSpec } from '../../features/specs/flat-spec.ts';
import { candidateColumns, inferFeature } from '../../features/specs/infer-flat.ts';
import { dateCell, numberCell, presentCell, type SourceColumn } from './flat-cells.ts';

const ISO_DATE = `'\\d{4}-\\d{2}-\\d{2}([T ].*)?'`;

/** The features of a spec that lists none: every column without another role, its type told by its cells. */
export async function inferFeatures(
  connection: DuckDBConnection,
  spec: FlatSpec,
  columns: readonly SourceColumn[],
): Promise<FeatureDeclaration[]> {
  const names = new Set(
    candidateColumns(
      spec,
      columns.map(({ name }) => name),
    ),
  );
  const candidates = columns.filter(({ name }) => names.has(name));
  if (candidates.length === 0) return [];
  const counts = candidates.flatMap((column) => {
    const present = presentCell(column, spec.missing);
    const number = numberCell(column, spec.missing);
    const dated = column.kind === 'time' ? 'TRUE' : `regexp_full_match(CAST(${column.sql} AS VARCHAR), ${ISO_DATE})`;
    const date =
      column.kind === 'number' || column.kind === 'boolean' ? '0' : `count(*) FILTER (${present} AND ${dated})`;
    const finite = column.kind === 'boolean' ? '0' : `count(*) FILTER (${present} AND isfinite(${number}))`;
    return [`count(*) FILTER (${present})`, finite, date];
  });
  const result = await connection.runAndReadAll(`SELECT ${counts.join(', ')} FROM flat`);
  const read = result.getRows()[0]?.map(Number) ?? [];
  return candidates.map(({ name }, i) => {
    const [present = 0, numbers = 0, dates = 0] = read.slice(3 * i, 3 * i + 3);
    return inferFeature({ name, present, numbers, dates });
  });
}

/** Number and date columns with cells that are neither missing nor readable, and how many. */
export async function unreadableCells(
  connection: DuckDBConnection,
  spec: FlatSpec,
  features: readonly FeatureDeclaration[],
  column: (name: string) => SourceColumn,
): Promise<Problem[]> {
  const checked = features.filter(({ type }) => type !== 'category');
  if (checked.length === 0 || spec.features === null) return [];
  const counts = checked.map((feature) => {
    const cell = column(feature.name);
    const read = (feature.type === 'date' ? dateCell : numberCell)(cell, spec.missing);
    return `count(*) FILTER (${presentCell(cell, spec.missing)} AND (${read}) IS NULL)`;
  });
  const result = await connection.runAndReadAll(`SELECT ${counts.join(', ')} FROM flat`);
  const unread = result.getRows()[0]?.map(Number) ?? [];
  return checked.flatMap((feature, i) =>
    (unread[i] ?? 0) === 0
      ? []
      : [
          {
            at: feature.name,
            message: `${unread[i]} cells are no ${feature.type}`,
            fix: 'Declare it as a category, or list the text that means missing under `missing`.',
          },
        ],
  );
}
