import type { DuckDBConnection, DuckDBPreparedStatement } from '@duckdb/node-api';
import { identifier, ProbityError } from '../../base/index.ts';
import { readableColumns, resultColumns, viewStatement, type Relations } from '../asof/index.ts';
import type { TableContract } from '../contracts/index.ts';
import type { FeatureView } from '../views/feature-view.ts';
import { PUBLISHED, type PublishedFacts } from './published-facts.ts';

/** Takes the facts about the asked customers out of one published table. */
export interface TableCopy {
  readonly contract: TableContract;
  /** For one customer, by bucket and id; of a table without customers, all. */
  readonly ofOne: DuckDBPreparedStatement;
}

/** A view's statements: where other views read its result, it goes into a table first. */
interface ViewStatements {
  readonly fill: DuckDBPreparedStatement | null;
  readonly answer: DuckDBPreparedStatement;
  readonly names: readonly string[];
}

/** All that a lane runs to compute one set of views. */
export interface LaneStatements {
  /** Takes who is asked for, as JSON: a list of `{p: party, t: instant}`. */
  readonly ask: DuckDBPreparedStatement;
  /** The tables that the views read, and `parties`. */
  readonly read: readonly TableCopy[];
  /** The tables that no view reads. */
  readonly rest: readonly TableCopy[];
  readonly views: readonly ViewStatements[];
  /** Which of the asked are known by a fact of `parties`. */
  readonly inParties: DuckDBPreparedStatement;
  /** Which of the asked are known by a fact of any table. */
  readonly anywhere: DuckDBPreparedStatement;
}

/**
 * Makes the tables of a lane's connection, and prepares statements over them. A statement that was prepared before the catalog changed is bound and
 * planned anew at every run, which costs more than running it; so whatever is prepared is prepared again once a table has been made.
 */
export async function laneStatements(
  connection: DuckDBConnection,
  published: PublishedFacts,
): Promise<(views: readonly FeatureView[]) => Promise<LaneStatements>> {
  const made = new Set<string>();
  const prepared = new Map<string, LaneStatements>();
  const make = async (name: string, columns: readonly (readonly [string, string])[]): Promise<void> => {
    if (made.has(name)) return;
    const typed = columns.map(([column, type]) => `${identifier(column)} ${type}`);
    await connection.run(`CREATE TEMP TABLE ${identifier(name)} (${typed.join(', ')})`);
    made.add(name);
    prepared.clear();
  };
  await make('asked', [
    ['party_id', 'VARCHAR'],
    ['as_of', 'TIMESTAMP'],
  ]);
  for (const { name } of PUBLISHED) await make(name, readableColumns(name));

  return async (views) => {
    const key = views.map((view) => view.hash).join();
    const before = prepared.get(key);
    if (before !== undefined) return before;
    requireStatistics(views, published);
    const computed = views.filter((view) => view.kind !== 'statistics');
    const readByOthers = new Set(computed.flatMap((view) => view.dependsOn));
    for (const view of computed) if (readByOthers.has(view.name)) await make(`view_${view.hash}`, resultColumns(view));
    const results = new Map(
      views.map((view) => [
        view.name,
        view.kind === 'statistics' ? published.statistics(view.hash) : laneTable(`view_${view.hash}`),
      ]),
    );
    const relations: Relations = {
      asked: laneTable('asked'),
      table: laneTable,
      view: (name) => results.get(name) ?? '',
    };
    const used = new Set(['parties', ...computed.flatMap((view) => view.tables)]);
    const copies = await Promise.all(
      PUBLISHED.map(async (contract) => ({
        contract,
        ofOne: await connection.prepare(copyStatement(contract, '= $1', '= $2')),
      })),
    );
    const statements: LaneStatements = {
      ask: await connection.prepare(
        `INSERT INTO ${laneTable('asked')} SELECT DISTINCT a.p, a.t::TIMESTAMP
         FROM (SELECT unnest(from_json($1::JSON, '[{"p":"VARCHAR","t":"VARCHAR"}]')) AS a)`,
      ),
      read: copies.filter(({ contract }) => used.has(contract.name)),
      rest: copies.filter(({ contract }) => !used.has(contract.name)),
      views: await Promise.all(
        computed.map(async (view) => {
          const statement = viewStatement(view, relations);
          const table = readByOthers.has(view.name) ? relations.view(view.name) : null;
          const columns = view.features.map(({ name }) => identifier(name));
          return {
            fill: table === null ? null : await connection.prepare(`INSERT INTO ${table} ${statement}`),
            answer: await connection.prepare(
              `SELECT ${['party_id', 'epoch_ms(as_of)::DOUBLE', ...columns].join(', ')} FROM ${table ?? `(${statement})`}`,
            ),
            names: view.features.map((feature) => feature.name),
          };
        }),
      ),
      inParties: await connection.prepare(knownStatement(PUBLISHED.filter(({ name }) => name === 'parties'))),
      anywhere: await connection.prepare(knownStatement(PUBLISHED)),
    };
    prepared.set(key, statements);
    return statements;
  };
}

/** The lane's own table of this name. */
export function laneTable(name: string): string {
  return `temp.main.${identifier(name)}`;
}

/** Copies the facts of customers in some buckets; of a table without customers, all. */
export function copyStatement(contract: TableContract, bucket: string, party: string): string {
  const columns = readableColumns(contract.name).map(([name]) => identifier(name));
  const where =
    contract.entity === null ? '' : `WHERE snapshot_bucket ${bucket} AND ${identifier(contract.entity)} ${party}`;
  return `INSERT INTO ${laneTable(contract.name)} SELECT ${columns.join(', ')} FROM published.${identifier(contract.name)} ${where}`;
}

/** The asked of whom some fact of these tables was known by then. */
function knownStatement(contracts: readonly TableContract[]): string {
  const facts = contracts.flatMap(({ name, entity }) =>
    entity === null
      ? []
      : [`SELECT ${identifier(entity)} AS party_id, happened_at, known_from, known_until FROM ${laneTable(name)}`],
  );
  return `SELECT party_id, epoch_ms(as_of)::DOUBLE FROM ${laneTable('asked')} a WHERE EXISTS (
    FROM (${facts.join(' UNION ALL ')}) f
    WHERE f.party_id = a.party_id AND f.known_from <= a.as_of AND a.as_of < f.known_until AND f.happened_at <= a.as_of)`;
}

function requireStatistics(views: readonly FeatureView[], published: PublishedFacts): void {
  const missing = views.filter((view) => view.kind === 'statistics' && published.statistics(view.hash) === null);
  if (missing.length === 0) return;
  throw new ProbityError(
    'VIEW_MISMATCH',
    `The snapshot holds no peer statistics of this version of ${missing.map((view) => view.name).join(', ')}.`,
    {
      problems: missing.map((view) => ({
        at: view.name,
        message: `Version ${view.hash.slice(0, 12)} is not published.`,
      })),
    },
  );
}
