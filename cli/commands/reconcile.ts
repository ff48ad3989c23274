import type { Command } from 'commander';
import { connectPipelines } from '../../pipelines/client.ts';
import { projectCodec } from '../../pipelines/payload-codec.ts';
import { reconcileCopies } from '../../pipelines/reconciliation.ts';
import { reconcileRequest } from '../../pipelines/requests.ts';
import { openDatabase } from '../../records/database/index.ts';
import { createReconciliations, type KeptReconciliation } from '../../records/reconciliation/index.ts';
import { action, command, type CommandContext } from '../command.ts';
import { resolveDatabase, resolveServices } from '../stack/index.ts';
import { textTable } from '../terminal/table.ts';

interface ReconcileOptions {
  readonly last?: boolean;
}

/** `probity reconcile`: whether every copy of what sources reported holds the same. */
export function reconcileCommand(): Command {
  return command(
    'reconcile',
    'compare what sources reported with the warehouse, the snapshot and their own statements, and mend what can be',
  )
    .option('--last', 'show the last one on record; changes nothing and needs no worker')
    .action(action<ReconcileOptions>(reconcile));
}

async function reconcile(context: CommandContext, _none: readonly string[], options: ReconcileOptions): Promise<void> {
  const project = await context.project();
  if (options.last !== true) {
    const { temporalAddress } = await resolveServices(project);
    const pipelines = await connectPipelines(temporalAddress, project.temporalNamespace, await projectCodec(project));
    try {
      await reconcileCopies(pipelines.client, reconcileRequest(project));
    } finally {
      await pipelines.close();
    }
  }
  const database = await openDatabase(await resolveDatabase(project), { maxConnections: 2 });
  try {
    const [last] = await createReconciliations(database, project.tenant).page({ limit: 1 });
    context.result(last ?? null, last === undefined ? 'none on record' : textOf(last));
  } finally {
    await database.close();
  }
}

function textOf({ at, facts, found, snapshot, statements, findings }: KeptReconciliation): string {
  const copies = facts.map((each) => [
    each.source,
    each.table,
    String(each.reported.count),
    String(each.warehouse.count),
    String(each.missing.count),
    String(each.conflicting.count),
    String(each.repaired),
    String(each.left.count),
  ]);
  const stated = statements.map((each) => [
    each.source,
    each.table ?? '',
    each.statedAt ?? 'never',
    each.agrees ? 'agrees' : 'differs',
    each.late ? 'late' : '',
  ]);
  const left = findings.map(({ kind, source, table, count }) => [kind, source ?? '', table ?? '', String(count)]);
  return [
    `as of ${at}`,
    textTable(['source', 'table', 'reported', 'in warehouse', 'missing', 'conflicting', 'repaired', 'left'], copies),
    `snapshot ${snapshot.snapshotId?.slice(0, 12) ?? ''}: found ${found.state}, now ${snapshot.state}`,
    ...(stated.length === 0 ? [] : [textTable(['source', 'table', 'stated', 'here', ''], stated)]),
    left.length === 0 ? 'nothing is left to look at' : textTable(['to look at', 'source', 'table', 'count'], left),
  ].join('\n\n');
}
