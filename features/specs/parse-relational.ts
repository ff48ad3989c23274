import type { z } from 'zod';
import type { Problem } from '../../base/index.ts';
import { CONTRACTS, contractOf, type TableContract } from '../contracts/index.ts';
import { constantCell, duration, parseAttribute, parseCell, parseKnown } from './parse-cell.ts';
import { parseLookup, parseSource } from './parse-source.ts';
import { checkYaml, nearestFix, readYaml, specError, type YamlFile } from './parse-yaml.ts';
import { RelationalFile, type CellFile, type TableFile } from './relational-file.ts';
import type { AttributeSpec, CellSpec, RelationalSpec, TableImport } from './relational-spec.ts';

/** Parses a relational import spec. Throws INVALID_SPEC with every problem at once. */
export function parseRelationalSpec(text: string, source: { readonly file: string }): RelationalSpec {
  const yaml = readYaml(text, source);
  const file = checkYaml(yaml, RelationalFile);
  const problems: Problem[] = [];
  const used = new Map<string, number>();
  const tables = file.tables.flatMap((table, index) => {
    const parsed = parseTable(table, { yaml, index, specName: file.name, missing: file.missing ?? [], problems, used });
    return parsed ?? [];
  });
  if (problems.length > 0) throw specError(source.file, problems);
  return { name: file.name, tenant: file.tenant ?? null, currency: file.currency ?? null, tables, file: source.file };
}

interface TableContext {
  readonly yaml: YamlFile;
  readonly index: number;
  readonly specName: string;
  readonly missing: readonly string[];
  readonly problems: Problem[];
  readonly used: Map<string, number>;
}

function parseTable(table: z.infer<typeof TableFile>, context: TableContext): TableImport[] | null {
  const { problems, index } = context;
  const at = (...path: PropertyKey[]) => context.yaml.where(['tables', index, ...path]);
  const contract = contractOf(table.table);
  if (contract === undefined) {
    problems.push({
      at: at('table'),
      message: `\`${table.table}\` is not a contract`,
      fix: nearestFix(
        table.table,
        CONTRACTS.map((known) => known.name),
      ),
    });
    return null;
  }
  const cell = (value: CellFile, ...path: PropertyKey[]) => parseCell(value, at(...path), problems);
  const columns = parseColumns(table.columns, contract, { at, cell, problems, attributesOnly: hasAttributes(table) });
  const source = parseSource(table.source, {
    at: at('source'),
    problems,
    missing: [...context.missing, ...(table.missing ?? [])],
  });
  const known = parseKnown(table.known, at('known'), problems);
  checkKey(table.key, contract, at('key'), problems);
  const base: Omit<TableImport, 'name' | 'columns' | 'table' | 'attribute'> = {
    source,
    lookups: (table.lookup ?? []).map((lookup, i) =>
      parseLookup(lookup, { at: at('lookup', i), problems, missing: source.missing }),
    ),
    filter: table.filter ?? null,
    happened: cell(table.happened, 'happened'),
    known,
    mode: table.mode ?? 'append',
    deleted: table.deleted ?? null,
    maxBadShare: table.threshold?.max_bad_share ?? 0.01,
    allowEmpty: table.allow_empty ?? false,
    expected: {
      freshness:
        table.expected?.freshness === undefined
          ? null
          : duration(table.expected.freshness, at('expected', 'freshness'), problems),
      completeness: Object.entries(table.expected?.completeness ?? {}).map(([column, share]) => {
        if (!contract.columns.some((known) => known.name === column)) {
          problems.push(unknownColumn(contract, column, at('expected', 'completeness', column)));
        }
        return { column, share };
      }),
    },
  };
  const name = sourceName(table.name ?? `${context.specName}.${table.table}`, context.used);
  const attributes = (table.attributes ?? []).map((attribute, i) =>
    parseAttribute(attribute, at('attributes', i), problems),
  );
  return [
    ...(contract.name === 'party_attributes' && attributes.length > 0
      ? []
      : [{ ...base, name, table: contract.name, columns, attribute: null }]),
    ...attributeTables(attributes, { base, name, columns, at: at('attributes'), problems }),
  ];
}

function hasAttributes(table: z.infer<typeof TableFile>): boolean {
  return table.table === 'party_attributes' && (table.attributes ?? []).length > 0;
}

/** Each attribute is an entry of its own into party_attributes, with the clocks of the table that declares it. */
function attributeTables(
  attributes: readonly AttributeSpec[],
  from: {
    readonly base: Omit<TableImport, 'name' | 'columns' | 'table' | 'attribute'>;
    readonly name: string;
    readonly columns: ReadonlyMap<string, CellSpec>;
    readonly at: string;
    readonly problems: Problem[];
  },
): TableImport[] {
  const party = from.columns.get('party_id');
  if (attributes.length > 0 && party === undefined) {
    from.problems.push({
      at: from.at,
      message: 'attributes need the column `party_id`',
      fix: 'Map `party_id` under `columns`.',
    });
  }
  const twice = attributes.find((one, i) => attributes.findIndex((other) => other.name === one.name) < i);
  if (twice !== undefined)
    from.problems.push({ at: from.at, message: `attribute \`${twice.name}\` is declared twice` });
  if (party === undefined) return [];
  return attributes.map((attribute) => ({
    ...from.base,
    name: `${from.name}:${attribute.name}`,
    table: 'party_attributes',
    columns: new Map<string, CellSpec>([
      ['party_id', party],
      ['name', constantCell(attribute.name)],
      [attribute.type === 'number' ? 'number_value' : 'text_value', attribute.cell],
    ]),
    attribute,
    expected: { freshness: from.base.expected.freshness, completeness: [] },
  }));
}

function parseColumns(
  file: Readonly<Record<string, CellFile>>,
  contract: TableContract,
  context: {
    readonly at: (...path: PropertyKey[]) => string;
    readonly cell: (value: CellFile, ...path: PropertyKey[]) => CellSpec;
    readonly problems: Problem[];
    readonly attributesOnly: boolean;
  },
): ReadonlyMap<string, CellSpec> {
  const columns = new Map<string, CellSpec>();
  for (const [name, value] of Object.entries(file)) {
    if (!contract.columns.some((column) => column.name === name)) {
      context.problems.push(unknownColumn(contract, name, context.at('columns', name)));
    }
    columns.set(name, context.cell(value, 'columns', name));
  }
  for (const column of contract.columns) {
    const needed = column.required === true && !(context.attributesOnly && column.name === 'name');
    if (needed && !columns.has(column.name)) {
      context.problems.push({
        at: context.at('columns'),
        message: `\`${contract.name}\` needs the column \`${column.name}\` (${column.meaning})`,
        fix: `Map it: \`${column.name}: SOURCE_COLUMN\`, or \`${column.name}: { value: ... }\`.`,
      });
    }
  }
  return columns;
}

function unknownColumn(contract: TableContract, name: string, at: string): Problem {
  return {
    at,
    message: `\`${contract.name}\` has no column \`${name}\``,
    fix: nearestFix(
      name,
      contract.columns.map((column) => column.name),
    ),
  };
}

function checkKey(key: readonly string[] | undefined, contract: TableContract, at: string, problems: Problem[]): void {
  if (key === undefined) return;
  if (key.length === contract.key.length && key.every((column) => contract.key.includes(column))) return;
  problems.push({
    at,
    message: `the business key of \`${contract.name}\` is ${contract.key.map((column) => `\`${column}\``).join(', ')}`,
    fix: 'Leave `key` out, and map these columns so that they identify a fact; an expression may combine source columns.',
  });
}

function sourceName(name: string, used: Map<string, number>): string {
  const count = (used.get(name) ?? 0) + 1;
  used.set(name, count);
  return count === 1 ? name : `${name}.${count}`;
}
