import { DOUBLE, DuckDBDataChunk, type DuckDBConnection } from '@duckdb/node-api';

const CHUNK = 2048;

/** Rows of numbers on their way into a DuckDB table: NaN becomes null. Rows are kept in typed arrays and appended chunk by chunk. */
export interface Stage {
  /** Adds a row; values in the order of the columns. */
  add(...values: readonly number[]): void;
  /** Replaces the table by the rows added since the last call. */
  flush(): Promise<void>;
}

/** A stage for the temporary table `name` with these columns, all DOUBLE. */
export function createStage(connection: DuckDBConnection, name: string, columns: readonly string[]): Stage {
  let chunks: Float64Array[] = [];
  let used = CHUNK;
  const width = columns.length;
  return {
    add: (...values) => {
      if (used === CHUNK) {
        chunks.push(new Float64Array(CHUNK * width));
        used = 0;
      }
      (chunks[chunks.length - 1] as Float64Array).set(values, used * width);
      used++;
    },
    flush: async () => {
      await connection.run(
        `CREATE OR REPLACE TEMP TABLE ${name} (${columns.map((column) => `${column} DOUBLE`).join(', ')})`,
      );
      const appender = await connection.createAppender(name, null, 'temp');
      const types = columns.map(() => DOUBLE);
      chunks.forEach((values, i) => {
        const rows = i === chunks.length - 1 ? used : CHUNK;
        const chunk = DuckDBDataChunk.create(types, rows);
        for (let column = 0; column < width; column++) {
          const items: (number | null)[] = [];
          for (let row = 0; row < rows; row++) {
            const value = values[row * width + column] as number;
            items.push(Number.isNaN(value) ? null : value);
          }
          chunk.setColumnValues(column, items);
        }
        appender.appendDataChunk(chunk);
      });
      appender.closeSync();
      chunks = [];
      used = CHUNK;
    },
  };
}
