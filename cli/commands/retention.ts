import type { Command } from 'commander';
import { ProbityError, systemClock } from '../../base/index.ts';
import { createAppender } from '../../records/audit/index.ts';
import { openDatabase, type Database } from '../../records/database/index.ts';
import {
  applyRetention,
  createLegalHolds,
  loadRetentionRules,
  retentionDue,
  type RetentionFinding,
} from '../../records/retention/index.ts';
import { action, command, type CommandContext } from '../command.ts';
import { cliActor } from '../keys-access.ts';
import { resolveDatabase } from '../stack/index.ts';
import { textTable } from '../terminal/table.ts';

/** `probity retention`: what is kept for how long, what is due, legal holds. */
export function retentionCommand(): Command {
  const group = command('retention', 'how long records are kept: what is due, removing it, legal holds');
  group.addCommand(command('show', 'what the rules would remove now; changes nothing').action(action(show)));
  group.addCommand(command('apply', 'remove what is due, on record in the audit chain').action(action(apply)));
  group.addCommand(
    command('hold', 'keep everything of a customer until the hold is lifted')
      .argument('<customer>', 'the customer id')
      .requiredOption('--reason <text>', 'why, for the record')
      .action(action<{ readonly reason: string }>(hold)),
  );
  group.addCommand(
    command('lift', 'lift a hold').argument('<hold>', 'its id, as `holds` lists it').action(action(lift)),
  );
  group.addCommand(command('holds', 'the holds that stand').action(action(holds)));
  return group;
}

async function show(context: CommandContext): Promise<void> {
  await within(context, async (database, { tenant, rulesDir }) => {
    const found = await retentionDue(database, tenant, loadRetentionRules(rulesDir), systemClock.now());
    context.result(
      { applied: false, kinds: found },
      `${tableOf(found)}\nnothing was removed; \`probity retention apply\` does`,
    );
  });
}

async function apply(context: CommandContext): Promise<void> {
  await within(context, async (database, { tenant, rulesDir }) => {
    const appender = createAppender(database, tenant);
    const rules = loadRetentionRules(rulesDir);
    const options = { database, tenant, rules, now: systemClock.now(), actor: cliActor(), appender };
    const found = await applyRetention(options);
    await appender.settled();
    const removed = found.reduce((total, { due }) => total + due, 0);
    context.result(
      { applied: true, kinds: found },
      `${tableOf(found)}\n${removed} removed, on record in the audit chain`,
    );
  });
}

async function hold(
  context: CommandContext,
  [customerId = '']: readonly string[],
  { reason }: { readonly reason: string },
): Promise<void> {
  await within(context, async (database, { tenant }) => {
    const placed = await createLegalHolds(database, tenant).place({ customerId, reason, actor: cliActor() });
    context.result(placed, `hold ${placed.holdId} stands`);
  });
}

async function lift(context: CommandContext, [holdId = '']: readonly string[]): Promise<void> {
  if (!/^[0-9a-f-]{36}$/.test(holdId)) throw new ProbityError('USAGE', 'Name a hold by its id.');
  await within(context, async (database, { tenant }) => {
    await createLegalHolds(database, tenant).lift(holdId, cliActor());
    context.result({ holdId, lifted: true }, `hold ${holdId} is lifted`);
  });
}

async function holds(context: CommandContext): Promise<void> {
  await within(context, async (database, { tenant }) => {
    const standing = await createLegalHolds(database, tenant).standing();
    const rows = standing.map((each) => [each.holdId, each.customerId, each.placedAt, each.actor, each.reason]);
    context.result(standing, textTable(['hold', 'customer', 'since', 'by', 'reason'], rows));
  });
}

function tableOf(found: readonly RetentionFinding[]): string {
  const rows = found.map((each) => [
    each.kind,
    String(each.months),
    each.before.slice(0, 10),
    String(each.due),
    String(each.held),
  ]);
  return textTable(['kind', 'months', 'before', 'due', 'on hold'], rows);
}

async function within(
  context: CommandContext,
  work: (database: Database, project: Awaited<ReturnType<CommandContext['project']>>) => Promise<void>,
): Promise<void> {
  const project = await context.project();
  const database = await openDatabase(await resolveDatabase(project), { maxConnections: 2 });
  try {
    await work(database, project);
  } finally {
    await database.close();
  }
}
