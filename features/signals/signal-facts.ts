import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { exactGlob, identifier, literal, type Instant } from '../../base/index.ts';
import { readableColumns } from '../asof/index.ts';
import { signalTableOf } from '../contracts/index.ts';
import { addFacts, type AddedFact } from '../snapshots/added-facts.ts';
import { bucketOf, verifiedFile, type SnapshotFile, type SnapshotManifest } from '../snapshots/manifest.ts';
import type { FeatureView } from '../views/index.ts';

/** Which customers are looked at: a share of all, so that a portfolio is looked at part by part, or some by name. */
export type SignalScope =
  | { readonly kind: 'partition'; readonly partition: number; readonly partitions: number }
  | { readonly kind: 'customers'; readonly ids: readonly string[] };

/** What signals are computed from. */
export interface SignalSource {
  /** Folder of a published snapshot, and its manifest. */
  readonly folder: string;
  readonly manifest: SnapshotManifest;
  /** The instant that is looked at; of the snapshot, or later where facts were added since. */
  readonly asOf: Instant;
  /** Query that gives `party_id, pd, points, grade_rank, happened_at` of the portfolio's scores; null: none are there. */
  readonly scores: string | null;
  /** Facts acknowledged after the snapshot. */
  readonly added?: readonly AddedFact[];
  /** Answers the relation of signals as it may be used: without those for which a customer's data lack a legal basis. */
  readonly lawful?: (connection: DuckDBConnection, relation: string) => Promise<string>;
}

/** A database in memory whose schema `raw` holds what the views of signals read about some customers. */
export interface SignalFacts {
  readonly connection: DuckDBConnection;
  /** Relation of the customers that are known at the instant, with `party_id, as_of`. */
  readonly asked: string;
  readonly close: () => void;
}

/**
 * Loads the facts about the customers of a scope. Tables of which other customers' rows matter hold these too: every relation, the contact details
 * equal to one of theirs, the scores of their guarantors, the exposure of each customer. Throws SNAPSHOT_ALTERED.
 */
export async function loadSignalFacts(
  views: readonly FeatureView[],
  source: SignalSource,
  scope: SignalScope,
): Promise<SignalFacts> {
  const { manifest, asOf, added = [] } = source;
  const { content } = manifest;
  const instance = await DuckDBInstance.create(':memory:', { threads: '2' });
  const connection = await instance.connect();
  const close = (): void => {
    connection.closeSync();
    instance.closeSync();
  };
  try {
    await connection.run("SET TimeZone = 'UTC'");
    await connection.run('CREATE SCHEMA raw');
    const needed = new Set([...ALWAYS, ...views.flatMap(({ tables }) => tables)]);
    const own = scope.kind === 'customers' ? `party_id IN (SELECT unnest(${listOf(scope.ids)}))` : 'true';
    const buckets =
      scope.kind === 'customers'
        ? new Set(scope.ids.map((id) => String(bucketOf(id, content.buckets))))
        : new Set(
            Array.from({ length: content.buckets }, (_, bucket) => bucket)
              .filter((bucket) => bucket % scope.partitions === scope.partition)
              .map(String),
          );
    const filesOf = async (table: string, only: ReadonlySet<string> | null): Promise<string | null> => {
      const files = Object.entries(content.tables[table]?.files ?? {}).filter(
        ([bucket]) => bucket === 'all' || only === null || only.has(bucket),
      );
      return files.length === 0 ? null : parquetOf(await Promise.all(files.map(([, file]) => verified(source, file))));
    };
    for (const table of needed) {
      const contract = signalTableOf(table);
      if (contract === undefined || DERIVED_TABLES.has(table)) continue;
      const columns = readableColumns(table);
      const shape = columns.map(([name, type]) => `${identifier(name)} ${type}`).join(', ');
      await connection.run(`CREATE TABLE raw.${identifier(table)} (${shape})`);
      const files = await filesOf(table, table === 'party_relations' ? null : buckets);
      if (files === null) continue;
      const mine = contract.entity === null || table === 'party_relations' ? 'true' : own;
      await connection.run(`INSERT INTO raw.${identifier(table)} SELECT ${names(table)} FROM ${files} WHERE ${mine}`);
    }
    const recent = added.filter(
      ({ sequence, table }) => sequence > content.factsThrough && needed.has(table) && !DERIVED_TABLES.has(table),
    );
    await addFacts(connection, recent, (name) => (needed.has(name) ? `raw.${identifier(name)}` : undefined));
    await connection.run(`CREATE TABLE asked AS SELECT DISTINCT party_id, ${literal(asOf)}::TIMESTAMP AS as_of FROM raw.parties
      WHERE known_from <= ${literal(asOf)} AND ${literal(asOf)} < known_until AND happened_at <= ${literal(asOf)} AND ${own}`);
    await addSharedContacts(connection, await filesOf('contacts', null));
    await addScores(connection, source.scores);
    await addExposures(connection, source);
    return { connection, asked: 'asked', close };
  } catch (error) {
    close();
    throw error;
  }
}

/** Who there is, and through what customers have to do with each other. */
const ALWAYS = ['parties', 'party_relations', 'contacts', 'guarantees'] as const;

const DERIVED_TABLES: ReadonlySet<string> = new Set(['scores', 'exposures']);

/** Other customers' contact details that are equal to one of those at hand. */
async function addSharedContacts(connection: DuckDBConnection, files: string | null): Promise<void> {
  if (files === null) return;
  await connection.run(`INSERT INTO raw.contacts SELECT ${names('contacts')} FROM ${files} c
    WHERE digest IN (SELECT digest FROM raw.contacts) AND NOT EXISTS (SELECT 1 FROM asked a WHERE a.party_id = c.party_id)`);
}

async function addScores(connection: DuckDBConnection, scores: string | null): Promise<void> {
  const shape = readableColumns('scores').map(([name, type]) => `${identifier(name)} ${type}`);
  await connection.run(`CREATE TABLE raw.scores (${shape.join(', ')})`);
  if (scores === null) return;
  await connection.run(`INSERT INTO raw.scores BY NAME
    SELECT party_id, pd, points, grade_rank, happened_at, happened_at AS known_from, 'infinity'::TIMESTAMP AS known_until
    FROM (${scores}) WHERE party_id IN (
      SELECT party_id FROM asked
      UNION SELECT guarantor_party_id FROM raw.guarantees
      UNION SELECT related_party_id FROM raw.party_relations WHERE relation = 'guarantor')`);
}

async function addExposures(connection: DuckDBConnection, source: SignalSource): Promise<void> {
  const shape = readableColumns('exposures').map(([name, type]) => `${identifier(name)} ${type}`);
  await connection.run(`CREATE TABLE raw.exposures (${shape.join(', ')})`);
  const features = parquetOf([await verified(source, source.manifest.content.features)]);
  const described = await connection.runAndReadAll(`DESCRIBE SELECT * FROM ${features}`);
  const known = new Set(described.getRows().map(([name]) => String(name)));
  const parts = ['credit_drawn', 'receivables_open'].filter((name) => known.has(name));
  if (parts.length === 0) return;
  const amount = parts.map((name) => `coalesce(greatest(${name}, 0), 0)`).join(' + ');
  await connection.run(`INSERT INTO raw.exposures BY NAME
    WITH each AS (SELECT party_id, (${amount})::DECIMAL(18, 2) AS amount, as_of FROM ${features})
    SELECT party_id, amount, as_of AS happened_at, as_of AS known_from, 'infinity'::TIMESTAMP AS known_until FROM each
    UNION ALL SELECT '*', sum(amount), max(as_of), max(as_of), 'infinity'::TIMESTAMP FROM each HAVING count(*) > 0`);
}

const names = (table: string): string =>
  readableColumns(table)
    .map(([name]) => identifier(name))
    .join(', ');

/** A list of texts in SQL. */
export const listOf = (texts: readonly string[]): string => `[${texts.map(literal).join(', ')}]::VARCHAR[]`;

const parquetOf = (paths: readonly string[]): string =>
  `read_parquet([${paths.map((path) => literal(exactGlob(path))).join(', ')}])`;

/** Files that this process has verified, by path and hash: many partitions read some of them. */
const seen = new Map<string, Promise<string>>();

function verified({ folder, manifest }: SignalSource, file: SnapshotFile): Promise<string> {
  const key = `${folder} ${file.path} ${file.sha256}`;
  const known = seen.get(key);
  if (known !== undefined) return known;
  const path = verifiedFile(folder, manifest, file);
  if (seen.size >= MOST_SEEN) seen.clear();
  seen.set(key, path);
  path.catch(() => seen.delete(key));
  return path;
}

const MOST_SEEN = 20_000;
