import { ProbityError, type Problem } from '../../base/index.ts';
import type { MasterScale } from '../master-scale.ts';
import type { RuleEngine, RowHit, TableRunner } from './engine.ts';
import { requireLawful, ruleTablesOf, type LawOfRules } from './lawful.ts';
import { parseRuleSet, type Criterion, type RuleFiles, type RuleSet } from './rule-set.ts';
import { zenEngine } from './zen.ts';

/** A rule set ready to run: all tables prepared together, so that a decision never sees parts of two. */
export interface LiveRules {
  readonly set: RuleSet;
  /** Engine and version that runs the tables. */
  readonly engine: string;
  readonly policy: readonly TableRunner[];
  readonly score: readonly { readonly criterion: Criterion; readonly runner: TableRunner }[];
  readonly limits: TableRunner;
  readonly terms: TableRunner;
  readonly warnings: readonly TableRunner[];
}

/** Prepares every table of a rule set. */
export function prepareRules(set: RuleSet, engine: RuleEngine = zenEngine()): LiveRules {
  return {
    set,
    engine: engine.version,
    policy: set.policy.map((table) => engine.prepare(table)),
    score: set.score.map((criterion) => ({ criterion, runner: engine.prepare(criterion.table) })),
    limits: engine.prepare(set.limits),
    terms: engine.prepare(set.terms),
    warnings: set.warnings.map((table) => engine.prepare(table)),
  };
}

/** Runs the examples that live beside the tables; answers one problem for each table that did not answer as its example says. */
export async function exampleFailures(rules: LiveRules): Promise<readonly Problem[]> {
  const runners = {
    policy: rules.policy,
    score: rules.score.map(({ runner }) => runner),
    limits: [rules.limits],
    terms: [rules.terms],
    warnings: rules.warnings,
  };
  const problems: Problem[] = [];
  for (const { kind, example } of rules.set.examples) {
    const facts = new Map(Object.entries(example.facts));
    for (const [name, expected] of Object.entries(example.expect)) {
      const runner = runners[kind].find(({ table }) => table.name === name);
      const hits = (await runner?.run(facts)) ?? [];
      if (!answersAs(hits, expected))
        problems.push({
          at: `${kind}.about.json example "${example.name}"`,
          message: `${name} answers ${JSON.stringify(hits.map(({ outputs }) => outputs))}, not ${JSON.stringify(expected)}.`,
        });
    }
  }
  return problems;
}

/** Whether the rows answered are those expected, in order, in the outputs that the example names. */
function answersAs(hits: readonly RowHit[], expected: readonly Readonly<Record<string, unknown>>[]): boolean {
  return (
    hits.length === expected.length &&
    expected.every((row, i) => Object.entries(row).every(([name, value]) => hits[i]?.outputs[name] === value))
  );
}

/**
 * Reads, analyses, prepares and tests a rule set that is to decide, all or nothing. Throws INVALID_RULES with every problem, and PROTECTED_ATTRIBUTE where it reads what no decision may rest on; without
 * a `law`, every listed law is looked at.
 */
export async function openRules(files: RuleFiles, scale: MasterScale, law?: LawOfRules): Promise<LiveRules> {
  const set = parseRuleSet(files, scale);
  const lacking = lackingCells(set);
  if (lacking.length > 0)
    throw new ProbityError('INVALID_RULES', 'Rows of the rule set lack cells.', { problems: lacking });
  requireLawful(set, law);
  return opened(set);
}

/** The same of a rule set that decided once, for replays: what was in force then may have rows that lack cells, which zen passes over, and may read what today's law of rules refuses. */
export async function openRecordedRules(files: RuleFiles, scale: MasterScale): Promise<LiveRules> {
  return opened(parseRuleSet(files, scale));
}

async function opened(set: RuleSet): Promise<LiveRules> {
  const rules = prepareRules(set);
  const problems = await exampleFailures(rules);
  if (problems.length > 0)
    throw new ProbityError('INVALID_RULES', 'The rule set fails its own examples.', { problems });
  return rules;
}

/**
 * A row without a cell for a column: zen passes over the whole row, and whoever reads the table takes the cell for an empty one, which accepts
 * anything. An empty cell is written as an empty text.
 */
function lackingCells(set: RuleSet): Problem[] {
  return ruleTablesOf(set).flatMap(({ kind, table: { name, node } }) =>
    node.content.rules.flatMap((rule, r) =>
      node.content.inputs
        .filter(({ id }) => !Object.hasOwn(rule, id))
        .map(({ id, field }) => ({
          at: `${kind}.json ${name} row ${r + 1}`,
          message: `The row has no cell for ${field}.`,
          fix: `Write "${id}": "" where anything is accepted.`,
        })),
    ),
  );
}
