import type { Command } from 'commander';
import { openDatabase } from '../../records/database/index.ts';
import { replayRecorded, type Replayed } from '../../serving/compose/replay.ts';
import { action, command, type CommandContext } from '../command.ts';
import { customersOfRatings, PURPOSE_OPTION, recordCliLook, type LookOptions } from '../looks.ts';
import { resolveDatabase } from '../stack/index.ts';

/** `probity replay RATING`: recomputes a past rating from its evidence, and compares it with the answer that was given. */
export function replayCommand(): Command {
  return command('replay', 'recompute a past rating from its evidence, with the engine, model and standards of then')
    .argument('<rating>', 'the ratingId of its answer')
    .option(...PURPOSE_OPTION)
    .action(action<LookOptions>(replayRating));
}

async function replayRating(
  context: CommandContext,
  [ratingId = '']: readonly string[],
  options: LookOptions,
): Promise<void> {
  const project = await context.project();
  const database = await openDatabase(await resolveDatabase(project), { maxConnections: 2 });
  try {
    const replayed = await replayRecorded(database, project, ratingId);
    const shown = await customersOfRatings(database, project.tenant, [ratingId]);
    await recordCliLook(database, project.tenant, 'recordedRating', options, shown);
    context.result(replayed, replayedText(replayed));
  } finally {
    await database.close();
  }
}

function replayedText(replayed: Replayed): string {
  const { sequence, at } = replayed.receipt;
  if (replayed.outcome !== 'same') return `${replayed.outcome}: record ${sequence} of ${at} remains in the chain`;
  const parts = Object.entries(replayed.parts).map(([role, hash]) => `${role} ${hash.slice(0, 12)}`);
  const { tables } = replayed;
  const programs =
    tables === null || tables.recorded === tables.installed
      ? []
      : [`the rules' tables were run by ${tables.recorded} then, and by ${tables.installed} now: the bytes agree`];
  return [
    `same: recomputed to the same bytes as record ${sequence} of ${at}`,
    `engine ${replayed.engine}; ${parts.join(', ')}`,
    ...programs,
  ].join('\n');
}
