import type { Command } from 'commander';
import { isProbityError, ProbityError } from '../../base/index.ts';
import { slotKey } from '../../models/registry/index.ts';
import { openStorage } from '../../records/storage/index.ts';
import { action, command, type CommandContext } from '../command.ts';
import { findCandidate, withRegistry } from '../registry-access.ts';
import { comparisonText, pairedText } from './models-text.ts';
import { winsText } from './wins-text.ts';

interface CompareOptions {
  readonly data?: string;
}

/** `probity models compare`: two models on the same rows, and whether these can tell which is better. */
export function compareCommand(): Command {
  return command('compare', 'two models on the same rows, with the difference, its interval and p-value')
    .argument('<model>', 'candidate id, or the first characters of a model hash; with --data a model folder, too')
    .argument('[other]', 'the model to compare with (default: the champion of its slot)')
    .option('--data <file>', 'compare models of flat files on this one; default: the newest training set’s test rows')
    .action(
      action<CompareOptions>((context, [model = '', other], { data }) =>
        data === undefined ? registered(context, model, other) : flat(context, model, other, data),
      ),
    );
}

async function flat(context: CommandContext, model: string, other: string | undefined, data: string): Promise<void> {
  if (other === undefined) {
    throw new ProbityError('USAGE', 'With --data, name two models.', {
      fix: 'probity models compare model/ other/ --data test.csv',
    });
  }
  // Loaded here, not above: the other commands on the registry need no model code.
  const { anyModelNamed } = await import('../model-named.ts');
  const { compareFlat } = await import('../../models/flat/index.ts');
  const comparison = await compareFlat(await anyModelNamed(context, model), await anyModelNamed(context, other), data);
  context.result(comparison, [pairedText(comparison), ...winsText(comparison.whereItWins)].join('\n'));
}

async function registered(context: CommandContext, id: string, other: string | undefined): Promise<void> {
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
    const comparison = await compareRegistered(parts, slot, modelHash, rival).catch((error: unknown) => {
      if (other !== undefined || !isProbityError(error, 'STORAGE_FAILED')) throw error;
      context.warn(`${error.message} This is what its validation said:`);
      return null;
    });
    if (comparison === null) return stored();
    context.result(comparison, pairedText(comparison));
  });
}
