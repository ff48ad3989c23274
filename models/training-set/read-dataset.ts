import type { DuckDBConnection } from '@duckdb/node-api';
import { identifier } from '../../base/index.ts';
import type { FeatureColumnDoc, FeatureView } from '../../features/views/feature-view.ts';
import type { Display, FeatureDeclaration } from '../../features/specs/flat-spec.ts';
import type { Dataset, FeatureColumn } from '../dataset/dataset.ts';
import { makeDataset } from '../dataset/make.ts';

/** What the models are told about the features of some views, in their order; a flag is a number, 0 or 1. */
export function featureDeclarations(views: readonly FeatureView[]): readonly FeatureDeclaration[] {
  return views.flatMap((view) => view.features.map(declaration));
}

const DISPLAY_OF_UNIT: Readonly<Record<string, Display>> = { share: 'percent', growth: 'percent', money: 'money' };

function declaration(doc: FeatureColumnDoc): FeatureDeclaration {
  const display = doc.type === 'flag' ? 'yes-no' : DISPLAY_OF_UNIT[doc.unit];
  return {
    name: doc.name,
    type: doc.type === 'category' ? 'category' : 'number',
    codes: doc.codes ?? [],
    monotone: doc.monotone,
    label: doc.meaning,
    ...(display ? { display } : {}),
  };
}

/**
 * Reads rows into a data set. `from` is a FROM clause (and WHERE) that offers party_id, as_of, bad and every feature of the views; rows
 * come ordered by as_of and party_id. Levels of categories are those found, sorted.
 */
export async function readDataset(
  connection: DuckDBConnection,
  views: readonly FeatureView[],
  from: string,
): Promise<Dataset> {
  const features = featureDeclarations(views);
  const columns = features.map(({ name, type }) => {
    return `${identifier(name)}::${type === 'category' ? 'VARCHAR' : 'DOUBLE'}`;
  });
  const result = await connection.stream(
    `SELECT party_id, epoch_ms(as_of)::DOUBLE, bad::DOUBLE${columns.map((column) => `, ${column}`).join('')} FROM ${from} ORDER BY as_of, party_id`,
  );
  const parties: string[] = [];
  const time: number[] = [];
  const bad: number[] = [];
  const values: (number | string | null)[][] = features.map(() => []);
  for (let chunk = await result.fetchChunk(); chunk && chunk.rowCount > 0; chunk = await result.fetchChunk()) {
    for (const party of chunk.getColumnValues(0)) parties.push(party as string);
    for (const at of chunk.getColumnValues(1)) time.push(at as number);
    for (const outcome of chunk.getColumnValues(2)) bad.push(outcome as number);
    for (const [i, column] of values.entries()) {
      for (const value of chunk.getColumnValues(i + 3)) column.push(value as number | string | null);
    }
  }
  const customers = new Map<string, number>();
  const group = Int32Array.from(parties, (party) => {
    const known = customers.get(party);
    if (known !== undefined) return known;
    customers.set(party, customers.size);
    return customers.size - 1;
  });
  return makeDataset({
    rows: parties.length,
    features,
    columns: features.map((feature, i): FeatureColumn => {
      const column = values[i] ?? [];
      return feature.type === 'category'
        ? categoryColumn(feature.name, column as (string | null)[])
        : {
            kind: 'number',
            name: feature.name,
            values: Float64Array.from(column, (value) => (value as number | null) ?? Number.NaN),
          };
    }),
    bad: Uint8Array.from(bad),
    weight: null,
    group,
    time: Float64Array.from(time),
    ids: parties.map((party, row) => `${party}/${new Date(time[row] as number).toISOString().slice(0, 10)}`),
  });
}

function categoryColumn(name: string, values: readonly (string | null)[]): FeatureColumn {
  const levels = [...new Set(values.filter((value): value is string => value !== null && value !== ''))].sort();
  const index = new Map(levels.map((level, i) => [level, i]));
  return { kind: 'category', name, levels, codes: Int32Array.from(values, (value) => index.get(value ?? '') ?? -1) };
}
