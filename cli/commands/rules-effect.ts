import type { Command } from 'commander';
import { ProbityError, type Project } from '../../base/index.ts';
import { loadFlat } from '../../models/dataset/index.ts';
import { compile } from '../../models/scoring/index.ts';
import {
  amountText,
  loadStandards,
  matrixInputs,
  minorOf,
  openRecordedRules,
  openRules,
  OUTCOME_NAMES,
  OUTCOMES,
  rateableModel,
  rulesEffect,
  type DecisionParts,
  type PairedEffect,
  type RulesEffect,
} from '../../rating/index.ts';
import { migrate, openDatabase } from '../../records/database/index.ts';
import type { ProposedEffect } from '../../records/rules/index.ts';
import { lawOfProject } from '../../serving/compose/law-of-project.ts';
import { effectOnRecord } from '../../serving/compose/proposed-effect.ts';
import { action, command, type CommandContext } from '../command.ts';
import { modelNamed } from '../model-named.ts';
import { ruleFilesInForce, ruleFilesOf } from '../rules-access.ts';
import { resolveDatabase } from '../stack/services.ts';
import { textTable } from '../terminal/table.ts';

interface EffectOptions {
  readonly model?: string;
  readonly input?: string;
  readonly against?: string;
  readonly amount?: string;
  readonly asOf?: string;
}

/** `probity rules simulate-effect`: what proposed rules would decide otherwise on the rows of a feature table. */
export function simulateEffectCommand(): Command {
  return command(
    'simulate-effect',
    'decide anew under proposed rules: on the newest recorded decisions, or on the rows of a flat file',
  )
    .argument('<folder>', 'folder of the proposed rule files')
    .option('--model <folder|id>', 'model that rates the rows of a flat file; recorded decisions bring their own')
    .option('--input <file>', 'rows: .csv, .csv.gz, .parquet or .arrow')
    .option('--against <folder>', 'compare with the rules of this folder (default: those in force)')
    .option('--amount <column>', 'column that holds the amount asked for, in major units')
    .option('--as-of <date>', 'decide as of then (default: today)')
    .action(action<EffectOptions>(simulate));
}

async function simulate(context: CommandContext, [folder]: readonly string[], options: EffectOptions): Promise<void> {
  const { model: named, input } = options;
  if (named === undefined && input === undefined) return simulateOnRecord(context, folder, options);
  if (named === undefined || input === undefined)
    throw new ProbityError('USAGE', 'A flat file is rated by a model: name --model and --input, or neither.', {
      fix: 'Without both, the newest recorded decisions are taken again, each with its own model.',
    });
  const { artefact, spec, hash } = await modelNamed(context, named);
  if (spec === null)
    throw new ProbityError('USAGE', 'This model was trained on a project’s features, not on a flat file.', {
      fix: 'Name a model of `probity train`; or leave --model and --input out: recorded decisions are taken again then, each with its own model.',
    });
  const project = options.against === undefined ? await context.project() : null;
  const standards = loadStandards(project?.rulesDir ?? null);
  const { masterScale } = standards;
  // What is in force decided already; what is to follow must be free to decide.
  const present = await openRecordedRules(await presentFiles(project, options.against), masterScale);
  const law = project === null ? undefined : await lawOfProject(project);
  const proposed = await openRules(await ruleFilesOf(null, folder), masterScale, law);
  const before: DecisionParts = { standards, rules: present };
  const after: DecisionParts = { standards, rules: proposed };
  const { dataset } = await loadFlat(input, spec, { requireTarget: false });
  const amounts = amountsOf(dataset.columns, options.amount);
  const model = rateableModel(compile(artefact), hash);
  const { minorDigits } = after.rules.set.decision.currency;
  const asOf = new Date(options.asOf ?? Date.now()).toISOString();
  const inputs = matrixInputs(dataset, model, standards, asOf, (_, row) => {
    const amount = amounts?.[row];
    return amount === undefined || !(amount >= 0) ? {} : { request: { amountMinor: minorOf(amount, minorDigits) } };
  });
  const effect = await rulesEffect(inputs, before, after);
  context.result(effect, effectText(effect, minorDigits));
}

/** On the newest decisions on record, as `probity rules submit` and the API work it out for a proposal. */
async function simulateOnRecord(
  context: CommandContext,
  folder: string | undefined,
  { against, amount, asOf }: EffectOptions,
): Promise<void> {
  if (against !== undefined || amount !== undefined || asOf !== undefined)
    throw new ProbityError('USAGE', '--against, --amount and --as-of go with --model and --input.');
  const project = await context.project();
  const { masterScale } = loadStandards(project.rulesDir);
  const { set } = await openRules(await ruleFilesOf(project, folder), masterScale, await lawOfProject(project));
  const database = await openDatabase(await resolveDatabase(project), { maxConnections: 2 });
  try {
    await migrate(database);
    const found = await effectOnRecord(database, project, set);
    context.result(found, proposedEffectText(found, set.decision.currency.minorDigits));
  } finally {
    await database.close();
  }
}

/** The effect of a proposal on recorded decisions, for who decides on it. */
export function proposedEffectText({ from, leftOut, effect }: ProposedEffect, minorDigits: number): string {
  if (from === null) return 'Effect: no decision is on record yet.';
  const left = Object.values(leftOut).reduce((sum, count) => sum + count, 0);
  const paired = effect as unknown as PairedEffect;
  return [
    `Effect on ${paired.decisions} decisions recorded since ${from}; ${left} were left out.`,
    '',
    pairedEffectText(paired, minorDigits),
  ].join('\n');
}

async function presentFiles(project: Project | null, against: string | undefined) {
  return project === null ? ruleFilesOf(null, against) : ruleFilesInForce(project);
}

function amountsOf(
  columns: Awaited<ReturnType<typeof loadFlat>>['dataset']['columns'],
  name: string | undefined,
): Float64Array | null {
  if (name === undefined) return null;
  const column = columns.find((one) => one.name === name);
  if (column?.kind === 'number') return column.values;
  throw new ProbityError('INVALID_INPUT', `There is no number feature "${name}" to take amounts from.`, {
    fix: `Number features: ${columns.flatMap((one) => (one.kind === 'number' ? [one.name] : [])).join(', ')}.`,
  });
}

/** A simulated effect as a table. */
export function effectText(effect: RulesEffect, minorDigits: number): string {
  const { before, after, decisions } = effect;
  return [
    `${decisions} decisions: ${before.rules.name}@${before.rules.version} (${before.rules.hash.slice(0, 12)}) and ${after.rules.name}@${after.rules.version} (${after.rules.hash.slice(0, 12)})`,
    '',
    pairedEffectText(effect, minorDigits),
  ].join('\n');
}

/** What changes from one side to the other, as a table and a few sentences. */
export function pairedEffectText(effect: PairedEffect, minorDigits: number): string {
  const { before, after, decisions } = effect;
  const share = (count: number): string => (decisions === 0 ? '' : ` (${((100 * count) / decisions).toFixed(1)} %)`);
  const rows = [
    ...OUTCOMES.map((outcome) => [
      OUTCOME_NAMES[outcome].en,
      `${before.outcomes[outcome]}${share(before.outcomes[outcome])}`,
      `${after.outcomes[outcome]}${share(after.outcomes[outcome])}`,
    ]),
    ['Limits in total', ...[before, after].map((side) => amountText(side.totalLimitMinor, minorDigits))],
    ['Granted', ...[before, after].map((side) => amountText(side.grantedMinor, minorDigits))],
    ['Expected loss of approved', ...[before, after].map((side) => amountText(side.expectedLossMinor, minorDigits))],
    ['Mean PD', before.meanPd.toFixed(5), after.meanPd.toFixed(5)],
  ];
  const shifts = effect.shifts.map(({ from, to, count }) => `${count} from ${from} to ${to}`);
  return [
    textTable(['', 'before', 'after'], rows),
    '',
    shifts.length > 0 ? `Decided otherwise: ${shifts.join(', ')}.` : 'Nothing is decided otherwise.',
    `Final grades: ${effect.grades.better} better, ${effect.grades.worse} worse, ${effect.grades.same} the same.`,
    'What would have become of those whom the rules in force reject is not known.',
  ].join('\n');
}
