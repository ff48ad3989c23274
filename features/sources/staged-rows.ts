import {
  BIGINT,
  BOOLEAN,
  DOUBLE,
  DuckDBDataChunk,
  DuckDBTimestampValue,
  TIMESTAMP,
  VARCHAR,
  type DuckDBAppender,
  type DuckDBConnection,
  type DuckDBType,
  type DuckDBValue,
} from '@duckdb/node-api';
import { identifier } from '../../base/index.ts';

/** The types in which streamed rows are staged. */
export const STAGED_TYPES = {
  text: VARCHAR,
  whole: BIGINT,
  number: DOUBLE,
  flag: BOOLEAN,
  instant: TIMESTAMP,
} as const;
export type StagedType = keyof typeof STAGED_TYPES;

/** A TIMESTAMP value of milliseconds since 1970, UTC. */
export const stagedInstant = (milliseconds: number): DuckDBValue =>
  new DuckDBTimestampValue(BigInt(Math.round(milliseconds * 1000)));

/** Rows that do not come from a file of DuckDB's own formats, appended to a temporary table in chunks. */
export class StagedRows {
  readonly table: string;
  private readonly appender: DuckDBAppender;
  private readonly types: readonly DuckDBType[];

  private constructor(table: string, appender: DuckDBAppender, types: readonly DuckDBType[]) {
    this.table = table;
    this.appender = appender;
    this.types = types;
  }

  /** Makes the temporary table with columns c0, c1, ... of these types. */
  static async create(connection: DuckDBConnection, table: string, types: readonly StagedType[]): Promise<StagedRows> {
    const columns = types.map((type, i) => `${identifier(`c${i}`)} ${STAGED_TYPES[type].toString()}`);
    await connection.run(`CREATE TEMP TABLE ${identifier(table)} (${columns.join(', ')})`);
    const appender = await connection.createAppender(table, 'main', 'temp');
    return new StagedRows(
      table,
      appender,
      types.map((type) => STAGED_TYPES[type]),
    );
  }

  /** Appends columns of equal length, 2,048 rows at a time. */
  append(columns: readonly (readonly DuckDBValue[])[]): void {
    const rows = columns[0]?.length ?? 0;
    for (let from = 0; from < rows; from += 2048) {
      const chunk = DuckDBDataChunk.create(this.types, Math.min(2048, rows - from));
      chunk.setColumns(columns.map((column) => column.slice(from, from + 2048)));
      this.appender.appendDataChunk(chunk);
    }
  }

  close(): void {
    this.appender.closeSync();
  }
}
