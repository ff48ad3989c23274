import type { Command } from 'commander';
import { ProbityError } from '../../base/index.ts';
import { parseSlotKey, slotKey, type Slot } from '../../models/registry/index.ts';
import { openStorage } from '../../records/storage/index.ts';
import { action, command, type CommandContext } from '../command.ts';
import { actingPerson } from '../person.ts';
import { withRegistry } from '../registry-access.ts';

interface ChallengeOptions {
  readonly seed: string;
}

/** `probity models challenge`: a deep challenger of a slot, trained on its newest training set and registered; it never decides. */
export function challengeCommand(): Command {
  return command('challenge', 'train a deep challenger on the newest training set and register it; it never decides')
    .argument('[slot]', 'portfolio/segment/12m, with * for all segments (default: that of the project)')
    .option('--seed <number>', 'a whole number; the same one gives the same model', '1')
    .action(action<ChallengeOptions>(challenge));
}

async function challenge(context: CommandContext, [name]: readonly string[], options: ChallengeOptions): Promise<void> {
  process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '2';
  const seed = Number(options.seed);
  if (options.seed.trim() === '' || !Number.isSafeInteger(seed)) {
    throw new ProbityError('USAGE', 'The seed must be a whole number.', { fix: 'For example --seed 1.' });
  }
  const project = await context.project();
  const slot: Slot =
    name === undefined
      ? { portfolio: project.portfolio, segment: null, horizonMonths: project.labels.horizonMonths }
      : parseSlotKey(name);
  const { registerChallenger } = await import('../../pipelines/compose/register-challenger.ts');
  const { loadStandards } = await import('../../rating/index.ts');
  const { masterScale } = loadStandards(project.rulesDir);
  const { actor } = await actingPerson(project, 'submitRules', { isOfModels: true });
  await withRegistry(project, async ({ registry, champions }) => {
    const candidate = await registerChallenger(
      {
        tenant: project.tenant,
        registry,
        champions,
        storage: openStorage(project),
        grades: masterScale.horizonMonths === slot.horizonMonths ? masterScale.grades : null,
      },
      {
        slot,
        options: { seed },
        submitter: actor,
        onProgress: context.progress,
        signal: context.signal,
      },
    );
    context.result(
      candidate,
      `${slotKey(slot)}: deep challenger ${candidate.modelHash.slice(0, 12)} is candidate ${candidate.candidateId}; compare it with \`probity models compare ${candidate.candidateId.slice(0, 8)}\`. It never decides.`,
    );
  });
}
