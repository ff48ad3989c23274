import type { Problem } from '../../base/index.ts';
import type { TableContract } from '../contracts/index.ts';
import type { OpenSource } from '../sources/index.ts';
import type { LookupSpec, TableImport } from '../specs/relational-spec.ts';
import { checkExpression } from './expression.ts';
import { compileMapping, findColumn, type Mapping } from './mapping.ts';
import type { StageContext } from './stage-context.ts';

/** A plan of reading: the columns that are selected from the source, and the tables that are joined to it. */
export interface Reading {
  readonly selected: ReadonlyMap<string, string>;
  readonly lookups: readonly { readonly spec: LookupSpec; readonly source: OpenSource; readonly table: string }[];
  readonly mapping: Mapping;
}

/**
 * Checks an entry against its source (columns, expressions), all problems at once; nothing is read yet.
 * `at` names the entry in the spec.
 */
export async function planReading(
  entry: TableImport,
  contract: TableContract,
  source: OpenSource,
  lookups: readonly { readonly spec: LookupSpec; readonly source: OpenSource }[],
  context: StageContext,
): Promise<{ readonly reading: Reading; readonly problems: readonly Problem[] }> {
  const problems: Problem[] = [];
  const selected = new Map<string, string>();
  const readable = new Map<string, { type: string; repeated: boolean }>();
  const brought = new Map<string, string>();
  for (const lookup of lookups) {
    for (const column of lookup.spec.columns) {
      const found = findColumn(lookup.source, column.column, `${entry.name}: lookup`, problems);
      if (source.columns.some((own) => own.name === column.name) || brought.has(column.name)) {
        problems.push({
          at: `${entry.name}: lookup`,
          message: `the column \`${column.name}\` exists already`,
          fix: 'Give it another name: `columns: { new_name: column }`.',
        });
      }
      brought.set(column.name, found?.name ?? column.column);
      readable.set(column.name, { type: 'VARCHAR', repeated: false });
    }
  }
  const use = (name: string, at: string) => {
    if (brought.has(name) || selected.has(name)) return;
    const found = findColumn(source, name, at, problems);
    if (found === null) return;
    selected.set(name, found.sql);
    readable.set(name, found);
  };
  const useExpression = async (text: string, at: string) => {
    const checked = await checkExpression(context.connection, text, at);
    problems.push(...checked.problems);
    for (const name of checked.columns) {
      const all = [...brought.keys(), ...source.columns.map((column) => column.name)];
      const folded = all.filter((known) => known.toLowerCase() === name.toLowerCase());
      use(all.includes(name) || folded.length !== 1 ? name : (folded[0] ?? name), at);
    }
  };
  const cells = [
    ...[...entry.columns].map(([name, cell]) => ({ at: `${entry.name}: columns.${name}`, cell })),
    { at: `${entry.name}: happened`, cell: entry.happened },
    ...(entry.known.kind === 'cell' ? [{ at: `${entry.name}: known`, cell: entry.known.cell }] : []),
  ];
  for (const { at, cell } of cells) {
    if (cell.origin.kind === 'column') use(cell.origin.column, at);
    if (cell.origin.kind === 'expression') await useExpression(cell.origin.expression, at);
  }
  if (entry.filter !== null) await useExpression(entry.filter, `${entry.name}: filter`);
  if (entry.deleted !== null) use(entry.deleted.column, `${entry.name}: deleted`);
  for (const lookup of lookups) {
    for (const pair of lookup.spec.on) {
      use(pair.left, `${entry.name}: lookup.on`);
      findColumn(lookup.source, pair.right, `${entry.name}: lookup.on`, problems);
    }
    if (lookup.spec.filter !== null) {
      const checked = await checkExpression(context.connection, lookup.spec.filter, `${entry.name}: lookup.filter`);
      problems.push(...checked.problems);
      for (const name of checked.columns) findColumn(lookup.source, name, `${entry.name}: lookup.filter`, problems);
    }
  }
  const folded = new Map<string, string>();
  for (const name of [...selected.keys(), ...brought.keys()]) {
    const other = folded.get(name.toLowerCase());
    if (other !== undefined)
      problems.push({
        at: entry.name,
        message: `the columns \`${other}\` and \`${name}\` differ in case only`,
        fix: 'Read one of them only, or rename it.',
      });
    folded.set(name.toLowerCase(), name);
  }
  return {
    problems,
    reading: {
      selected,
      lookups: lookups.map((lookup) => ({ ...lookup, table: context.temporaryTable() })),
      mapping: compileMapping(entry, contract, readable, context.now, context.keys),
    },
  };
}
