import { z } from 'zod';
import { contentHash, ProbityError, schemaProblems, type Json, type Problem } from '../../base/index.ts';
import { readRatingData } from '../project-data.ts';
import {
  aboutFile,
  jdmFile,
  readTable,
  tableFindings,
  zenEngine,
  type DecisionTableNode,
  type FieldCatalogue,
  type RuleEngine,
  type RuleField,
  type TableRunner,
} from '../rules/index.ts';
import type { Texts } from '../texts.ts';
import { rowsWithoutExample } from './row-examples.ts';

/** The files of the decision tables over signals; a project's own stand in its rules folder. */
export const SIGNAL_RULE_FILES = {
  tables: 'signal-warnings.json',
  about: 'signal-warnings.about.json',
} as const;

/** What warns over signals, as data: the tables (JDM), and what stands beside them. */
export interface SignalRuleFiles {
  readonly tables: Json;
  readonly about: Json;
}

const bounded = z.strictObject({ type: z.literal('number'), min: z.number().optional(), max: z.number().optional() });

const signalAbout = aboutFile.extend({
  /** Signals that the tables ask for, as `signals.<name>`. */
  signals: z.record(z.string().regex(/^[a-z][a-z0-9_]*$/), bounded),
  /** Codes that speak of honesty, not of ability to pay; all others speak of behaviour. */
  kinds: z.strictObject({ integrity: z.array(z.string()) }),
  /** Customers of whom only codes of honesty speak: those whose signal is so much or more. Absent: none. */
  leftOut: z.strictObject({ signal: z.string(), from: z.number() }).exactOptional(),
});

/** Decision tables over signals: read, analysed, ready to run, named by the hash of their files. */
export interface SignalRules {
  readonly hash: string;
  readonly version: number;
  readonly files: SignalRuleFiles;
  readonly tables: readonly TableRunner[];
  readonly texts: ReadonlyMap<string, Texts>;
  /** Names of the signals that the tables ask for. */
  readonly signals: readonly string[];
  readonly integrity: ReadonlySet<string>;
  /** Of whom only codes of honesty speak; null: of nobody. */
  readonly leftOut: { readonly signal: string; readonly from: number } | null;
}

/** The files of a project, or the package's. Throws INVALID_SPEC where one is no JSON. */
export function loadSignalRuleFiles(rulesDir: string | null): SignalRuleFiles {
  const read = (file: string): Json => readRatingData(rulesDir, file, 'signals') as Json;
  return { tables: read(SIGNAL_RULE_FILES.tables), about: read(SIGNAL_RULE_FILES.about) };
}

/** What the codes of the tables say, unchecked otherwise. Throws a schema error where the file is not as it should be. */
export function signalTexts({ about }: SignalRuleFiles): Readonly<Record<string, Texts>> {
  return signalAbout.parse(about).texts;
}

/**
 * Reads, analyses and tries the decision tables over signals; `known` are the signals that exist. Throws INVALID_RULES with every problem:
 * unknown signals, cells that cannot be analysed, rows that nothing reaches, codes without texts, examples that come out otherwise, rows without an
 * example of their own or without one just outside each of their bounds.
 */
export async function openSignalRules(
  files: SignalRuleFiles,
  known: ReadonlySet<string>,
  engine: RuleEngine = zenEngine(),
): Promise<SignalRules> {
  const problems: Problem[] = [];
  const read = <S extends z.ZodType>(schema: S, data: Json, file: string): z.output<S> => {
    const result = schema.safeParse(data);
    if (result.success) return result.data;
    problems.push(...schemaProblems(schema, result.error).map((one) => ({ ...one, at: `${file} ${one.at}` })));
    throw invalid(problems);
  };
  const about = read(signalAbout, files.about, SIGNAL_RULE_FILES.about);
  const jdm = read(jdmFile, files.tables, SIGNAL_RULE_FILES.tables);
  for (const name of [...Object.keys(about.signals), ...(about.leftOut ? [about.leftOut.signal] : [])])
    if (!known.has(name)) problems.push({ at: SIGNAL_RULE_FILES.about, message: `There is no signal "${name}".` });
  const fields = catalogueOf(about.signals);
  const nodes = jdm.nodes.filter((node): node is DecisionTableNode => node.type === 'decisionTableNode');
  const tables = nodes.map((node) => {
    const at = `${SIGNAL_RULE_FILES.tables} ${node.name}`;
    const before = problems.length;
    const table = readTable(node, { fields, late: true, outputs: OUTPUTS, hit: 'collect', at }, problems);
    if (problems.length === before) problems.push(...tableFindings(table, at));
    for (const { outputs } of table.rows)
      if (typeof outputs['code'] === 'string' && !Object.hasOwn(about.texts, outputs['code']))
        problems.push({ at, message: `The code ${outputs['code']} has no texts.` });
    return table;
  });
  for (const code of about.kinds.integrity)
    if (!Object.hasOwn(about.texts, code))
      problems.push({ at: SIGNAL_RULE_FILES.about, message: `The code ${code} has no texts.` });
  if (problems.length > 0) throw invalid(problems);
  const runners = tables.map((table) => engine.prepare(table));
  for (const { name, facts, expect } of about.examples) {
    for (const [table, expected] of Object.entries(expect)) {
      const runner = runners.find((each) => each.table.name === table);
      const hits = (await runner?.run(new Map(Object.entries(facts)))) ?? [];
      const same =
        hits.length === expected.length &&
        expected.every((row, i) => Object.entries(row).every(([key, value]) => hits[i]?.outputs[key] === value));
      if (!same)
        problems.push({
          at: `${SIGNAL_RULE_FILES.about} example "${name}"`,
          message: `${table} answers ${JSON.stringify(hits.map(({ outputs }) => outputs))}, not ${JSON.stringify(expected)}.`,
        });
    }
  }
  problems.push(...rowsWithoutExample(tables, about.examples, ({ name }) => `${SIGNAL_RULE_FILES.tables} ${name}`));
  if (problems.length > 0) throw invalid(problems);
  return {
    hash: contentHash({ format: 'probity.signal-rules/1', tables: files.tables, about: files.about }),
    version: about.version,
    files,
    tables: runners,
    texts: new Map(Object.entries(about.texts)),
    signals: Object.keys(about.signals),
    integrity: new Set(about.kinds.integrity),
    leftOut: about.leftOut ?? null,
  };
}

const OUTPUTS = {
  code: { type: 'text' },
  severity: { type: 'text', values: ['info', 'warning', 'critical'] },
} as const;

function catalogueOf(signals: z.output<typeof signalAbout>['signals']): FieldCatalogue {
  return new Map(
    Object.entries(signals).map(([name, { min = null, max = null }]): [string, RuleField] => [
      `signals.${name}`,
      {
        name: `signals.${name}`,
        type: 'number',
        late: false,
        min,
        max,
        integer: false,
        values: null,
        missing: true,
        label: null,
      },
    ]),
  );
}

function invalid(problems: readonly Problem[]): ProbityError {
  return new ProbityError('INVALID_RULES', 'The warning tables over signals are not valid.', { problems });
}
