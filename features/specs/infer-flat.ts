import type { FeatureDeclaration, FeatureType, FlatSpec } from './flat-spec.ts';

/** What the cells of a column are, as counted over all rows. */
export interface ColumnCounts {
  readonly name: string;
  /** Cells that hold something: no missing text, no null marker. */
  readonly present: number;
  /** Of those, the finite numbers. */
  readonly numbers: number;
  /** Of those, the ISO dates and date-times. */
  readonly dates: number;
}

/** Columns that can be features where a spec lists none: those without another role. */
export function candidateColumns(spec: FlatSpec, columns: readonly string[]): string[] {
  const roles = new Set<string | null>([
    spec.target.column,
    spec.id,
    spec.time,
    spec.weight,
    spec.group,
    spec.segment,
    ...spec.protected,
    ...spec.exclude,
  ]);
  return columns.filter((column) => !roles.has(column));
}

/** The type of a column: number where every present cell is a finite number, date where every one is an ISO date, else category. */
export function inferType(counts: ColumnCounts): FeatureType {
  if (counts.present === 0 || counts.numbers === counts.present) return 'number';
  return counts.dates === counts.present ? 'date' : 'category';
}

/** The declaration that an inferred feature gets: no special codes, no direction. */
export function inferFeature(counts: ColumnCounts): FeatureDeclaration {
  return { name: counts.name, type: inferType(counts), codes: [], monotone: null, label: null };
}
