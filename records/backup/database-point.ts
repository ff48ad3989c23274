import { Client } from 'pg';
import { instant, messageOf, ProbityError, type Instant, type Tenant } from '../../base/index.ts';
import { copyOut, type CopyOut } from '../database/copy.ts';
import type { Manifest } from './manifest.ts';

/** A table whose rows of one tenant are backed up. */
export interface BackedTable {
  readonly name: string;
  readonly columns: readonly string[];
}

/** The database held still at one point, by a transaction that reads what was committed when it began. */
export interface DatabasePoint {
  readonly at: Instant;
  readonly chain: Manifest['point']['chain'];
  readonly facts: number;
  readonly snapshotId: string | null;
  readonly migrations: Manifest['migrations'];
  readonly sequences: Manifest['sequences'];
  readonly tables: readonly BackedTable[];
  /** The rows of the tenant in one table, as PostgreSQL's COPY writes them; one table at a time. */
  rows(table: BackedTable): CopyOut;
  close(): Promise<void>;
}

/** Opens it. Every table but `migrations` must say whose its rows are. Throws DATABASE_UNREACHABLE. */
export async function openDatabasePoint(url: string, tenant: Tenant): Promise<DatabasePoint> {
  const client = await connect(url);
  const ask = async <T extends object>(text: string, values: readonly unknown[] = []): Promise<T[]> =>
    (await client.query<T>(text, [...values])).rows;
  try {
    await client.query('begin isolation level repeatable read, read only');
    // The first statement takes the snapshot that all later ones read.
    const [clock] = await ask<{ at: Date }>('select clock_timestamp() as at');
    const [head] = await ask<{ sequence: string; hash: string; at: Date }>(
      "select sequence, encode(hash, 'hex') as hash, at from chain_heads where tenant = $1",
      [tenant],
    );
    const [facts] = await ask<{ sequence: string }>('select sequence from fact_heads where tenant = $1', [tenant]);
    const [snapshot] = await ask<{ snapshot_id: string }>(
      'select snapshot_id from snapshots where tenant = $1 order by published_at desc, snapshot_id desc limit 1',
      [tenant],
    );
    const tables = await tablesOf(ask);
    const point = clock === undefined ? new Date() : clock.at;
    return {
      at: instant(point),
      chain:
        head === undefined
          ? { sequence: 0, hash: null, at: null }
          : { sequence: Number(head.sequence), hash: head.hash, at: instant(head.at) },
      facts: Number(facts?.sequence ?? 0),
      snapshotId: snapshot?.snapshot_id ?? null,
      migrations: await ask<{ name: string; sha256: string }>('select name, sha256 from migrations order by name'),
      sequences: await sequencesOf(ask),
      tables,
      rows: ({ name, columns }) =>
        copyOut(
          client,
          `select ${columns.map((column) => client.escapeIdentifier(column)).join(', ')} from ${client.escapeIdentifier(name)}
           where tenant = ${client.escapeLiteral(tenant)}`,
        ),
      close: () => client.end(),
    };
  } catch (error) {
    await client.end().catch(() => {});
    throw error;
  }
}

/** A connection of its own, for transactions and COPY. Throws DATABASE_UNREACHABLE. */
export async function connect(url: string): Promise<Client> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  client.on('error', () => {});
  try {
    await client.connect();
    return client;
  } catch (error) {
    const said = messageOf(error).replaceAll(url, '(database)');
    throw new ProbityError('DATABASE_UNREACHABLE', `The operational database does not answer: ${said}`, {
      cause: error,
    });
  }
}

type Ask = <T extends object>(text: string, values?: readonly unknown[]) => Promise<T[]>;

/** Tables with their stored columns, each after those that its foreign keys name. */
async function tablesOf(ask: Ask): Promise<readonly BackedTable[]> {
  const columns = await ask<{ table_name: string; names: string[] }>(
    `select c.table_name, array_agg(c.column_name::text order by c.ordinal_position) as names
     from information_schema.columns c join information_schema.tables t using (table_schema, table_name)
     where t.table_schema = current_schema() and t.table_type = 'BASE TABLE' and c.is_generated = 'NEVER'
     group by c.table_name order by c.table_name`,
  );
  const needs = await ask<{ child: string; parent: string }>(
    `select distinct c.relname as child, p.relname as parent from pg_constraint k
     join pg_class c on c.oid = k.conrelid join pg_class p on p.oid = k.confrelid
     where k.contype = 'f' and c.oid <> p.oid`,
  );
  const tables = new Map(columns.map(({ table_name: name, names }) => [name, { name, columns: names }]));
  tables.delete('migrations');
  const strange = [...tables.values()].filter((table) => !table.columns.includes('tenant'));
  if (strange.length > 0) {
    const names = strange.map(({ name }) => name).join(', ');
    throw new ProbityError('INTERNAL', `These tables do not say whose their rows are: ${names}.`);
  }
  const ordered: BackedTable[] = [];
  const placed = new Set<string>();
  const place = (name: string): void => {
    const table = tables.get(name);
    if (table === undefined || placed.has(name)) return;
    placed.add(name);
    for (const need of needs) if (need.child === name) place(need.parent);
    ordered.push(table);
  };
  for (const name of tables.keys()) place(name);
  return ordered;
}

/** Where each column that counts by itself stands. */
async function sequencesOf(ask: Ask): Promise<Manifest['sequences']> {
  const owned = await ask<{ table: string; column: string; sequence: string }>(
    `select c.table_name as table, c.column_name as column,
       pg_get_serial_sequence(quote_ident(c.table_name), c.column_name) as sequence
     from information_schema.columns c join information_schema.tables t using (table_schema, table_name)
     where t.table_schema = current_schema() and t.table_type = 'BASE TABLE'
       and pg_get_serial_sequence(quote_ident(c.table_name), c.column_name) is not null
     order by 1, 2`,
  );
  const found: Manifest['sequences'] = [];
  for (const { table, column, sequence } of owned) {
    const [row] = await ask<{ last_value: string; is_called: boolean }>(
      `select last_value, is_called from ${sequence}`,
    );
    if (row) found.push({ table, column, last: Number(row.last_value), called: row.is_called });
  }
  return found;
}
