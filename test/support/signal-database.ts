import { identifier, literal } from '../../base/index.ts';
import { readableColumns } from '../../features/asof/index.ts';
import { insertRaw, rawDatabase, type RawRow } from './raw-fixture.ts';

/** An in-memory database of some rows, those of scores and exposures among them, which signals alone may read; these need both clocks. */
export async function signalDatabase(rows: readonly RawRow[], threads = 2): ReturnType<typeof rawDatabase> {
  const opened = await rawDatabase(threads);
  for (const table of DERIVED) {
    const columns = readableColumns(table);
    await opened.connection.run(
      `CREATE TABLE raw.${table} (${columns.map(([name, type]) => `${identifier(name)} ${type}`).join(', ')})`,
    );
    const own = rows.filter((row) => row.table === table);
    if (own.length === 0) continue;
    const tuples = own.map(
      ({ values }) => `(${columns.map(([name, type]) => `${literal(String(values[name]))}::${type}`).join(', ')})`,
    );
    await opened.connection.run(`INSERT INTO raw.${table} VALUES ${tuples.join(', ')}`);
  }
  await insertRaw(
    opened.connection,
    rows.filter(({ table }) => !DERIVED.includes(table)),
  );
  return opened;
}

const DERIVED: readonly string[] = ['scores', 'exposures'];
