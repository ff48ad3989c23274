import { DuckDBTypeId, type DuckDBConnection, type DuckDBDataChunk, type DuckDBVector } from '@duckdb/node-api';

/** One column to read: SQL over the relation's rows, and what it becomes. */
export interface ColumnRequest {
  readonly kind: 'number' | 'category' | 'text';
  readonly sql: string;
}

/** What was read, by index of request, rows in the relation's order. */
export interface ReadColumns {
  readonly rows: number;
  /** NaN where null. */
  numbers(index: number): Float64Array;
  /** Levels in the order of their UTF-8 bytes; code -1 where null. */
  category(index: number): { readonly levels: readonly string[]; readonly codes: Int32Array };
  /** Empty where null. */
  texts(index: number): string[];
}

/** What DuckDB's vectors hold inside: typed arrays and a bitmap, read without an object per cell. */
interface RawVector {
  readonly items: ArrayLike<number>;
  readonly validity: { readonly data: BigUint64Array | null; itemValid(index: number): boolean };
}

/**
 * Reads columns of `relation` into typed arrays, chunk by chunk. Categories go through an ENUM type, so that their texts are looked up
 * inside DuckDB and only codes cross over.
 */
export async function readColumns(
  connection: DuckDBConnection,
  relation: string,
  requests: readonly ColumnRequest[],
): Promise<ReadColumns> {
  const counted = await connection.runAndReadAll(`SELECT count(*) FROM ${relation}`);
  const rows = Number(counted.getRows()[0]?.[0] ?? 0);
  const levels = new Map<number, readonly string[]>();
  const selected: string[] = [];
  for (const [i, request] of requests.entries()) {
    if (request.kind === 'category') {
      const found = await connection.runAndReadAll(
        `SELECT DISTINCT (${request.sql}) AS level FROM ${relation} WHERE (${request.sql}) IS NOT NULL ORDER BY level`,
      );
      levels.set(
        i,
        found.getRows().map(([level]) => String(level)),
      );
      const type = await enumType(connection, relation, request.sql, levels.get(i)?.length ?? 0);
      selected.push(type === null ? 'CAST(NULL AS INTEGER)' : `CAST((${request.sql}) AS ${type})`);
    } else {
      selected.push(request.kind === 'number' ? `CAST((${request.sql}) AS DOUBLE)` : `(${request.sql})`);
    }
  }
  const numbers = requests.map(({ kind }) => (kind === 'number' ? new Float64Array(rows) : null));
  const codes = requests.map(({ kind }) => (kind === 'category' ? new Int32Array(rows) : null));
  const texts = requests.map(({ kind }) => (kind === 'text' ? Array.from<string>({ length: rows }) : null));
  const result = await connection.stream(`SELECT ${selected.join(', ')} FROM ${relation}`);
  let start = 0;
  for (let chunk = await result.fetchChunk(); chunk && chunk.rowCount > 0; chunk = await result.fetchChunk()) {
    requests.forEach((_, i) => {
      const [number, code, text] = [numbers[i], codes[i], texts[i]];
      if (number) copyNumbers(vectorOf(chunk, i), number, start, chunk.rowCount, Number.NaN);
      if (code) {
        if (levels.get(i)?.length === 0) code.fill(-1, start, start + chunk.rowCount);
        else copyNumbers(vectorOf(chunk, i), code, start, chunk.rowCount, -1);
      }
      if (text) {
        const vector = chunk.getColumnVector(i);
        for (let row = 0; row < chunk.rowCount; row++) text[start + row] = String(vector.getItem(row) ?? '');
      }
    });
    start += chunk.rowCount;
  }
  return {
    rows,
    numbers: (index) => numbers[index] ?? new Float64Array(),
    category: (index) => ({ levels: levels.get(index) ?? [], codes: codes[index] ?? new Int32Array() }),
    texts: (index) => texts[index] ?? [],
  };
}

let types = 0;

async function enumType(
  connection: DuckDBConnection,
  relation: string,
  sql: string,
  levels: number,
): Promise<string | null> {
  if (levels === 0) return null;
  const name = `levels_${types++}`;
  await connection.run(
    `CREATE TYPE ${name} AS ENUM (SELECT DISTINCT (${sql}) AS level FROM ${relation} WHERE (${sql}) IS NOT NULL ORDER BY level)`,
  );
  return name;
}

const TYPED: ReadonlySet<DuckDBTypeId> = new Set([DuckDBTypeId.DOUBLE, DuckDBTypeId.INTEGER, DuckDBTypeId.ENUM]);

function vectorOf(chunk: DuckDBDataChunk, index: number): RawVector {
  const vector: DuckDBVector = chunk.getColumnVector(index);
  if (!TYPED.has(vector.type.typeId)) throw new TypeError('this column is not held in a typed array');
  return vector as unknown as RawVector;
}

function copyNumbers(
  vector: RawVector,
  into: Float64Array | Int32Array,
  start: number,
  count: number,
  absent: number,
): void {
  const { items, validity } = vector;
  for (let row = 0; row < count; row++) into[start + row] = items[row] as number;
  const { data } = validity;
  if (data === null) return;
  const words = new Uint32Array(data.buffer, data.byteOffset, data.length * 2);
  for (let row = 0; row < count; row++) {
    if ((((words[row >>> 5] as number) >>> (row & 31)) & 1) === 0) into[start + row] = absent;
  }
}
