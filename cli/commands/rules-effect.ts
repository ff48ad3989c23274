import type { Command } from 'commander';
import { ProbityError, type Project } from '../../base/index.ts';
import { loadFlat } from '../../models/dataset/index.ts';
import { compile } from '../../models/scoring/index.ts';
import {
  amountText,
  loadStandards,
  matrixInputs,
  minorOf,
  openRules,
  OUTCOME_NAMES,
  OUTCOMES,
  rateableModel,
  rulesEffect,
  type DecisionParts,
  type RulesEffect,
} from '../../rating/index.ts';
import { action, command, type CommandContext } from '../command.ts';
import { modelNamed } from '../model-named.ts';
import { ruleFilesInForce, ruleFilesOf } from '../rules-access.ts';
import { textTable } from '../terminal/table.ts';

interface EffectOptions {
  readonly model: string;
  readonly input: string;
  readonly against?: string;
  readonly amount?: string;
  readonly asOf?: string;
}

/** `probity rules simulate-effect`: what proposed rules would decide otherwise on the rows of a feature table. */
export function simulateEffectCommand(): Command {
  return command(
    'simulate-effect',
    'decide on the rows of a flat file under the rules in force and under proposed ones',
  )
    .argument('<folder>', 'folder of the proposed rule files')
    .requiredOption('--model <folder|id>', 'model that rates the rows')
    .requiredOption('--input <file>', 'rows: .csv, .csv.gz, .parquet or .arrow')
    .option('--against <folder>', 'compare with the rules of this folder (default: those in force)')
    .option('--amount <column>', 'column that holds the amount asked for, in major units')
    .option('--as-of <date>', 'decide as of then (default: today)')
    .action(action<EffectOptions>(simulate));
}

async function simulate(context: CommandContext, [folder]: readonly string[], options: EffectOptions): Promise<void> {
  const { artefact, spec, hash } = await modelNamed(context, options.model);
  if (spec === null)
    throw new ProbityError('USAGE', 'This model was trained on a project’s features, not on a flat file.', {
      fix: 'Name a model of `probity train`.',
    });
  const project = options.against === undefined ? await context.project() : null;
  const standards = loadStandards(project?.rulesDir ?? null);
  const parts = async (files: Awaited<ReturnType<typeof ruleFilesOf>>): Promise<DecisionParts> => ({
    standards,
    rules: await openRules(files, standards.masterScale),
  });
  const before = await parts(await presentFiles(project, options.against));
  const after = await parts(await ruleFilesOf(null, folder));
  const { dataset } = await loadFlat(options.input, spec, { requireTarget: false });
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
    `${decisions} decisions: ${before.rules.name}@${before.rules.version} (${before.rules.hash.slice(0, 12)}) and ${after.rules.name}@${after.rules.version} (${after.rules.hash.slice(0, 12)})`,
    '',
    textTable(['', 'before', 'after'], rows),
    '',
    shifts.length > 0 ? `Decided otherwise: ${shifts.join(', ')}.` : 'Nothing is decided otherwise.',
    `Final grades: ${effect.grades.better} better, ${effect.grades.worse} worse, ${effect.grades.same} the same.`,
    'What would have become of those whom the rules in force reject is not known.',
  ].join('\n');
}
