import type { Command } from 'commander';
import { instant, ProbityError } from '../../base/index.ts';
import { connectPipelines, lookAtSignals } from '../../pipelines/client.ts';
import { projectCodec } from '../../pipelines/payload-codec.ts';
import { signalsRequest } from '../../pipelines/requests.ts';
import { loadWarningHandling, WARNING_LEVELS, type EarlyWarning, type WarningLevel } from '../../rating/index.ts';
import { createWarnings } from '../../records/warnings/index.ts';
import { withMigrated } from '../records-access.ts';
import { action, command, type CommandContext } from '../command.ts';
import { languageNamed } from '../language-option.ts';
import { PURPOSE_OPTION, recordCliLook, type LookOptions } from '../looks.ts';
import { outcomesOf } from '../../pipelines/compose/known-outcomes.ts';
import { reviewOfPeriod } from '../../serving/compose/warning-review.ts';
import { resolveServices } from '../stack/services.ts';
import { textTable } from '../terminal/table.ts';
import { reviewText } from './warnings-text.ts';

interface ListOptions extends LookOptions {
  readonly level?: string;
  readonly closed?: boolean;
  readonly language: string;
}

interface SignalOptions {
  readonly rescore: boolean;
}

interface PeriodOptions {
  readonly from: string;
  readonly to: string;
}

async function look(context: CommandContext, _: readonly string[], { rescore }: SignalOptions): Promise<void> {
  const project = await context.project();
  const { temporalAddress } = await resolveServices(project);
  const pipelines = await connectPipelines(temporalAddress, project.temporalNamespace, await projectCodec(project));
  try {
    context.progress({ step: 'signals', message: 'looking at the signals of every customer' });
    const outcome = await lookAtSignals(pipelines.client, signalsRequest(project, { rescore }));
    const { customers, asOf, raised, changed, ceased } = outcome;
    context.result(
      outcome,
      `${customers} customers looked at as of ${asOf.slice(0, 10)}: ${raised} triggers raised, ${changed} changed, ${ceased} gone`,
    );
  } finally {
    await pipelines.close();
  }
}

const MOST_LISTED = 1000;

/** `probity warnings`: early warnings on record, and what they were worth. */
export function warningsCommand(): Command {
  return command('warnings', 'early warnings: list, show, and review what they were worth')
    .addCommand(
      command('list', 'warnings that stand, the oldest first')
        .option('--level <name>', `only of this level: ${WARNING_LEVELS.join(', ')}`)
        .option('--closed', 'those that were closed instead')
        .option('--language <code>', 'en or zh-CN', 'en')
        .option(...PURPOSE_OPTION)
        .action(action<ListOptions>(list)),
    )
    .addCommand(
      command('look', 'look at the signals of every customer now, as the schedule `signals` does every night')
        .option('--no-rescore', 'by the scores that are there')
        .action(action<SignalOptions>(look)),
    )
    .addCommand(
      command('show', 'one warning with everything that was done to it')
        .argument('<warning>', 'its id')
        .option(...PURPOSE_OPTION)
        .action(action<LookOptions>(show)),
    )
    .addCommand(
      command(
        'review',
        'by rule: precision, lead time before default, ignored share, countermeasures; needs the warehouse',
      )
        .requiredOption('--from <instant>', 'warnings raised from then on')
        .requiredOption('--to <instant>', 'and before then')
        .action(action<PeriodOptions>(review)),
    );
}

async function list(context: CommandContext, _: readonly string[], options: ListOptions): Promise<void> {
  const language = languageNamed(options.language);
  const level = levelNamed(options.level);
  const project = await context.project();
  const { levels } = loadWarningHandling(project.rulesDir);
  const state = options.closed === true ? 'closed' : 'standing';
  const shown = await withMigrated(project, async (database) => {
    const found = await createWarnings(database, project.tenant).page({ level, state, limit: MOST_LISTED });
    const warnings = found.map(({ warning }) => warning);
    await recordCliLook(database, project.tenant, 'listWarnings', options, warnings);
    return warnings;
  });
  const table = textTable(
    ['warning', 'customer', 'code', 'level', 'state', 'at stake', 'owner', 'due'],
    shown.map((each) => rowOf(each, levels[each.level].label[language])),
  );
  context.result(shown, shown.length === 0 ? 'No warning.' : table);
}

async function show(context: CommandContext, [warningId = '']: readonly string[], options: LookOptions): Promise<void> {
  const project = await context.project();
  const { found, events } = await withMigrated(project, async (database) => {
    const warnings = createWarnings(database, project.tenant);
    const one = await warnings.find(warningId);
    await recordCliLook(database, project.tenant, 'readWarning', options, [one]);
    return { found: one, events: await warnings.events(warningId) };
  });
  if (found === null) throw new ProbityError('UNKNOWN_WARNING', 'No warning with this id is on record.');
  const { warning } = found;
  const lines = [
    `${warning.code} of ${warning.customerId}: ${warning.level}, ${warning.state}`,
    `raised ${warning.openedAt} by rating ${warning.raisedBy.ratingId} (grade ${warning.raisedBy.grade})`,
    ...warning.measures.map(
      ({ measureId, code, state, dueBy }) =>
        `  ${measureId}  ${code}: ${state}${dueBy === null ? '' : `, due ${dueBy}`}`,
    ),
    ...events.map(({ at, event }) => `  ${at}  ${event.kind}${'actor' in event ? ` by ${event.actor}` : ''}`),
  ];
  context.result({ ...warning, events }, lines.join('\n'));
}

async function review(context: CommandContext, _: readonly string[], options: PeriodOptions): Promise<void> {
  const period = { from: instant(options.from), until: instant(options.to) };
  if (period.until <= period.from) throw new ProbityError('INVALID_INPUT', 'The period must end after it begins.');
  const project = await context.project();
  const answer = await withMigrated(project, (database) =>
    reviewOfPeriod(database, project.tenant, period, (asked) => outcomesOf(project, asked)),
  );
  context.result(answer, reviewText(answer));
}

function rowOf(warning: EarlyWarning, level: string): string[] {
  const { warningId, customerId, code, state, exposure, owner, role, closeBy, outcome } = warning;
  return [
    warningId,
    customerId,
    code,
    level,
    state === 'closed' ? `closed (${outcome ?? ''})` : state,
    exposure === null ? '–' : exposure.toFixed(2),
    owner ?? role,
    closeBy.slice(0, 10),
  ];
}

function levelNamed(name: string | undefined): WarningLevel | undefined {
  if (name === undefined) return undefined;
  const found = WARNING_LEVELS.find((each) => each === name);
  if (found === undefined)
    throw new ProbityError('USAGE', `\`${name}\` is no level.`, { fix: `Name one of ${WARNING_LEVELS.join(', ')}.` });
  return found;
}
