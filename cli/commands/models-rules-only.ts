import type { Command } from 'commander';
import { parseSlotKey } from '../../models/registry/index.ts';
import { createRulesOnlySlots } from '../../records/registry/index.ts';
import { action, command, type CommandContext } from '../command.ts';
import { actingPerson } from '../person.ts';
import { withDatabase } from '../shadows-access.ts';

interface RulesOnlyOptions {
  readonly end?: true;
  readonly reason?: string;
}

/** `probity models rules-only`: rules alone rate a slot, its champion keeping the seat; with `--end` it rates again. */
export function rulesOnlyCommand(): Command {
  return command('rules-only', 'let rules alone rate a slot while its model’s inputs are broken')
    .argument('<slot>', 'portfolio/segment/12m, with * for all segments')
    .requiredOption('--reason <text>', 'why')
    .option('--end', 'let the champion rate again')
    .action(action<RulesOnlyOptions>(rulesOnly));
}

async function rulesOnly(context: CommandContext, [key = '']: readonly string[], options: RulesOnlyOptions) {
  const project = await context.project();
  const slot = parseSlotKey(key);
  const { reason = '' } = options;
  const { actor } = await actingPerson(project, 'approveRules', { isOfModels: true });
  await withDatabase(project, async (database) => {
    const slots = createRulesOnlySlots(database, project.tenant);
    if (options.end) context.result(await slots.end(slot, actor, reason), `${key}: the champion rates again.`);
    else {
      const begun = await slots.start(slot, { actor, reason, reportId: null, modelHash: null });
      const end = `probity models rules-only '${key}' --end --reason <text>`;
      context.result(
        begun,
        `${key}: rules alone rate since ${begun.from}, until another model is seated or \`${end}\`.`,
      );
    }
  });
}
