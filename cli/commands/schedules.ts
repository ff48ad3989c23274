import type { Command } from 'commander';
import { ProbityError, type Project } from '../../base/index.ts';
import { connectPipelines, type PipelineClient } from '../../pipelines/client.ts';
import { projectCodec } from '../../pipelines/payload-codec.ts';
import {
  monitorRequest,
  reconcileRequest,
  refreshRequest,
  rescoreRequest,
  retentionRequest,
  retrainRequest,
  shadowScoreRequest,
  signalsRequest,
} from '../../pipelines/requests.ts';
import {
  createSchedule,
  DEFAULT_SCHEDULES,
  deleteSchedule,
  describeSchedule,
  listSchedules,
  pauseSchedule,
  SCHEDULE_KINDS,
  type ScheduledWork,
  type ScheduleKind,
  type ScheduleView,
} from '../../pipelines/schedules.ts';
import { action, command, type CommandContext } from '../command.ts';
import { cliActor } from '../keys-access.ts';
import { actingPerson } from '../person.ts';
import { resolveServices } from '../stack/index.ts';
import { textTable } from '../terminal/table.ts';

interface CreateOptions {
  readonly cron?: string;
}

interface NoteOptions {
  readonly note?: string;
}

const KINDS = SCHEDULE_KINDS.join(', ');

/** `probity schedules`: when features are refreshed, models retrained, and challengers in shadow score. */
export function schedulesCommand(): Command {
  const schedules = command(
    'schedules',
    'when features are refreshed, the model is retrained and looked at, shadows score, the portfolio is reported on, signals are looked at, copies are reconciled and old data go',
  );
  schedules
    .addCommand(
      command('create', 'create or change a schedule (default: all of them)')
        .argument('[kind]', KINDS)
        .option(
          '--cron <expression>',
          `UTC; default: ${SCHEDULE_KINDS.map((kind) => `${kind} "${DEFAULT_SCHEDULES[kind].cron}"`).join(', ')}`,
        )
        .action(action<CreateOptions>(create)),
    )
    .addCommand(command('list', 'the schedules of the project').action(action(list)))
    .addCommand(command('describe', 'one schedule in full').argument('<kind>', KINDS).action(action(describe)))
    .addCommand(pausing('pause', 'stop a schedule from starting anything', true))
    .addCommand(pausing('resume', 'let a paused schedule go on', false))
    .addCommand(command('delete', 'remove a schedule').argument('<kind>', KINDS).action(action(remove)));
  return schedules;
}

function pausing(name: string, summary: string, paused: boolean): Command {
  return command(name, summary)
    .argument('<kind>', KINDS)
    .option('--note <text>', 'why')
    .action(
      action<NoteOptions>(async (context, [kind = ''], options) => {
        const known = kindOf(kind);
        const note = `${cliActor()}: ${options.note ?? name}`;
        await withClient(context, ({ client }, { tenant, portfolio }) =>
          pauseSchedule(client, tenant, portfolio, known, paused, note),
        );
        context.result({ kind: known, paused }, `${known} is ${paused ? 'paused' : 'running'}`);
      }),
    );
}

async function create(context: CommandContext, [kind]: readonly string[], options: CreateOptions): Promise<void> {
  const kinds = kind === undefined ? SCHEDULE_KINDS : [kindOf(kind)];
  if (options.cron !== undefined && kind === undefined) {
    throw new ProbityError('USAGE', '--cron needs the kind of schedule that it is for.');
  }
  const views = await withClient(context, async ({ client }, project) => {
    const { actor: submitter } = await actingPerson(project, 'submitRules', { isOfModels: true });
    for (const each of kinds) {
      const work = workOf(each, project, submitter);
      await createSchedule(client, project.portfolio, work, options.cron);
    }
    return listSchedules(client, project.tenant, project.portfolio);
  });
  context.result(views, table(views));
}

function workOf(kind: ScheduleKind, project: Project, submitter: string): ScheduledWork {
  if (kind === 'refresh') return { kind, input: refreshRequest(project) };
  if (kind === 'shadow') return { kind, input: shadowScoreRequest(project) };
  if (kind === 'report') return { kind, input: rescoreRequest(project) };
  if (kind === 'signals') return { kind, input: signalsRequest(project) };
  if (kind === 'reconcile') return { kind, input: reconcileRequest(project) };
  if (kind === 'monitor') return { kind, input: monitorRequest(project) };
  if (kind === 'retention') return { kind, input: retentionRequest(project, submitter) };
  return { kind, input: retrainRequest(project, submitter) };
}

async function list(context: CommandContext): Promise<void> {
  const views = await withClient(context, ({ client }, project) =>
    listSchedules(client, project.tenant, project.portfolio),
  );
  context.result(views, views.length > 0 ? table(views) : 'none yet: `probity schedules create` makes them');
}

async function describe(context: CommandContext, [kind = '']: readonly string[]): Promise<void> {
  const known = kindOf(kind);
  const view = await withClient(context, ({ client }, { tenant, portfolio }) =>
    describeSchedule(client, tenant, portfolio, known),
  );
  const lines = [
    table([view]),
    '',
    `overlap: ${view.overlap}; made up for when missed: within ${view.catchupWindowSeconds / 3600} h; missed so far: ${view.missed}`,
    `next: ${view.next.join(', ') || 'none'}`,
    `recent: ${view.recent.map((one) => `${one.at} ${one.workflowId}`).join(', ') || 'none'}`,
    ...(view.note ? [`note: ${view.note}`] : []),
  ];
  context.result(view, lines.join('\n'));
}

async function remove(context: CommandContext, [kind = '']: readonly string[]): Promise<void> {
  const known = kindOf(kind);
  await withClient(context, ({ client }, { tenant, portfolio }) => deleteSchedule(client, tenant, portfolio, known));
  context.result({ kind: known, deleted: true }, `${known} is deleted`);
}

function table(views: readonly ScheduleView[]): string {
  const rows = views.map((view) => [
    view.kind,
    view.cron,
    view.paused ? 'paused' : 'running',
    view.next[0] ?? '',
    view.id,
  ]);
  return textTable(['schedule', 'cron (UTC)', 'state', 'next', 'id'], rows);
}

async function withClient<T>(
  context: CommandContext,
  use: (pipelines: PipelineClient, project: Project) => Promise<T>,
): Promise<T> {
  const project = await context.project();
  const { temporalAddress } = await resolveServices(project);
  const pipelines = await connectPipelines(temporalAddress, project.temporalNamespace, await projectCodec(project));
  try {
    return await use(pipelines, project);
  } finally {
    await pipelines.close();
  }
}

function kindOf(name: string): ScheduleKind {
  const kind = SCHEDULE_KINDS.find((known) => known === name);
  if (kind) return kind;
  throw new ProbityError('USAGE', `There is no schedule of this kind.`, { fix: `Name ${KINDS}.` });
}
