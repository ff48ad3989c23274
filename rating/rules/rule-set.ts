import { contentHash, ProbityError, schemaProblems, type Json, type Problem } from '../../base/index.ts';
import type { z } from 'zod';
import type { MasterScale } from '../master-scale.ts';
import type { Texts } from '../texts.ts';
import { analyseTable } from './analysis.ts';
import { aboutFile, jdmFile, type AboutFile, type DecisionTableNode, type RuleExample } from './documents.ts';
import { fieldCatalogue, fieldsFile, type FieldCatalogue } from './fields.ts';
import { columnRegions, tableValue } from './regions.ts';
import {
  decisionFile,
  lossFile,
  regimesFile,
  type DecisionFile,
  type LossFile,
  type RegimesFile,
} from './rule-data.ts';
import { readTable, type HitPolicy, type OutputColumn, type RuleTable } from './table.ts';

/** The kinds of tables, each in a JDM file of its name with an `.about.json` beside it. */
export const TABLE_KINDS = ['policy', 'score', 'limits', 'terms', 'warnings'] as const;
export type TableKind = (typeof TABLE_KINDS)[number];

/** The files of a rule set, by name; together they are one unit. */
export const RULE_SET_FILES = [
  'decision.json',
  'fields.json',
  'loss.json',
  'regimes.json',
  ...TABLE_KINDS.flatMap((kind) => [`${kind}.json`, `${kind}.about.json`] as const),
] as const;

/** A rule set as data: the JSON document of each file. */
export type RuleFiles = { readonly [file in (typeof RULE_SET_FILES)[number]]: Json };

/** A criterion of the expert score: a table whose rows give points. */
export interface Criterion {
  readonly table: RuleTable;
  readonly label: Texts;
  readonly weight: number;
  readonly reference: number;
}

/** All rules that a decision is a function of: read, analysed, immutable, named by the content hash of all files together. */
export interface RuleSet {
  readonly name: string;
  readonly version: number;
  readonly hash: string;
  readonly files: RuleFiles;
  readonly fields: FieldCatalogue;
  readonly regimes: RegimesFile;
  readonly decision: DecisionFile;
  readonly loss: LossFile;
  readonly policy: readonly RuleTable[];
  readonly score: readonly Criterion[];
  readonly limits: RuleTable;
  readonly terms: RuleTable;
  readonly warnings: readonly RuleTable[];
  /** What the codes of policy and warnings say. */
  readonly texts: ReadonlyMap<string, Texts>;
  readonly examples: readonly { readonly kind: TableKind; readonly example: RuleExample }[];
}

/** The hash that names a rule set. */
export function ruleSetHash(files: RuleFiles): string {
  return contentHash(files);
}

/** Levels of nesting in a rule file. */
const MOST_DEPTH = 40;

const number = (min: number, max: number, optional = false): OutputColumn => ({ type: 'number', min, max, optional });

/** The output columns of each kind of table. */
function outputsOf(gradeCodes: readonly string[]): Readonly<Record<TableKind, Readonly<Record<string, OutputColumn>>>> {
  const grade: OutputColumn = { type: 'text', values: [...gradeCodes, 'high', 'middle', 'low'], optional: true };
  return {
    policy: {
      outcome: { type: 'text', values: ['decline', 'refer', 'condition', 'note'] },
      code: { type: 'text' },
      noBetterThan: grade,
      noWorseThan: grade,
    },
    score: { points: number(-10_000, 10_000) },
    limits: { cap: number(0, 1e12), base: { type: 'text', optional: true }, share: number(0, 1000, true) },
    terms: { days: { ...number(0, 3660), whole: true }, prepayment: number(0, 1), guarantee: { type: 'boolean' } },
    warnings: { code: { type: 'text' }, severity: { type: 'text', values: ['info', 'warning', 'critical'] } },
  };
}

/**
 * Reads and analyses a rule set. Throws INVALID_RULES naming every problem: unknown fields, outputs and values, cells that cannot be analysed,
 * unreachable and overlapping rows, gaps, codes without texts.
 */
export function parseRuleSet(files: RuleFiles, scale: MasterScale): RuleSet {
  refuseDeep(files);
  const problems: Problem[] = [];
  const gradeCodes = scale.grades.map(({ code }) => code);
  const read = <S extends z.ZodType>(schema: S, file: keyof RuleFiles): z.output<S> | null => {
    const result = schema.safeParse(files[file]);
    if (result.success) return result.data;
    problems.push(...schemaProblems(schema, result.error).map((one) => ({ ...one, at: `${file} ${one.at}` })));
    return null;
  };
  const strange = Object.keys(files).filter((file) => !(RULE_SET_FILES as readonly string[]).includes(file));
  problems.push(...strange.map((file) => ({ at: file, message: 'A rule set has no such file.' })));
  const declared = read(fieldsFile, 'fields.json');
  const regimes = read(regimesFile, 'regimes.json');
  const decision = read(decisionFile(gradeCodes), 'decision.json');
  const loss = read(lossFile, 'loss.json');
  const documents = TABLE_KINDS.map((kind) => ({
    kind,
    jdm: read(jdmFile, `${kind}.json`),
    about: read(aboutFile, `${kind}.about.json`),
  }));
  if (declared === null || regimes === null || decision === null || loss === null) throw invalid(problems);
  const fields = fieldCatalogue(declared, gradeCodes, {
    macro: regimes.macro.values,
    industry: regimes.industry.values,
  });
  const outputs = outputsOf(gradeCodes);
  const tables = new Map<TableKind, RuleTable[]>();
  for (const { kind, jdm, about } of documents) {
    if (jdm === null || about === null) continue;
    const nodes = jdm.nodes.filter((node): node is DecisionTableNode => node.type === 'decisionTableNode');
    const names = new Set(nodes.map(({ name }) => name));
    for (const name of Object.keys(about.tables))
      if (!names.has(name))
        problems.push({ at: `${kind}.about.json tables.${name}`, message: 'There is no such table.' });
    if ((kind === 'limits' || kind === 'terms') && nodes.length !== 1)
      problems.push({ at: `${kind}.json`, message: 'Exactly one table stands here.' });
    const context = { fields, late: kind !== 'policy' && kind !== 'score', outputs: outputs[kind] };
    tables.set(
      kind,
      nodes.map((node) => {
        const hit: HitPolicy =
          kind === 'policy' || kind === 'warnings' ? 'collect' : (about.tables[node.name]?.hit ?? 'unique');
        const at = `${kind}.json ${node.name}`;
        const before = problems.length;
        const table = readTable(node, { ...context, hit, at }, problems);
        if (problems.length === before)
          problems.push(...tableFindings(table, at), ...namesIn(table, kind, about, fields, at));
        return table;
      }),
    );
    problems.push(...exampleProblems(kind, about, fields, names));
  }
  const [limits] = tables.get('limits') ?? [];
  const [terms] = tables.get('terms') ?? [];
  if (problems.length > 0 || limits === undefined || terms === undefined) throw invalid(problems);
  const abouts = documents.flatMap(({ kind, about }) => (about === null ? [] : [{ kind, about }]));
  const score = abouts.find(({ kind }) => kind === 'score')?.about;
  return {
    name: decision.name,
    version: decision.version,
    hash: ruleSetHash(files),
    files,
    fields,
    regimes,
    decision,
    loss,
    policy: tables.get('policy') ?? [],
    score: (tables.get('score') ?? []).map((table) => criterionOf(table, score)),
    limits,
    terms,
    warnings: tables.get('warnings') ?? [],
    texts: new Map(abouts.flatMap(({ about }) => Object.entries(about.texts))),
    examples: abouts.flatMap(({ kind, about }) => about.examples.map((example) => ({ kind, example }))),
  };
}

/** Documents nested deeper than any rule needs would exhaust the stack of whatever walks them. */
function refuseDeep(files: RuleFiles): void {
  let level: readonly unknown[] = Object.values(files);
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > MOST_DEPTH)
      throw invalid([{ at: '(the files)', message: `They are nested deeper than ${MOST_DEPTH} levels.` }]);
    level = level.flatMap((value) => (typeof value === 'object' && value !== null ? Object.values(value) : []));
  }
}

function invalid(problems: readonly Problem[]): ProbityError {
  return new ProbityError('INVALID_RULES', 'The rule set is not valid.', { problems });
}

function criterionOf(table: RuleTable, about: AboutFile | undefined): Criterion {
  const { label, weight = 1, reference = 0 } = about?.tables[table.name] ?? {};
  const plain = table.name.replaceAll('_', ' ');
  return { table, label: label ?? { en: plain, 'zh-CN': plain }, weight, reference };
}

/** What is wrong with a table's rows as a whole. */
export function tableFindings(table: RuleTable, at: string): Problem[] {
  const columns = table.fields.map((field, c) =>
    columnRegions(
      field,
      table.rows.map(({ tests }) => tests[c] ?? { kind: 'any' }),
    ),
  );
  const found = analyseTable(
    columns,
    table.rows.map(({ tests }) => tests),
    table.hit !== 'collect',
  );
  if (!found.analysed)
    return [
      { at, message: 'The table has too many combinations to be analysed.', fix: 'Split it into several tables.' },
    ];
  const problems = found.unreachable.map(({ row, because }) => ({
    at: `${at} row ${row + 1}`,
    message:
      because === 'empty' ? 'No facts reach this row.' : 'No facts reach this row: rows before it take all of them.',
  }));
  if (table.hit === 'unique')
    for (const { rows, example } of found.overlaps)
      problems.push({ at: `${at} rows ${rows[0] + 1} and ${rows[1] + 1}`, message: `Both accept ${example}.` });
  if (table.hit !== 'collect') for (const gap of found.gaps) problems.push({ at, message: `No row accepts ${gap}.` });
  return problems;
}

/** Codes that have no text, and bases of limits that are no amounts. */
function namesIn(table: RuleTable, kind: TableKind, about: AboutFile, fields: FieldCatalogue, at: string): Problem[] {
  return table.rows.flatMap(({ outputs }, row): Problem[] => {
    const { code, base, share } = outputs;
    const place = `${at} row ${row + 1}`;
    if (typeof code === 'string' && !Object.hasOwn(about.texts, code))
      return [{ at: place, message: `The code ${code} has no texts.`, fix: `Write them in ${kind}.about.json.` }];
    if (kind !== 'limits') return [];
    if ((base ?? null) === null)
      return (share ?? null) === null ? [] : [{ at: place, message: 'A share needs a base.' }];
    if ((share ?? null) === null) return [{ at: place, message: 'A base needs a share.' }];
    if (fields.get(String(base))?.type === 'number') return [];
    return [{ at: place, message: `"${String(base)}" is no number field.` }];
  });
}

function exampleProblems(
  kind: TableKind,
  about: AboutFile,
  fields: FieldCatalogue,
  names: ReadonlySet<string>,
): Problem[] {
  return about.examples.flatMap(({ name, facts, expect }) => {
    const at = `${kind}.about.json example "${name}"`;
    const strange = Object.keys(facts).filter((field) => !fields.has(field));
    const missing = Object.keys(expect).filter((table) => !names.has(table));
    const impossible = Object.entries(facts).filter(([field, value]) => {
      const known = fields.get(field);
      return known !== undefined && value !== null && tableValue(known, value) !== value;
    });
    return [
      ...impossible.map(([field]) => ({ at, message: `${field} cannot have this value.` })),
      ...strange.map((field) => ({ at, message: `There is no field "${field}".` })),
      ...missing.map((table) => ({ at, message: `There is no table "${table}".` })),
    ];
  });
}
