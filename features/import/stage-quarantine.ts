import type { DuckDBConnection } from '@duckdb/node-api';
import { identifier, literal } from '../../base/index.ts';
import type { TableContract } from '../contracts/index.ts';
import { scansTable, type SourcePart } from '../sources/index.ts';
import type { TableImport } from '../specs/relational-spec.ts';
import type { Mapping } from './mapping.ts';
import { QUARANTINE, scalar, type StageContext } from './stage-context.ts';

/** Notes the bad rows of one part, and the lines that were rejected while reading; returns the number of the latter. */
export async function quarantinePart(
  entry: TableImport,
  contract: TableContract,
  table: string,
  part: SourcePart,
  index: number,
  mapping: Mapping,
  context: StageContext,
): Promise<number> {
  const { connection } = context;
  const place = `${literal(contract.name)}, ${literal(entry.name)}, ${literal(part.label)}`;
  const checks = [
    ...mapping.checks.map((check) => [check.column, check.code] as const),
    [null, 'UNPARSEABLE'] as const,
  ];
  const codes = checks.map(
    ([column, code], i) => `('${i}', ${column === null ? 'NULL' : literal(column)}, ${literal(code)})`,
  );
  if (part.rejects !== null)
    await numberAroundRejects(table, part.rejects, { place, index, headerLines: part.headerLines }, connection);
  await connection.run(
    `INSERT INTO ${QUARANTINE}
     SELECT ${place}, b.__row, c.column_name, c.code
     FROM (SELECT __row, unnest(string_split(__problems, ',')) AS i FROM ${identifier(table)}
           WHERE __problems IS NOT NULL AND __part = ${index}) b
     JOIN (VALUES ${codes.join(', ')}) c(i, column_name, code) ON b.i = c.i`,
  );
  return dropRejects([part], connection);
}

/** Notes rejected lines, and moves the numbers of the rows after them, so that each row has the number that it has in the file. */
async function numberAroundRejects(
  table: string,
  rejects: string,
  at: { readonly place: string; readonly index: number; readonly headerLines: number },
  connection: DuckDBConnection,
): Promise<void> {
  if ((await scalar(connection, `SELECT count(*) FROM ${identifier(rejects)}`)) === 0) return;
  await connection.run(
    `INSERT INTO ${QUARANTINE} SELECT ${at.place}, line::BIGINT - ${at.headerLines}, NULL,
       CASE WHEN any_value(error_type)::VARCHAR IN ('MISSING COLUMNS', 'TOO MANY COLUMNS') THEN 'RAGGED_ROW'
            WHEN any_value(error_type)::VARCHAR IN ('INVALID UNICODE', 'INVALID ENCODING') THEN 'INVALID_ENCODING'
            ELSE 'UNREADABLE_ROW' END
     FROM ${identifier(rejects)} GROUP BY line`,
  );
  await connection.run(
    `UPDATE ${identifier(table)} AS t SET __row = t.__row + s.shift FROM (
       SELECT b.__row, r.shift FROM (SELECT __row FROM ${identifier(table)} WHERE __part = ${at.index}) b ASOF JOIN (
         SELECT before, max(place) AS shift FROM (
           SELECT physical - place AS before, place FROM (
             SELECT physical, row_number() OVER (ORDER BY physical) AS place
             FROM (SELECT DISTINCT line::BIGINT - ${at.headerLines} AS physical FROM ${identifier(rejects)})))
         GROUP BY before) r ON b.__row > r.before) s
     WHERE t.__part = ${at.index} AND t.__row = s.__row`,
  );
}

/** Drops what DuckDB noted of lines that it could not read; answers how many they were. */
export async function dropRejects(parts: readonly SourcePart[], connection: DuckDBConnection): Promise<number> {
  let count = 0;
  for (const part of parts) {
    if (part.rejects === null) continue;
    count += await scalar(connection, `SELECT count(DISTINCT line) FROM ${identifier(part.rejects)}`);
    for (const name of [part.rejects, scansTable(part.rejects)])
      await connection.run(`DROP TABLE IF EXISTS ${identifier(name)}`);
  }
  return count;
}
