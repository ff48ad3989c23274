import type { DuckDBConnection, DuckDBInstance, DuckDBPreparedStatement } from '@duckdb/node-api';
import { identifier, instant, ProbityError, type AsOf, type Instant } from '../../base/index.ts';
import { readableColumns, resultColumns, viewStatement, type Relations } from '../asof/index.ts';
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

/** A customer to compute, as of an instant. */
export interface Asked {
  readonly id: string;
  readonly bucket: number;
  readonly asOf: AsOf;
}

/** One connection that computes one request at a time, with tables of its own for the asked customers' facts. */
export interface Lane {
  /** One row for each (customer, instant), in any order. */
  compute(
    views: readonly FeatureView[],
    asked: readonly Asked[],
    added: readonly AddedFact[],
  ): Promise<readonly FeatureRow[]>;
  close(): void;
}

/** A view's statements, prepared once: where other views read its result, it goes into a table first. */
interface Prepared {
  readonly fill: DuckDBPreparedStatement | null;
  readonly answer: DuckDBPreparedStatement;
  readonly names: readonly string[];
}

/** A row while it is put together. */
interface Growing extends FeatureRow {
  known: boolean;
  facts: number;
  readonly features: Record<string, FeatureValue>;
  readonly newest: Record<string, Instant>;
}

/** Opens a lane: its temporary tables take a request's facts inside a transaction that is always rolled back. */
export async function openLane(instance: DuckDBInstance, published: PublishedFacts): Promise<Lane> {
  const connection = await instance.connect();
  await connection.run("SET TimeZone = 'UTC'");
  await connection.run('CREATE TEMP TABLE asked (party_id VARCHAR, as_of TIMESTAMP)');
  const tables = new Map<string, string>();
  for (const { name } of PUBLISHED) {
    const columns = readableColumns(name).map(([column, type]) => `${identifier(column)} ${type}`);
    await connection.run(`CREATE TEMP TABLE ${identifier(name)} (${columns.join(', ')})`);
    tables.set(name, `temp.main.${identifier(name)}`);
  }
  const prepared = new Map<string, Promise<readonly Prepared[]>>();
  const ask = await connection.prepare(
    `INSERT INTO temp.main.asked SELECT DISTINCT a.p, a.t::TIMESTAMP
     FROM (SELECT unnest(from_json($1::JSON, '[{"p":"VARCHAR","t":"VARCHAR"}]')) AS a)`,
  );
  const count = await connection.prepare(countStatement(tables));
  const copies = new Map<string, DuckDBPreparedStatement>();
  for (const contract of PUBLISHED)
    copies.set(contract.name, await connection.prepare(copyStatement(contract, '= $1', '= $2')));

  const copy = async (parties: ReadonlyMap<string, number>): Promise<void> => {
    const buckets = [...new Set(parties.values())];
    for (const contract of PUBLISHED) {
      if (!buckets.some((bucket) => published.holds(contract.name, bucket))) continue;
      const statement = copies.get(contract.name);
      const [only] = parties;
      if (statement && contract.entity === null) await statement.run();
      else if (statement && only && parties.size === 1) {
        statement.bindInteger(1, only[1]);
        statement.bindVarchar(2, only[0]);
        await statement.run();
      } else {
        const asked = 'IN (SELECT party_id FROM temp.main.asked)';
        await connection.run(copyStatement(contract, `IN (${buckets.join(', ')})`, asked));
      }
    }
  };

  return {
    async compute(views, asked, added) {
      const key = views.map((view) => view.hash).join();
      let statements = prepared.get(key);
      if (!statements) {
        statements = prepare(connection, views, published, tables);
        prepared.set(key, statements);
        statements.catch(() => prepared.delete(key));
      }
      const steps = await statements;
      const rows = new Map<string, Growing>();
      for (const { id, asOf } of asked)
        rows.set(rowKey(id, asOf), { partyId: id, asOf, known: false, features: {}, facts: 0, newest: {} });
      const rowOf = (values: readonly unknown[]) => rows.get(rowKey(String(values[0]), instant(Number(values[1]))));
      await connection.run('BEGIN');
      try {
        ask.bindVarchar(1, JSON.stringify(asked.map(({ id, asOf }) => ({ p: id, t: asOf }))));
        await ask.run();
        await copy(new Map(asked.map(({ id, bucket }) => [id, bucket])));
        if (added.length > 0) await addFacts(connection, added, (name) => tables.get(name));
        for (const { fill, answer, names } of steps) {
          await fill?.run();
          for (const values of (await answer.runAndReadAll()).getRows()) {
            const row = rowOf(values);
            names.forEach((name, index) => {
              if (row) row.features[name] = (values[index + 2] ?? null) as FeatureValue;
            });
          }
        }
        for (const values of (await count.runAndReadAll()).getRows()) {
          const row = rowOf(values);
          if (!row) continue;
          row.known = true;
          row.facts += Number(values[3]);
          row.newest[String(values[2])] = instant(Number(values[4]));
        }
        return [...rows.values()];
      } finally {
        await connection.run('ROLLBACK');
      }
    },
    close: () => connection.closeSync(),
  };
}

/** Names a (customer, instant) pair. */
export function rowKey(partyId: string, asOf: string): string {
  return `${asOf} ${partyId}`;
}

/** Facts known by the instant asked for, by customer, instant and table. */
function countStatement(tables: ReadonlyMap<string, string>): string {
  const facts = PUBLISHED.filter((contract) => contract.entity !== null).map(
    ({ name, entity }) =>
      `SELECT '${name}' AS name, ${identifier(entity ?? '')} AS party_id, happened_at, known_from, known_until FROM ${tables.get(name)}`,
  );
  return `SELECT a.party_id, epoch_ms(a.as_of)::DOUBLE, f.name, count(*)::DOUBLE, epoch_ms(max(f.known_from))::DOUBLE
    FROM (${facts.join(' UNION ALL ')}) f
    JOIN temp.main.asked a
      ON a.party_id = f.party_id AND f.known_from <= a.as_of AND a.as_of < f.known_until AND f.happened_at <= a.as_of
    GROUP BY a.party_id, a.as_of, f.name`;
}

function copyStatement(contract: (typeof PUBLISHED)[number], bucket: string, party: string): string {
  const columns = readableColumns(contract.name).map(([name]) => identifier(name));
  const table = identifier(contract.name);
  const where =
    contract.entity === null ? '' : `WHERE snapshot_bucket ${bucket} AND ${identifier(contract.entity)} ${party}`;
  return `INSERT INTO temp.main.${table} SELECT ${columns.join(', ')} FROM published.${table} ${where}`;
}

async function prepare(
  connection: DuckDBConnection,
  views: readonly FeatureView[],
  published: PublishedFacts,
  tables: ReadonlyMap<string, string>,
): Promise<readonly Prepared[]> {
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
  const read = new Set(views.filter((view) => view.kind !== 'statistics').flatMap((view) => view.dependsOn));
  const results = new Map<string, string>();
  for (const view of views) {
    if (view.kind === 'statistics') results.set(view.name, published.statistics(view.hash) ?? '');
    else if (read.has(view.name)) {
      const name = identifier(`view_${view.hash}`);
      const columns = resultColumns(view).map(([column, type]) => `${identifier(column)} ${type}`);
      await connection.run(`CREATE TEMP TABLE IF NOT EXISTS ${name} (${columns.join(', ')})`);
      results.set(view.name, `temp.main.${name}`);
    }
  }
  const relations: Relations = {
    asked: 'temp.main.asked',
    table: (name) => tables.get(name) ?? '',
    view: (name) => results.get(name) ?? '',
  };
  const steps: Prepared[] = [];
  for (const view of views) {
    if (view.kind === 'statistics') continue;
    const statement = viewStatement(view, relations);
    const table = results.get(view.name);
    const columns = view.features.map(({ name }) => identifier(name));
    const answer = `SELECT ${['party_id', 'epoch_ms(as_of)::DOUBLE', ...columns].join(', ')} FROM ${table ?? `(${statement})`}`;
    steps.push({
      fill: table === undefined ? null : await connection.prepare(`INSERT INTO ${table} ${statement}`),
      answer: await connection.prepare(answer),
      names: view.features.map((feature) => feature.name),
    });
  }
  return steps;
}
