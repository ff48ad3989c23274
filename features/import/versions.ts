import type { DuckDBConnection } from '@duckdb/node-api';
import { identifier, literal } from '../../base/index.ts';
import { rawColumns, SYSTEM_COLUMNS } from '../contracts/index.ts';
import { rawTable, storageOrder } from '../warehouse/sql.ts';
import { contentFields, keyColumns } from './duplicates.ts';
import type { StagedEntry } from './stage.ts';
import { scalar } from './stage-context.ts';

/** What loading one entry did. */
export interface LoadCounts {
  /** Rows added to the raw table, first versions and later ones. */
  readonly loaded: number;
  /** Of these, rows that are a further version of their key. */
  readonly newVersions: number;
  /** Of these, versions that came to stand before a version known later. */
  readonly lateVersions: number;
  /** Rows that tell nothing new. */
  readonly identical: number;
  /** Keys that were deleted. */
  readonly tombstones: number;
}

export interface LoadContext {
  readonly connection: DuckDBConnection;
  readonly importId: string;
  /** The import's instant, as `YYYY-MM-DD HH:MM:SS.mmm`. */
  readonly now: string;
}

const MOMENT = 'to_microseconds(1)';

/**
 * Loads an entry's good rows into its raw table, inside the caller's transaction. Keys that are new stand as they are; for the others
 * the chain of versions is built anew from all that is known of the key (versions and tombstones, by known-at), which changes
 * nothing but `known_until` of standing rows. docs/decisions/0020-version-chains.md says why.
 */
export async function loadVersions(staged: StagedEntry, context: LoadContext): Promise<LoadCounts> {
  const { connection } = context;
  const keys = keyColumns(staged);
  const raw = rawTable(staged.contract.name);
  const table = identifier(staged.table);
  const good = `FROM ${table} WHERE __problems IS NULL`;
  const matched = `SELECT DISTINCT ${keys} ${good} AND (${keys}) IN (SELECT (${keys}) FROM ${raw})`;
  const name = literal(staged.contract.name);
  const buried = `SELECT key_values FROM meta.tombstones WHERE table_name = ${name}`;
  const candidates = [
    ...((await isEmpty(connection, raw)) ? [] : [matched]),
    // In append mode no key stands twice any more.
    ...(staged.entry.mode === 'append' ? [] : [`SELECT ${keys} ${good} GROUP BY ${keys} HAVING count(*) > 1`]),
    ...(staged.hasDeletions ? [`SELECT ${keys} ${good} AND __deleted`] : []),
    ...((await isEmpty(connection, `(${buried})`))
      ? []
      : [`SELECT ${keys} ${good} AND ${keyList(staged)} IN (${buried})`]),
  ];
  const none = `SELECT ${keys} FROM ${table} WHERE false`;
  await connection.run(`CREATE TEMP TABLE contested AS ${[none, ...candidates].join(' UNION ')}`);
  const disputed = await scalar(connection, 'SELECT count(*) FROM contested');
  const uncontested = disputed === 0 ? '' : `AND (${keys}) NOT IN (SELECT (${keys}) FROM contested)`;
  const gone = staged.entry.mode === 'replace' ? await findGone(staged, context) : 0;
  const own = rawColumns(staged.contract)
    .map(([name]) => name)
    .filter((name) => !(name in SYSTEM_COLUMNS));
  const columns = own.map((name) => identifier(name)).join(', ');
  const system = 'happened_at, known_from, known_until, source, import_id';
  const stamp = `${literal(staged.entry.name)}, ${literal(context.importId)}`;
  const first = await changed(
    connection,
    `INSERT INTO ${raw} (${columns}, ${system}) SELECT ${columns}, happened_at, known_from, TIMESTAMP 'infinity', ${stamp} ${good} ${uncontested}
     ${storageOrder(staged.contract)}`,
  );
  const chained =
    disputed === 0
      ? { loaded: 0, newVersions: 0, lateVersions: 0, identical: 0, tombstones: 0 }
      : await loadChains(staged, { ...context, columns, system, stamp });
  if (gone > 0) {
    await connection.run(`UPDATE ${raw} AS r SET known_until = g.gone_at FROM gone g WHERE r.rowid = g.rid`);
    await connection.run(`INSERT INTO meta.tombstones SELECT ${name}, key_values, gone_at, ${stamp} FROM gone`);
  }
  for (const name of ['contested', 'gone']) await connection.run(`DROP TABLE IF EXISTS ${name}`);
  return { ...chained, loaded: first + chained.loaded, tombstones: chained.tombstones + gone };
}

/** Keys that stand from this source and that its new full content does not hold, bad rows included. */
async function findGone(staged: StagedEntry, context: LoadContext): Promise<number> {
  await context.connection.run(
    `CREATE TEMP TABLE gone AS SELECT r.rowid AS rid, ${keyList(staged)} AS key_values,
       greatest(TIMESTAMP ${literal(context.now)}, r.known_from + ${MOMENT}) AS gone_at
     FROM ${rawTable(staged.contract.name)} r
     WHERE r.source = ${literal(staged.entry.name)} AND r.known_until = TIMESTAMP 'infinity'
       AND NOT EXISTS (SELECT 1 FROM ${identifier(staged.table)} s WHERE ${staged.contract.key.map((k) => `s.${identifier(k)} = r.${identifier(k)}`).join(' AND ')})`,
  );
  return scalar(context.connection, 'SELECT count(*) FROM gone');
}

/** Rebuilds the version chains of the contested keys. */
async function loadChains(
  staged: StagedEntry,
  context: LoadContext & { readonly columns: string; readonly system: string; readonly stamp: string },
): Promise<LoadCounts> {
  const { connection } = context;
  const keys = keyColumns(staged);
  const raw = rawTable(staged.contract.name);
  const content = `struct_pack(${contentFields(staged)})`;
  const deleted = staged.hasDeletions ? '__deleted' : 'false';
  const name = literal(staged.contract.name);
  await connection.run(
    `CREATE TEMP TABLE standing AS SELECT rowid AS rid, ${keys}, ${content} AS c, known_from, known_until
     FROM ${raw} WHERE (${keys}) IN (SELECT (${keys}) FROM contested)`,
  );
  await connection.run(
    `CREATE TEMP TABLE buried AS SELECT ${prefixed('k', staged)}, t.known_from FROM contested k
     JOIN (SELECT DISTINCT key_values, known_from FROM meta.tombstones WHERE table_name = ${name}) t ON t.key_values = ${keyList(staged, 'k')}`,
  );
  await connection.run(
    `CREATE TEMP TABLE arriving AS SELECT rowid AS iid, ${keys}, ${content} AS c, known_from, ${deleted} AS deletes,
       row_number() OVER (PARTITION BY ${keys} ORDER BY known_from DESC, __part DESC, __row DESC) = 1 AS newest
     FROM ${identifier(staged.table)} WHERE __problems IS NULL AND (${keys}) IN (SELECT (${keys}) FROM contested)`,
  );
  await connection.run(
    `CREATE TEMP TABLE settled AS
     WITH latest AS (
       SELECT ${keys}, arg_max(c, known_from) AS c, bool_or(known_until = TIMESTAMP 'infinity') AS stands FROM standing GROUP BY ${keys}
     ), ends AS (
       SELECT ${keys}, max(known_from) AS ended FROM (SELECT ${keys}, known_from FROM standing UNION ALL SELECT ${keys}, known_from FROM buried) GROUP BY ${keys}
     ), judged AS (
       SELECT a.*, e.ended AS last_at, ${verdictSql(staged)} AS verdict
       FROM arriving a
       LEFT JOIN standing s ON ${equalKeys('s', 'a', staged)} AND s.known_from = a.known_from
       LEFT JOIN buried b ON ${equalKeys('b', 'a', staged)} AND b.known_from = a.known_from
       LEFT JOIN latest l ON ${equalKeys('l', 'a', staged)}
       LEFT JOIN ends e ON ${equalKeys('e', 'a', staged)}
     )
     SELECT iid, ${keys}, c, deletes, verdict, CASE WHEN verdict = 'restate'
         THEN greatest(TIMESTAMP ${literal(context.now)}, last_at + ${MOMENT})
           + to_microseconds(row_number() OVER (PARTITION BY ${keys}, verdict ORDER BY known_from, iid) - 1)
         ELSE known_from END AS known_from
     FROM judged`,
  );
  await connection.run(
    `CREATE TEMP TABLE timeline AS
     WITH events AS (
       SELECT rid, NULL::BIGINT AS iid, ${keys}, c, known_from, 1 AS __kind FROM standing
       UNION ALL SELECT NULL, NULL, ${keys}, NULL, known_from, 0 FROM buried
       UNION ALL SELECT NULL, iid, ${keys}, CASE WHEN NOT deletes THEN c END, known_from, CASE WHEN deletes THEN 0 ELSE 1 END
         FROM settled WHERE verdict <> 'identical'
     ), seen AS (
       SELECT *, lag(__kind) OVER w AS __kind_before, lag(c) OVER w AS c_before FROM events
       WINDOW w AS (PARTITION BY ${keys} ORDER BY known_from, __kind, iid NULLS FIRST)
     ), told AS (
       SELECT * FROM seen WHERE NOT coalesce(iid IS NOT NULL AND __kind = __kind_before AND (__kind = 0 OR c IS NOT DISTINCT FROM c_before), false)
     )
     SELECT rid, iid, known_from, __kind, row_number() OVER w = 1 AS first, coalesce(lead(known_from) OVER w, TIMESTAMP 'infinity') AS until
     FROM told WINDOW w AS (PARTITION BY ${keys} ORDER BY known_from, __kind, iid NULLS FIRST)`,
  );
  await connection.run(
    `UPDATE ${raw} AS r SET known_until = t.until FROM timeline t WHERE t.rid = r.rowid AND r.known_until <> t.until`,
  );
  const loaded = await changed(
    connection,
    `INSERT INTO ${raw} (${context.columns}, ${context.system})
     SELECT ${context.columns}, s.happened_at, t.told_at, t.told_until, ${context.stamp}
     FROM (SELECT iid, known_from AS told_at, until AS told_until FROM timeline WHERE __kind = 1) t
     JOIN ${identifier(staged.table)} s ON s.rowid = t.iid`,
  );
  const tombstones = await changed(
    connection,
    `INSERT INTO meta.tombstones SELECT ${name}, ${keyList(staged, 's')}, t.known_from, ${context.stamp}
     FROM timeline t JOIN ${identifier(staged.table)} s ON s.rowid = t.iid WHERE t.__kind = 0`,
  );
  const arrived = await scalar(connection, 'SELECT count(*) FROM arriving');
  const newVersions = await scalar(
    connection,
    'SELECT count(*) FROM timeline WHERE iid IS NOT NULL AND __kind = 1 AND NOT first',
  );
  const lateVersions = await scalar(
    connection,
    `SELECT count(*) FROM timeline WHERE iid IS NOT NULL AND __kind = 1 AND until < TIMESTAMP 'infinity'`,
  );
  for (const table of ['standing', 'buried', 'arriving', 'settled', 'timeline'])
    await connection.run(`DROP TABLE ${table}`);
  return { loaded, newVersions, lateVersions, identical: arrived - loaded - tombstones, tombstones };
}

/**
 * What to do with an arriving row: `place` it at its known-at; drop it as `identical`; or `restate`: its known-at is taken by other
 * content, so the change is dated at the import, which is when it was learned. In replace mode the newest row of a key is what
 * stands from now on, whatever its clock says.
 */
function verdictSql(staged: StagedEntry): string {
  const deletion = `CASE WHEN b.known_from IS NOT NULL THEN 'identical'
    WHEN s.rid IS NULL THEN 'place' WHEN l.stands THEN 'restate' ELSE 'identical' END`;
  const general = `CASE WHEN a.deletes THEN ${deletion}
    WHEN s.rid IS NULL THEN 'place'
    WHEN s.c IS NOT DISTINCT FROM a.c OR l.c IS NOT DISTINCT FROM a.c THEN 'identical' ELSE 'restate' END`;
  if (staged.entry.mode !== 'replace') return general;
  return `CASE WHEN a.newest AND NOT a.deletes THEN
      CASE WHEN l.stands AND l.c IS NOT DISTINCT FROM a.c THEN 'identical'
        WHEN e.ended IS NULL OR a.known_from > e.ended THEN 'place' ELSE 'restate' END
    ELSE ${general} END`;
}

function keyList(staged: StagedEntry, alias?: string): string {
  const from = alias === undefined ? '' : `${alias}.`;
  return `[${staged.contract.key.map((key) => `CAST(${from}${identifier(key)} AS VARCHAR)`).join(', ')}]`;
}

function prefixed(alias: string, staged: StagedEntry): string {
  return staged.contract.key.map((key) => `${alias}.${identifier(key)}`).join(', ');
}

function equalKeys(a: string, b: string, staged: StagedEntry): string {
  return staged.contract.key.map((key) => `${a}.${identifier(key)} = ${b}.${identifier(key)}`).join(' AND ');
}

async function isEmpty(connection: DuckDBConnection, table: string): Promise<boolean> {
  return (await scalar(connection, `SELECT count(*) FROM (SELECT 1 FROM ${table} LIMIT 1)`)) === 0;
}

async function changed(connection: DuckDBConnection, sql: string): Promise<number> {
  return (await connection.run(sql)).rowsChanged;
}
