import type { Problem } from '../../base/index.ts';
import { parseCell, UnreadableCell, type CellTest, type Scalar } from './cells.ts';
import type { DecisionTableNode } from './documents.ts';
import type { FieldCatalogue, RuleField } from './fields.ts';

/** An output column of a kind of table: what its cells may hold. */
export interface OutputColumn {
  readonly type: 'number' | 'text' | 'boolean';
  /** Whether a cell may be empty: null. */
  readonly optional?: boolean;
  readonly min?: number;
  readonly max?: number;
  readonly values?: readonly string[];
  readonly whole?: boolean;
}

/** How rows that accept the same facts are taken: exactly one may accept, the first wins, or all count. */
export type HitPolicy = 'unique' | 'first' | 'collect';

/** One decision table, its cells read. */
export interface RuleTable {
  readonly name: string;
  readonly hit: HitPolicy;
  readonly fields: readonly RuleField[];
  readonly rows: readonly RuleRow[];
  /** The JDM node as it was written, which the engine runs. */
  readonly node: DecisionTableNode;
}

export interface RuleRow {
  readonly id: string;
  readonly tests: readonly CellTest[];
  readonly outputs: Readonly<Record<string, Scalar>>;
}

/** What a table is read against. */
export interface TableContext {
  readonly fields: FieldCatalogue;
  /** Whether it may ask for facts of the decision's end. */
  readonly late: boolean;
  readonly outputs: Readonly<Record<string, OutputColumn>>;
  readonly hit: HitPolicy;
  /** Where it stands, for problems. */
  readonly at: string;
}

/** Reads a table; problems (unknown fields and outputs, cells that cannot be analysed, values out of bounds) are added to `problems`. */
export function readTable(node: DecisionTableNode, context: TableContext, problems: Problem[]): RuleTable {
  const { content } = node;
  const { at } = context;
  const jdmHit = context.hit === 'collect' ? 'collect' : 'first';
  if (content.hitPolicy !== jdmHit)
    problems.push({ at, message: `The hit policy is ${content.hitPolicy}; a table of this kind needs ${jdmHit}.` });
  const known = content.inputs.map(({ field }) => fieldOf(field, context, problems));
  const used = content.inputs.map(({ field }) => field);
  if (new Set(used).size < used.length) problems.push({ at, message: 'Two input columns ask for the same field.' });
  checkOutputs(node, context, problems);
  const ids = content.rules.map((rule) => rule['_id'] ?? '');
  if (new Set(ids).size < ids.length || !ids.every((id) => /^[\w-]{1,64}$/.test(id)))
    problems.push({ at, message: 'Every row needs an _id of its own: letters, digits, - and _.' });
  const columns = new Set([...content.inputs, ...content.outputs].map(({ id }) => id));
  const rows = content.rules.map((rule, r): RuleRow => {
    const place = `${at} row ${r + 1}`;
    for (const key of Object.keys(rule))
      if (!key.startsWith('_') && !columns.has(key))
        problems.push({ at: place, message: `The cell "${key}" belongs to no column.` });
    const tests = content.inputs.map(({ id }, c): CellTest => {
      const field = known[c];
      return field ? testOf(rule[id] ?? '', field, `${place}, ${field.name}`, problems) : { kind: 'any' };
    });
    const outputs = content.outputs.map(({ id, field }) => {
      const column = Object.hasOwn(context.outputs, field) ? context.outputs[field] : undefined;
      return [field, column ? outputOf(rule[id] ?? '', column, `${place}, ${field}`, problems) : null] as const;
    });
    return { id: ids[r] ?? '', tests, outputs: Object.fromEntries(outputs) };
  });
  return { name: node.name, hit: context.hit, fields: known.filter((field) => field !== null), rows, node };
}

function fieldOf(name: string, { fields, late, at }: TableContext, problems: Problem[]): RuleField | null {
  const field = fields.get(name);
  if (field === undefined) {
    const fix = name.startsWith('features.')
      ? 'Declare the feature in fields.json.'
      : `Fields: ${[...fields.keys()].join(', ')}.`;
    problems.push({ at, message: `There is no field "${name}".`, fix });
    return null;
  }
  if (field.late && !late) {
    problems.push({ at, message: `"${name}" is not known before policy and score have been decided.` });
    return null;
  }
  return field;
}

function checkOutputs({ content }: DecisionTableNode, { outputs, at }: TableContext, problems: Problem[]): void {
  const named = content.outputs.map(({ field }) => field);
  for (const field of named)
    if (!Object.hasOwn(outputs, field))
      problems.push({
        at,
        message: `There is no output "${field}".`,
        fix: `Outputs: ${Object.keys(outputs).join(', ')}.`,
      });
  if (new Set(named).size < named.length) problems.push({ at, message: 'Two output columns have the same field.' });
  for (const [field, { optional }] of Object.entries(outputs))
    if (optional !== true && !named.includes(field))
      problems.push({ at, message: `The output "${field}" is missing.` });
}

function testOf(text: string, field: RuleField, at: string, problems: Problem[]): CellTest {
  let test: CellTest;
  try {
    test = parseCell(text, field.type);
  } catch (error) {
    if (!(error instanceof UnreadableCell)) throw error;
    const fix = 'See "The language of cells" in docs/rules.md.';
    problems.push({ at, message: error.message, fix });
    return { kind: 'any' };
  }
  if (test.kind === 'values' && field.type === 'category' && field.values !== null) {
    const strange = test.values.filter((value) => field.values?.includes(String(value)) === false);
    for (const value of strange)
      problems.push({
        at,
        message: `${field.name} is never "${String(value)}".`,
        fix: `Values: ${field.values.join(', ')}.`,
      });
  }
  return test;
}

/** A literal of an output cell: number, text in quotes, true, false, null, or nothing (null). */
function outputOf(text: string, column: OutputColumn, at: string, problems: Problem[]): Scalar {
  const trimmed = text.trim();
  const refuse = (message: string): null => {
    problems.push({ at, message });
    return null;
  };
  if (trimmed === '' || trimmed === 'null')
    return column.optional === true ? null : refuse(`A ${column.type} is missing.`);
  if (column.type === 'boolean')
    return trimmed === 'true' ? true : trimmed === 'false' ? false : refuse('Write true or false.');
  if (column.type === 'number') {
    if (!/^-?\d{1,15}(\.\d{1,9})?$/.test(trimmed) || trimmed.replace(/[-.]/g, '').length > 15)
      return refuse('Write a number of at most 15 digits, 9 of them decimals; expressions cannot be analysed.');
    const value = Number(trimmed);
    if (column.whole === true && !Number.isInteger(value)) return refuse('Write a whole number.');
    const { min = -Infinity, max = Infinity } = column;
    return value >= min && value <= max ? value : refuse(`Numbers from ${min} to ${max} stand here.`);
  }
  const value = /^(?:"([^"\\]*)"|'([^'\\]*)')$/.exec(trimmed);
  if (value === null) return refuse('Write a text in quotes; expressions cannot be analysed.');
  const literal = value[1] ?? value[2] ?? '';
  if (column.values && !column.values.includes(literal))
    return refuse(`"${literal}" is none of ${column.values.join(', ')}.`);
  return literal;
}
