import type { DuckDBConnection } from '@duckdb/node-api';
import { identifier, literal, ProbityError, silent, type Progress } from '../../base/index.ts';
import type { FeatureView } from '../views/feature-view.ts';
import { computeStatistics } from './segment-peers.ts';
import { emptyRelation, readableColumns, viewStatement, type Relations } from './statement.ts';

export interface ComputeOptions {
  /** In dependency order, as `loadViews` gives them. */
  readonly views: readonly FeatureView[];
  /** Relation with `party_id` and `as_of` (a table's name or a parenthesised query); repeated pairs are computed once. */
  readonly asked: string;
  /** Schema of the raw tables; `raw` unless told. Tables that it lacks count as empty. */
  readonly schema?: string;
  /** Table to make (replaced where it exists; `temp.name` for a temporary one): party_id, as_of, then all features, in order of party_id and as_of. */
  readonly into: string;
  /** Published peer statistics by view name; those that are missing are computed from the raw tables. */
  readonly statistics?: ReadonlyMap<string, string>;
  /** Most (customer, instant) pairs computed at once: bounds the memory. */
  readonly batchRows?: number;
  readonly progress?: Progress;
  readonly signal?: AbortSignal;
}

/** What was computed: how many (customer, instant) pairs, and the feature columns in order. */
export interface ComputedFeatures {
  readonly rows: number;
  readonly features: readonly string[];
}

let runs = 0;

/**
 * Computes every feature of `views` for every asked (customer, observation date) into one wide table. The statement of each view
 * is the one that serving runs for a single customer. Pairs are taken in batches, in order of customer, so that memory stays bounded and a
 * batch reads the part of the warehouse that holds its customers.
 * Throws VIEW_INVALID where a view does not give exactly one row for each pair.
 */
export async function computeFeatures(
  connection: DuckDBConnection,
  options: ComputeOptions,
): Promise<ComputedFeatures> {
  const { views, into, batchRows = 250_000, progress = silent, signal } = options;
  const creation = into.startsWith('temp.') ? 'CREATE OR REPLACE TEMP TABLE' : 'CREATE OR REPLACE TABLE';
  const table = await rawTables(connection, options.schema ?? 'raw');
  const prefix = `asof_${process.pid}_${(runs += 1)}`;
  const made: string[] = [];
  const temporary = async (name: string, query: string): Promise<string> => {
    const full = `temp.main.${identifier(`${prefix}_${name}`)}`;
    made.push(full);
    await connection.run(`CREATE OR REPLACE TEMP TABLE ${identifier(`${prefix}_${name}`)} AS ${query}`);
    return full;
  };
  try {
    const asked = await temporary(
      'asked',
      `SELECT DISTINCT party_id::VARCHAR AS party_id, as_of::TIMESTAMP AS as_of FROM ${options.asked}
       WHERE party_id IS NOT NULL AND as_of IS NOT NULL`,
    );
    const statistics = new Map(options.statistics);
    for (const view of views) {
      if (view.kind !== 'statistics' || statistics.has(view.name)) continue;
      const name = `${prefix}_${view.name}`;
      made.push(`temp.main.${identifier(name)}`);
      await computeStatistics(connection, {
        view,
        views,
        monthEnds: `(SELECT DISTINCT date_trunc('month', as_of) - INTERVAL 1 MONTH AS month_end FROM ${asked})`,
        into: name,
        table,
        batchRows,
        progress,
      });
      statistics.set(view.name, `temp.main.${identifier(name)}`);
    }
    const rows = await countOf(connection, asked);
    const batches = Math.max(1, Math.ceil(rows / batchRows));
    const numbered =
      batches === 1
        ? asked
        : await temporary(
            'numbered',
            `SELECT party_id, as_of, (row_number() OVER (ORDER BY party_id, as_of) - 1) // ${batchRows} AS batch FROM ${asked}`,
          );
    const plain = views.filter((view) => view.kind !== 'statistics');
    for (let batch = 0; batch < batches; batch++) {
      signal?.throwIfAborted();
      const batchAsked =
        batches === 1
          ? asked
          : await temporary('batch', `SELECT party_id, as_of FROM ${numbered} WHERE batch = ${batch}`);
      const expected = batches === 1 ? rows : await countOf(connection, batchAsked);
      const results = new Map<string, string>();
      const relations: Relations = {
        asked: batchAsked,
        table,
        view: (name) => resultOf(statistics.get(name) ?? results.get(name), name),
      };
      for (const [index, view] of plain.entries()) {
        signal?.throwIfAborted();
        progress({
          step: 'features',
          done: (batch + index / plain.length) / batches,
          message: `${view.name}, batch ${batch + 1} of ${batches}`,
        });
        const result = await temporary(view.name, viewStatement(view, relations));
        const count = await countOf(connection, result);
        if (count !== expected)
          throw new ProbityError(
            'VIEW_INVALID',
            `The feature view ${view.name} gives ${count} rows for ${expected} observations; it must give one for each.`,
          );
        results.set(view.name, result);
      }
      const wide = wideQuery(batchAsked, plain, relations);
      await connection.run(batch === 0 ? `${creation} ${into} AS ${wide}` : `INSERT INTO ${into} ${wide}`);
    }
    progress({ step: 'features', done: 1, message: `${rows} observations` });
    return { rows, features: plain.flatMap((view) => view.features.map((feature) => feature.name)) };
  } finally {
    for (const name of made) await connection.run(`DROP TABLE IF EXISTS ${name}`);
  }
}

/** All features of `views` side by side, one row per asked pair, in order of customer and instant. */
export function wideQuery(asked: string, views: readonly FeatureView[], relations: Pick<Relations, 'view'>): string {
  const columns = views.flatMap((view, index) => view.features.map(({ name }) => `v${index}.${identifier(name)}`));
  const joins = views.map((view, index) => `JOIN ${relations.view(view.name)} v${index} USING (party_id, as_of)`);
  return `SELECT ${['asked.party_id', 'asked.as_of', ...columns].join(', ')}
    FROM ${asked} asked ${joins.join('\n')} ORDER BY asked.party_id, asked.as_of`;
}

/** Where a schema's raw tables are: by name, or an empty relation where the schema lacks the table. */
export async function rawTables(connection: DuckDBConnection, schema: string): Promise<(name: string) => string> {
  const reader = await connection.runAndReadAll(
    `SELECT table_name FROM information_schema.tables WHERE table_schema = ${literal(schema)}`,
  );
  const present = new Set(reader.getRows().map(([name]) => String(name)));
  return (name) =>
    present.has(name) ? `${identifier(schema)}.${identifier(name)}` : emptyRelation(readableColumns(name));
}

async function countOf(connection: DuckDBConnection, relation: string): Promise<number> {
  const reader = await connection.runAndReadAll(`SELECT count(*)::DOUBLE FROM ${relation}`);
  return Number(reader.getRows()[0]?.[0] ?? 0);
}

function resultOf(relation: string | undefined, name: string): string {
  if (relation === undefined)
    throw new ProbityError(
      'VIEW_INVALID',
      `The feature view ${name} is read by another one but is not among the views.`,
    );
  return relation;
}
