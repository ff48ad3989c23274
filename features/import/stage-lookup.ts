import { identifier } from '../../base/index.ts';
import { unreadable, type OpenSource } from '../sources/index.ts';
import { wrapped } from './expression.ts';
import { findColumn } from './mapping.ts';
import type { Reading } from './plan-reading.ts';
import { guarded, scalar, type StageContext } from './stage-context.ts';
import { dropRejects } from './stage-quarantine.ts';

/** Lookup rows by key, as text; a key that repeats would multiply rows and is refused. */
export async function stageLookup(lookup: Reading['lookups'][number], context: StageContext): Promise<void> {
  const { connection } = context;
  const sqlOf = (name: string) =>
    lookup.source.columns.find((column) => column.name === name)?.sql ?? jsonOf(lookup.source, name);
  const all = lookup.source.columns.map((column) => `${column.sql} AS ${identifier(column.name)}`).join(', ');
  const selects = lookup.source.parts.map((part) => {
    const where = lookup.spec.filter === null ? '' : ` WHERE ${wrapped(lookup.spec.filter)}`;
    if (where === '') {
      const keys = lookup.spec.on.map((pair, i) => `nullif(trim(CAST(${sqlOf(pair.right)} AS VARCHAR)), '') AS k${i}`);
      const values = lookup.spec.columns.map(
        (column) => `CAST(${sqlOf(column.column)} AS VARCHAR) AS ${identifier(column.name)}`,
      );
      return `SELECT ${[...keys, ...values].join(', ')} FROM ${part.relation}`;
    }
    const keys = lookup.spec.on.map(
      (pair, i) => `nullif(trim(CAST(${identifier(pair.right)} AS VARCHAR)), '') AS k${i}`,
    );
    const values = lookup.spec.columns.map(
      (column) => `CAST(${identifier(column.column)} AS VARCHAR) AS ${identifier(column.name)}`,
    );
    return `SELECT ${[...keys, ...values].join(', ')} FROM (SELECT ${all} FROM ${part.relation})${where}`;
  });
  const label = lookup.source.parts[0]?.label ?? 'The lookup';
  await guarded(label, context, async () => {
    await connection.run(
      `CREATE TEMP TABLE ${identifier(lookup.table)} AS SELECT DISTINCT * FROM (${selects.join(' UNION ALL ')})`,
    );
  });
  const rejected = await dropRejects(lookup.source.parts, connection);
  if (rejected > 0) throw unreadable(label, `has ${rejected} lines that cannot be read, and it is looked up from`);
  const keys = lookup.spec.on.map((_, i) => `k${i}`).join(', ');
  const repeated = await scalar(
    connection,
    `SELECT count(*) FROM (SELECT 1 FROM ${identifier(lookup.table)} WHERE k0 IS NOT NULL GROUP BY ${keys} HAVING count(*) > 1)`,
  );
  if (repeated > 0) {
    throw unreadable(
      label,
      `has ${repeated} keys with more than one row, and it is looked up from`,
      'Add a `filter` to the lookup that leaves one row a key.',
    );
  }
}

function jsonOf(source: OpenSource, name: string): string {
  return findColumn(source, name, '', [])?.sql ?? 'NULL';
}
