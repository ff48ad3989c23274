import type { Command } from 'commander';
import { isProbityError, ProbityError } from '../../base/index.ts';
import { DEFAULT_PROFIT, type ProfitModel } from '../../models/metrics/index.ts';
import { slotKey } from '../../models/registry/index.ts';
import { openStorage } from '../../records/storage/index.ts';
import { action, command, type CommandContext } from '../command.ts';
import { findCandidate, withRegistry } from '../registry-access.ts';
import { comparisonText, pairedText } from './models-text.ts';
import { winsText } from './wins-text.ts';

interface CompareOptions {
  readonly data?: string;
  readonly gain?: string;
  readonly lgd?: string;
  readonly exposure?: string;
  readonly shadow?: string;
}

/** `probity models compare`: two models on the same rows, and whether these can tell which is better. */
export function compareCommand(): Command {
  return command('compare', 'two models on the same rows, with the difference, its interval and p-value')
    .argument('[model]', 'candidate id, or the first characters of a model hash; with --data a model folder, too')
    .argument('[other]', 'the model to compare with (default: the champion of its slot)')
    .option('--data <file>', 'compare models of flat files on this one; default: the newest training set’s test rows')
    .option('--shadow <id>', 'compare a shadow with what decided, on the ratings that it scored and that have matured')
    .option('--gain <share>', 'margin of a repaid loan, as a share of its exposure (default: 0.1)')
    .option('--lgd <share>', 'loss given default, as a share of exposure (default: 0.45)')
    .option('--exposure <column>', 'with --data: the column that holds the exposure; default: each row counts 1')
    .action(
      action<CompareOptions>((context, [model, other], options) => {
        if (options.shadow !== undefined) return shadowed(context, options.shadow, model, options);
        if (model === undefined)
          throw new ProbityError('USAGE', 'Name a model to compare.', { fix: 'See `probity models list`.' });
        return options.data === undefined
          ? registered(context, model, other, options)
          : flat(context, model, other, options.data, options);
      }),
    );
}

async function shadowed(
  context: CommandContext,
  id: string,
  model: string | undefined,
  options: CompareOptions,
): Promise<void> {
  const profit = profitModel(options);
  if (model !== undefined || options.data !== undefined || options.exposure !== undefined)
    throw new ProbityError(
      'USAGE',
      '--shadow names both models and the rows: leave models, --data and --exposure out.',
    );
  const { shadowComparison } = await import('../shadows-access.ts');
  const found = await shadowComparison(await context.project(), id, profit);
  const { scored, matured, open, untold, cutoff, comparison } = found;
  const waits =
    open.knowable === null
      ? []
      : [
          `${open.ratings} are open: the next is knowable on ${day(open.knowable)}, the last on ${day(open.allKnowable)}.`,
        ];
  const text = [
    `${found.slot}: ${scored} ratings scored in shadow, ${matured} of them matured by ${day(cutoff)}.`,
    ...waits,
    ...(untold > 0 ? [`${untold} have no outcome that could be told (in default already, or indeterminate).`] : []),
    '',
    ...(comparison === null
      ? ['Not enough evidence that either is truly better: no ratings of both outcomes have matured.']
      : [pairedText(comparison), 'The first is the shadow, the second is what decided.']),
  ];
  context.result(found, text.join('\n'));
}

const day = (at: string | null): string => at?.slice(0, 10) ?? '';

async function flat(
  context: CommandContext,
  model: string,
  other: string | undefined,
  data: string,
  options: CompareOptions,
): Promise<void> {
  const profit = profitModel(options);
  if (other === undefined) {
    throw new ProbityError('USAGE', 'With --data, name two models.', {
      fix: 'probity models compare model/ other/ --data test.csv',
    });
  }
  // Loaded here, not above: the other commands on the registry need no model code.
  const { anyModelNamed } = await import('../model-named.ts');
  const { compareFlat } = await import('../../models/flat/index.ts');
  const comparison = await compareFlat(await anyModelNamed(context, model), await anyModelNamed(context, other), data, {
    model: profit,
    ...(options.exposure === undefined ? {} : { exposure: options.exposure }),
  });
  context.result(comparison, [pairedText(comparison), ...winsText(comparison.whereItWins)].join('\n'));
}

/** The profit model of the options. Throws USAGE unless both shares lie above 0 and at most at 1. */
function profitModel({ gain, lgd }: CompareOptions): ProfitModel {
  const share = (name: string, text: string | undefined, otherwise: number): number => {
    const value = text === undefined ? otherwise : Number(text);
    if (value > 0 && value <= 1) return value;
    throw new ProbityError('USAGE', `${name} must be a share of exposure above 0 and at most 1.`, {
      fix: `For example ${name} ${otherwise}.`,
    });
  };
  return {
    gain: share('--gain', gain, DEFAULT_PROFIT.gain),
    lossGivenDefault: share('--lgd', lgd, DEFAULT_PROFIT.lossGivenDefault),
  };
}

async function registered(
  context: CommandContext,
  id: string,
  other: string | undefined,
  options: CompareOptions,
): Promise<void> {
  const profit = profitModel(options);
  if (options.exposure !== undefined) {
    throw new ProbityError('USAGE', 'A training set of the project holds no exposure.', {
      fix: 'Leave --exposure out, or compare on a flat file with --data.',
    });
  }
  const project = await context.project();
  const { tenant } = project;
  await withRegistry(project, async ({ registry, champions }) => {
    const candidate = await findCandidate(registry, id);
    const { slot, modelHash } = candidate;
    const champion = (await champions.standing()).find((reign) => slotKey(reign.slot) === slotKey(slot));
    const rival = other === undefined ? champion?.modelHash : (await findCandidate(registry, other)).modelHash;
    const stored = async () => {
      const validation = await registry.validation(candidate.candidateId);
      context.result({ candidate, validation }, comparisonText(validation));
    };
    if (rival === undefined || (other === undefined && rival === modelHash)) return stored();
    const { compareRegistered } = await import('../../pipelines/compose/compare-registered.ts');
    const parts = { tenant, registry, storage: openStorage(project) };
    const comparison = await compareRegistered(parts, slot, modelHash, rival, profit).catch((error: unknown) => {
      if (other !== undefined || !isProbityError(error, 'STORAGE_FAILED')) throw error;
      context.warn(`${error.message} This is what its validation said:`);
      return null;
    });
    if (comparison === null) return stored();
    context.result(comparison, [pairedText(comparison), ...winsText(comparison.whereItWins)].join('\n'));
  });
}
