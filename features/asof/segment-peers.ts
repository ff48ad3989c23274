import type { DuckDBConnection } from '@duckdb/node-api';
import { identifier, silent, type Progress } from '../../base/index.ts';
import type { FeatureView } from '../views/feature-view.ts';
import { viewStatement } from './statement.ts';

export interface StatisticsOptions {
  /** The view of kind `statistics`. */
  readonly view: FeatureView;
  /** The views that it depends on are taken from here. */
  readonly views: readonly FeatureView[];
  /** Relation with `month_end`. */
  readonly monthEnds: string;
  /** Temporary table to make. */
  readonly into: string;
  /** Where the raw tables are. */
  readonly table: (name: string) => string;
  readonly batchRows?: number;
  readonly progress?: Progress;
}

/** Names the rule by which peers are chosen; part of the hash of a statistics view. */
export const PEER_RULE =
  'first by md5 of party_id within segment, of those known at the month end; a row without segment for each month end';

/**
 * Computes peer statistics for some month ends: chooses the peers of each segment as known at that instant (so that customers and
 * facts that come later change nothing), runs the views that the statistics depend on for them, then the statistics' own statement.
 * Each month end has a row without a segment, too, so that `the newest published` is the same one however many month ends were computed.
 */
export async function computeStatistics(connection: DuckDBConnection, options: StatisticsOptions): Promise<void> {
  const { view, into, table, batchRows = 250_000, progress = silent } = options;
  const months = await connection.runAndReadAll(
    `SELECT month_end::VARCHAR FROM ${options.monthEnds} WHERE isfinite(month_end) ORDER BY month_end`,
  );
  const needed = dependenciesOf(view, options.views);
  const temporary = (name: string) => identifier(`${into}_${name}`);
  await connection.run(`CREATE OR REPLACE TEMP TABLE ${temporary('peers')} (party_id VARCHAR, as_of TIMESTAMP)`);
  const made = [temporary('peers')];
  let exists = false;
  const flush = async (): Promise<void> => {
    const results = new Map<string, string>();
    const relations = {
      asked: `temp.main.${temporary('peers')}`,
      table,
      view: (name: string) => results.get(name) ?? '',
    };
    for (const each of needed) {
      const name = temporary(each.name);
      if (!made.includes(name)) made.push(name);
      await connection.run(`CREATE OR REPLACE TEMP TABLE ${name} AS ${viewStatement(each, relations)}`);
      results.set(each.name, `temp.main.${name}`);
    }
    const statement = viewStatement(view, relations);
    await connection.run(
      exists
        ? `INSERT INTO temp.main.${identifier(into)} ${statement}`
        : `CREATE OR REPLACE TEMP TABLE ${identifier(into)} AS ${statement}`,
    );
    exists = true;
    await connection.run(`DELETE FROM ${temporary('peers')}`);
  };
  try {
    let pending = 0;
    for (const [index, row] of months.getRows().entries()) {
      progress({ step: 'statistics', done: index / months.currentRowCount, message: view.name });
      const result = await connection.run(
        `INSERT INTO ${temporary('peers')}
         SELECT party_id, m.month_end
         FROM ${table('parties')} p, (SELECT '${String(row[0])}'::TIMESTAMP AS month_end) m
         WHERE p.segment IS NOT NULL AND p.known_from <= m.month_end AND m.month_end < p.known_until
           AND p.happened_at <= m.month_end
         QUALIFY row_number() OVER (PARTITION BY p.segment ORDER BY md5(p.party_id), p.party_id) <= ${view.peers ?? 0}`,
      );
      pending += result.rowsChanged;
      if (pending < batchRows) continue;
      await flush();
      pending = 0;
    }
    if (pending > 0 || !exists) await flush();
    await connection.run(
      `INSERT INTO temp.main.${identifier(into)} (month_end, known_from)
       SELECT month_end, month_end + INTERVAL 1 MONTH FROM ${options.monthEnds} WHERE isfinite(month_end)`,
    );
  } finally {
    for (const name of made) await connection.run(`DROP TABLE IF EXISTS temp.main.${name}`);
  }
}

/** Everything that `view` depends on, itself left out, in the order of `views`. */
export function dependenciesOf(view: FeatureView, views: readonly FeatureView[]): readonly FeatureView[] {
  const needed = new Set(view.dependsOn);
  for (const each of views.toReversed()) {
    if (needed.has(each.name)) for (const name of each.dependsOn) needed.add(name);
  }
  return views.filter((each) => needed.has(each.name));
}
