import type { Command } from 'commander';
import { dataPaths, ProbityError, systemClock, type Project } from '../../base/index.ts';
import { connectPipelines } from '../../pipelines/client.ts';
import { retentionWork } from '../../pipelines/compose/index.ts';
import { projectCodec } from '../../pipelines/payload-codec.ts';
import { retentionRequest } from '../../pipelines/requests.ts';
import { applyRetentionRules } from '../../pipelines/retention.ts';
import { auditPlaces, withSignedAppender } from '../../records/assurance/index.ts';
import { createAppender, type Appender } from '../../records/audit/index.ts';
import { openPseudonymKey } from '../../records/checkpoints/index.ts';
import { openDatabase, type Database } from '../../records/database/index.ts';
import { sharedPseudonyms } from '../../records/ratings/index.ts';
import { createChampions, createRegistry, createSnapshots } from '../../records/registry/index.ts';
import { createLegalHolds, type RetentionFinding } from '../../records/retention/index.ts';
import { openStorage } from '../../records/storage/index.ts';
import { action, command, type CommandContext } from '../command.ts';
import { cliActor } from '../keys-access.ts';
import { resolveDatabase, resolveServices } from '../stack/index.ts';
import { textTable } from '../terminal/table.ts';

interface ApplyOptions {
  readonly recordsOnly?: boolean;
}

/** `probity retention`: what is kept for how long, what is due, legal holds. */
export function retentionCommand(): Command {
  const group = command('retention', 'how long records are kept: what is due, removing it, legal holds');
  group.addCommand(command('show', 'what the rules would remove now; changes nothing').action(action(show)));
  group.addCommand(
    command('apply', 'remove what is due, on record in the audit chain: records, facts, snapshots, scores')
      .option('--records-only', 'the operational database alone, which needs no worker')
      .action(action<ApplyOptions>(apply)),
  );
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
  await within(context, async (database, project) => {
    const found = await workOf(database, project, createAppender(database, project.tenant)).due(systemClock.now());
    context.result(
      { applied: false, kinds: found },
      `${tableOf(found)}\nnothing was removed; \`probity retention apply\` does`,
    );
  });
}

async function apply(context: CommandContext, _none: readonly string[], options: ApplyOptions): Promise<void> {
  if (options.recordsOnly === true) {
    await within(context, async (database, project) => {
      const found = await withSignedAppender({ database, places: auditPlaces(project) }, (appender) =>
        workOf(database, project, appender).records({ now: systemClock.now(), actor: cliActor() }),
      );
      context.result({ applied: true, kinds: found }, removedText(found));
    });
    return;
  }
  const project = await context.project();
  const { temporalAddress } = await resolveServices(project);
  const pipelines = await connectPipelines(temporalAddress, project.temporalNamespace, await projectCodec(project));
  try {
    const { kinds, snapshots } = await applyRetentionRules(pipelines.client, retentionRequest(project, cliActor()));
    context.result({ applied: true, kinds, snapshots }, removedText(kinds));
  } finally {
    await pipelines.close();
  }
}

function removedText(kinds: readonly { readonly kind: string; readonly due: number; readonly held: number }[]): string {
  const rows = kinds.map(({ kind, due, held }) => [kind, String(due), String(held)]);
  const removed = kinds.reduce((total, { due }) => total + due, 0);
  return `${textTable(['kind', 'removed', 'on hold'], rows)}\n${removed} removed, on record in the audit chain`;
}

function workOf(database: Database, project: Project, appender: Appender) {
  const { tenant } = project;
  return retentionWork({
    project,
    database,
    storage: openStorage(project),
    snapshots: createSnapshots(database, tenant),
    registry: createRegistry(database, tenant),
    champions: createChampions(database, tenant),
    appender,
    pseudonyms: async () => sharedPseudonyms(database, tenant, await openPseudonymKey(dataPaths(project).keys)),
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
  work: (database: Database, project: Project) => Promise<void>,
): Promise<void> {
  const project = await context.project();
  const database = await openDatabase(await resolveDatabase(project), { maxConnections: 2 });
  try {
    await work(database, project);
  } finally {
    await database.close();
  }
}
