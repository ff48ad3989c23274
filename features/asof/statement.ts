import { identifier } from '../../base/index.ts';
import { rawColumns, signalTableOf } from '../contracts/index.ts';
import type { FeatureColumnDoc, FeatureView } from '../views/feature-view.ts';

/** The DuckDB type that holds a feature of each type. */
export const FEATURE_SQL_TYPES = { number: 'DOUBLE', category: 'VARCHAR', flag: 'BOOLEAN' } as const;

/** Where a view finds its relations: SQL names or parenthesised queries. */
export interface Relations {
  /** Relation with `party_id` and `as_of`, each pair once. */
  readonly asked: string;
  /** The rows of a contract's table. */
  table(name: string): string;
  /** The result of another view. */
  view(name: string): string;
}

/** The columns of a table that views may read: those of its contract (canonical or derived) and the three clocks. */
export function readableColumns(table: string): readonly (readonly [name: string, type: string])[] {
  const contract = signalTableOf(table);
  return contract ? rawColumns(contract).filter(([name]) => name !== 'source' && name !== 'import_id') : [];
}

/** A typed relation without rows, for tables that a schema lacks and for binding statements. */
export function emptyRelation(columns: readonly (readonly [name: string, type: string])[]): string {
  return `(SELECT ${columns.map(([name, type]) => `NULL::${type} AS ${identifier(name)}`).join(', ')} WHERE false)`;
}

/**
 * The one statement that runs a view, online and offline alike: the view's own text, unchanged, over its relations by bare name.
 * Number features come out as DOUBLE, categories as VARCHAR, flags as BOOLEAN; statistics come out as they are.
 */
export function viewStatement(view: FeatureView, relations: Relations): string {
  const inputs: readonly (readonly [string, string])[] = [
    ['asked', relations.asked],
    ...view.tables.map((table) => [table, relations.table(table)] as const),
    ...view.dependsOn.map((name) => [name, relations.view(name)] as const),
  ];
  const columns = view.kind === 'statistics' ? '*' : ['party_id', 'as_of', ...view.features.map(typed)].join(', ');
  const bound = inputs.map(([name, relation]) => `${identifier(name)} AS NOT MATERIALIZED (FROM ${relation})`);
  return `WITH ${bound.join(',\n')}\nSELECT ${columns} FROM (\n${view.sql}\n)`;
}

/** The names and types of a view's result. */
export function resultColumns(view: FeatureView): readonly (readonly [name: string, type: string])[] {
  return [
    ['party_id', 'VARCHAR'],
    ['as_of', 'TIMESTAMP'],
    ...view.features.map((feature) => [feature.name, FEATURE_SQL_TYPES[feature.type]] as const),
  ];
}

function typed(feature: FeatureColumnDoc): string {
  return `CAST(${identifier(feature.name)} AS ${FEATURE_SQL_TYPES[feature.type]}) AS ${identifier(feature.name)}`;
}
