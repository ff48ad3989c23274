import type { DuckDBConnection } from '@duckdb/node-api';
import { identifier, literal, ProbityError, type Instant } from '../../base/index.ts';
import { readableColumns } from '../asof/index.ts';
import { contractOf } from '../contracts/index.ts';

/** A fact acknowledged since a snapshot was made: a row of a canonical table, known from the moment of its acknowledgement. */
export interface AddedFact {
  readonly table: string;
  readonly values: { readonly [column: string]: string | number | boolean | null };
  readonly happenedAt: Instant;
  readonly knownFrom: Instant;
  readonly sequence: number;
  /** It says by its own clock which version it is: older than the one that stands, it replaces nothing. */
  readonly ordered?: boolean;
}

/** Facts of one statement. */
const AT_ONCE = 10_000;

/**
 * Adds facts, in order of their sequence, to tables that hold published ones, as the warehouse would take them in: an identical row
 * is ignored, a changed one replaces the version before it from the moment at which it became known, unless it is ordered and happened
 * before that version (`settledFacts` of the import answers the same). A few statements a table, however many facts there are.
 */
export async function addFacts(
  connection: DuckDBConnection,
  facts: readonly AddedFact[],
  tableOf: (name: string) => string | undefined,
): Promise<void> {
  const byTable = new Map<string, AddedFact[]>();
  for (const fact of [...facts].sort((a, b) => a.sequence - b.sequence)) {
    const those = byTable.get(fact.table);
    if (those === undefined) byTable.set(fact.table, [fact]);
    else those.push(fact);
  }
  for (const [name, those] of byTable) {
    const contract = contractOf(name);
    if (!contract) throw new ProbityError('INVALID_INPUT', `There is no table ${name} in the contracts.`);
    const table = tableOf(name);
    if (table === undefined) continue;
    for (let from = 0; from < those.length; from += AT_ONCE)
      await addTo(connection, table, { name, key: contract.key }, those.slice(from, from + AT_ONCE));
  }
}

/** A version of a row: of the table (`place` is its row there), or of a fact. */
interface Version {
  readonly place: bigint | null;
  readonly key: string;
  /** Everything but when it was known. Text, like the key, as the columns hold it: 1.5 of money is 1.50. */
  readonly says: string;
  readonly happened: bigint;
  readonly from: bigint;
  /** Microseconds; `STANDS` while nothing replaced it. */
  until: bigint;
  replaced: boolean;
}

const STANDS = 2n ** 63n - 1n;
/** Keys that a condition holds; more are joined. */
const FEW = 8;

async function addTo(
  connection: DuckDBConnection,
  table: string,
  { name, key }: { readonly name: string; readonly key: readonly string[] },
  facts: readonly AddedFact[],
): Promise<void> {
  const columns = readableColumns(name).filter(([column]) => column !== 'known_until');
  const names = columns.map(([column]) => identifier(column)).join(', ');
  const cells = (fact: AddedFact, asked: readonly (readonly [string, string])[]): string =>
    asked
      .map(([column, type]) => {
        const cell = cellOf(fact, column);
        return cell === null ? `NULL::${type}` : `${literal(cell)}::${type}`;
      })
      .join(', ');
  const keyed = columns.filter(([column]) => key.includes(column));
  const matching =
    facts.length <= FEW
      ? `WHERE ${facts.map((fact) => `(${same(keyed.map((one) => [identifier(one[0]), cells(fact, [one])]))})`).join(' OR ')}`
      : `SEMI JOIN (VALUES ${facts.map((fact) => `(${cells(fact, keyed)})`).join(', ')}) g (${keyed.map((_, i) => `k${i}`).join(', ')})
         ON ${same(keyed.map(([column], i) => [`t.${identifier(column)}`, `g.k${i}`]))}`;
  const clocks = ['happened_at', 'known_from'].map(microseconds);
  const texts = [keyed, columns.filter(([column]) => column !== 'known_from')].map(textsOf);
  const read = async (query: string): Promise<readonly Version[]> =>
    (await connection.runAndReadAll(query)).getRowsJson().map(([place, happened, from, until, of, says]) => ({
      place: place === null ? null : BigInt(place as string),
      key: JSON.stringify(of),
      says: JSON.stringify(says),
      happened: BigInt(happened as string),
      from: BigInt(from as string),
      until: BigInt(until as string),
      replaced: false,
    }));
  const insert = async (rows: readonly string[]): Promise<void> => {
    if (rows.length > 0) await connection.run(`INSERT INTO ${table} (${names}, known_until) VALUES ${rows.join(', ')}`);
  };

  const stored = await read(
    `SELECT rowid, ${[...clocks, microseconds('known_until'), ...texts].join(', ')} FROM ${table} AS t ${matching}`,
  );
  const asTold = new Set(facts.map((fact) => JSON.stringify(keyed.map(([column]) => cellOf(fact, column)))));
  if (stored.length === 0 && asTold.size === facts.length && keyed.every(([, type]) => type === 'VARCHAR'))
    return insert(facts.map((fact) => `(${cells(fact, columns)}, 'infinity')`));

  const given = await read(
    `SELECT NULL, ${[...clocks, `${STANDS}::BIGINT`, ...texts].join(', ')}
     FROM (VALUES ${facts.map((fact, n) => `(${n}, ${cells(fact, columns)})`).join(', ')}) g (n, ${names}) ORDER BY n`,
  );
  const byKey = new Map<string, Version[]>();
  for (const version of stored) byKey.set(version.key, [...(byKey.get(version.key) ?? []), version]);
  const added = facts.flatMap((fact, n) => {
    const version = given[n];
    if (version === undefined) return [];
    const versions = byKey.get(version.key) ?? [];
    byKey.set(version.key, versions);
    if (!takesPlace(version, versions, fact.ordered === true)) return [];
    versions.push(version);
    return [{ fact, version }];
  });
  const ended = stored.filter(({ replaced }) => replaced);
  if (ended.length > 0)
    await connection.run(
      `UPDATE ${table} SET known_until = make_timestamp(u.until)
       FROM (VALUES ${ended.map(({ place, until }) => `(${place}, ${until})`).join(', ')}) u (place, until)
       WHERE ${table}.rowid = u.place`,
    );
  await insert(
    added.map(
      ({ fact, version: { replaced, until } }) =>
        `(${cells(fact, columns)}, ${replaced ? `make_timestamp(${until})` : "'infinity'::TIMESTAMP"})`,
    ),
  );
}

/** Whether a version comes to stand; those of its row that it replaces end where it became known. */
function takesPlace({ says, happened, from }: Version, versions: readonly Version[], isOrdered: boolean): boolean {
  if (versions.some((each) => each.says === says && each.from <= from && each.until === STANDS)) return false;
  if (isOrdered && versions.some((each) => each.from <= from && from < each.until && each.happened > happened))
    return false;
  for (const each of versions) {
    if (each.until <= from) continue;
    each.until = each.from > from ? each.from : from;
    each.replaced = true;
  }
  return true;
}

function cellOf(fact: AddedFact, column: string): string | null {
  if (column === 'happened_at') return fact.happenedAt;
  if (column === 'known_from') return fact.knownFrom;
  const value = fact.values[column] ?? null;
  return value === null ? null : String(value);
}

const same = (pairs: readonly (readonly [string, string])[]): string =>
  pairs.map(([one, other]) => `${one} IS NOT DISTINCT FROM ${other}`).join(' AND ');

const microseconds = (clock: string): string =>
  `CASE WHEN isfinite(${clock}) THEN epoch_us(${clock}) ELSE ${STANDS} END::BIGINT`;

/** A list of texts; a negative zero is a zero. */
const textsOf = (columns: readonly (readonly [string, string])[]): string =>
  `[${columns.map(([column, type]) => `(${identifier(column)}${type === 'DOUBLE' ? ' + 0' : ''})::VARCHAR`).join(', ')}]`;
