import type { DuckDBConnection, DuckDBInstance, DuckDBPreparedStatement } from '@duckdb/node-api';
import { instant, ProbityError, type AsOf, type Instant } from '../../base/index.ts';
import { quoted, readableColumns, resultColumns, viewStatement, wideQuery, type Relations } from '../asof/index.ts';
import type { FeatureView } from '../views/feature-view.ts';
import { addFacts, type AddedFact } from './added-facts.ts';
import { PUBLISHED, type PublishedFacts } from './published-facts.ts';

/** A feature's value: DOUBLE, VARCHAR or BOOLEAN; null as the view's header says. */
export type FeatureValue = number | string | boolean | null;

/** The features of one customer as of one instant, and what they rest on. */
export interface FeatureRow {
  readonly partyId: string;
  readonly asOf: AsOf;
  /** Some fact about the customer was known by then. */
  readonly known: boolean;
  readonly features: { readonly [name: string]: FeatureValue };
  /** Facts about the customer that were known by then. */
  readonly facts: number;
  /** When the newest fact of each table about the customer became known; tables without a fact are absent. */
  readonly newest: { readonly [table: string]: Instant };
}

/** One connection that computes one request at a time, with tables of its own for the asked customers' facts. */
export interface Lane {
  compute(
    views: readonly FeatureView[],
    parties: readonly { readonly id: string; readonly bucket: number }[],
    asOf: AsOf,
    added: readonly AddedFact[],
  ): Promise<readonly FeatureRow[]>;
  close(): void;
}

/** Statements of one set of views, prepared once. */
interface Prepared {
  readonly steps: readonly DuckDBPreparedStatement[];
  readonly answer: DuckDBPreparedStatement;
  readonly names: readonly string[];
}

/** Opens a lane: its temporary tables take a request's facts inside a transaction that is always rolled back. */
export async function openLane(instance: DuckDBInstance, published: PublishedFacts): Promise<Lane> {
  const connection = await instance.connect();
  await connection.run("SET TimeZone = 'UTC'");
  await connection.run('CREATE TEMP TABLE asked (party_id VARCHAR, as_of TIMESTAMP)');
  const tables = new Map<string, string>();
  for (const { name } of PUBLISHED) {
    const columns = readableColumns(name).map(([column, type]) => `${quoted(column)} ${type}`);
    await connection.run(`CREATE TEMP TABLE ${quoted(name)} (${columns.join(', ')})`);
    tables.set(name, `temp.main.${quoted(name)}`);
  }
  const prepared = new Map<string, Promise<Prepared>>();
  let copies: Promise<readonly DuckDBPreparedStatement[]> | null = null;
  const counting = PUBLISHED.filter((contract) => contract.entity !== null).map(
    ({ name, entity }) =>
      `SELECT a.party_id, '${name}' AS name, count(*)::DOUBLE AS facts, epoch_ms(max(t.known_from))::DOUBLE AS newest
       FROM temp.main.asked a JOIN ${tables.get(name)} t
         ON t.${quoted(entity ?? '')} = a.party_id AND t.known_from <= a.as_of AND a.as_of < t.known_until
        AND t.happened_at <= a.as_of
       GROUP BY a.party_id`,
  );
  const count = await connection.prepare(counting.join(' UNION ALL '));

  const shared = async (parties: readonly { id: string; bucket: number }[]): Promise<void> => {
    const [only] = parties;
    if (parties.length === 1 && only) {
      copies ??= Promise.all(PUBLISHED.map((contract) => connection.prepare(copyStatement(contract, '= $1', '= $2'))));
      for (const [index, statement] of (await copies).entries()) {
        if (PUBLISHED[index]?.entity !== null) {
          statement.bindInteger(1, only.bucket);
          statement.bindVarchar(2, only.id);
        }
        await statement.run();
      }
      return;
    }
    const buckets = [...new Set(parties.map(({ bucket }) => bucket))].join(', ');
    for (const contract of PUBLISHED)
      await connection.run(copyStatement(contract, `IN (${buckets})`, 'IN (SELECT party_id FROM temp.main.asked)'));
  };

  return {
    async compute(views, parties, asOf, added) {
      const key = views.map((view) => view.hash).join();
      let statements = prepared.get(key);
      if (!statements) {
        statements = prepare(connection, views, published, tables);
        prepared.set(key, statements);
        statements.catch(() => prepared.delete(key));
      }
      const { steps, answer, names } = await statements;
      await connection.run('BEGIN');
      try {
        await connection.run(
          'INSERT INTO temp.main.asked SELECT DISTINCT unnest(from_json($1::JSON, \'["VARCHAR"]\')), $2::VARCHAR::TIMESTAMP',
          [JSON.stringify(parties.map(({ id }) => id)), asOf],
        );
        await shared(parties);
        if (added.length > 0) await addFacts(connection, added, (name) => tables.get(name));
        for (const step of steps) await step.run();
        const rows = (await answer.runAndReadAll()).getRows();
        const counts = (await count.runAndReadAll()).getRows();
        return rows.map((row) => featureRow(row as readonly FeatureValue[], names, asOf, counts));
      } finally {
        await connection.run('ROLLBACK');
      }
    },
    close: () => connection.closeSync(),
  };
}

function copyStatement(contract: (typeof PUBLISHED)[number], bucket: string, party: string): string {
  const columns = readableColumns(contract.name).map(([name]) => quoted(name));
  const table = quoted(contract.name);
  const where =
    contract.entity === null ? '' : `WHERE snapshot_bucket ${bucket} AND ${quoted(contract.entity)} ${party}`;
  return `INSERT INTO temp.main.${table} SELECT ${columns.join(', ')} FROM published.${table} ${where}`;
}

async function prepare(
  connection: DuckDBConnection,
  views: readonly FeatureView[],
  published: PublishedFacts,
  tables: ReadonlyMap<string, string>,
): Promise<Prepared> {
  const results = new Map<string, string>();
  const relations: Relations = {
    asked: 'temp.main.asked',
    table: (name) => tables.get(name) ?? '',
    view: (name) => results.get(name) ?? '',
  };
  const steps: DuckDBPreparedStatement[] = [];
  const missing = views.filter((view) => view.kind === 'statistics' && published.statistics(view.hash) === null);
  if (missing.length > 0)
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
  const plain = views.filter((view) => view.kind !== 'statistics');
  for (const view of views) {
    if (view.kind === 'statistics') {
      results.set(view.name, published.statistics(view.hash) ?? '');
      continue;
    }
    const name = quoted(`view_${view.hash}`);
    const columns = resultColumns(view).map(([column, type]) => `${quoted(column)} ${type}`);
    await connection.run(`CREATE TEMP TABLE IF NOT EXISTS ${name} (${columns.join(', ')})`);
    results.set(view.name, `temp.main.${name}`);
  }
  for (const view of plain)
    steps.push(await connection.prepare(`INSERT INTO ${results.get(view.name)} ${viewStatement(view, relations)}`));
  const answer = await connection.prepare(wideQuery('temp.main.asked', plain, relations));
  return { steps, answer, names: plain.flatMap((view) => view.features.map((feature) => feature.name)) };
}

function featureRow(
  row: readonly FeatureValue[],
  names: readonly string[],
  asOf: AsOf,
  counts: readonly (readonly unknown[])[],
): FeatureRow {
  const partyId = String(row[0]);
  const own = counts.filter(([party]) => party === partyId);
  return {
    partyId,
    asOf,
    known: own.length > 0,
    features: Object.fromEntries(names.map((name, index) => [name, row[index + 2] ?? null])),
    facts: own.reduce((sum, [, , facts]) => sum + Number(facts), 0),
    newest: Object.fromEntries(own.map(([, name, , newest]) => [String(name), instant(Number(newest))])),
  };
}
