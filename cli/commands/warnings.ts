import type { Command } from 'commander';
import { instant, ProbityError, type Instant, type Project } from '../../base/index.ts';
import { connectPipelines, lookAtSignals } from '../../pipelines/client.ts';
import { projectCodec } from '../../pipelines/payload-codec.ts';
import { signalsRequest } from '../../pipelines/requests.ts';
import {
  loadWarningHandling,
  reviewWarnings,
  WARNING_LEVELS,
  type EarlyWarning,
  type WarningFate,
  type WarningLevel,
  type WarningReview,
} from '../../rating/index.ts';
import { ratedFacts } from '../../records/changes/index.ts';
import { migrate, openDatabase, type Database } from '../../records/database/index.ts';
import { ratingsWithin } from '../../records/ratings/index.ts';
import { createWarnings } from '../../records/warnings/index.ts';
import { action, command, type CommandContext } from '../command.ts';
import { languageNamed } from '../language-option.ts';
import { PURPOSE_OPTION, recordCliLook, type LookOptions } from '../looks.ts';
import { outcomesOf, type AskedOutcome } from '../../pipelines/compose/known-outcomes.ts';
import { resolveDatabase, resolveServices } from '../stack/services.ts';
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
  const shown = await withDatabase(project, async (database) => {
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
  const { found, events } = await withDatabase(project, async (database) => {
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

/** What `probity warnings review` answers. */
export interface ReviewedWarnings extends WarningReview {
  readonly period: { readonly from: Instant; readonly until: Instant };
  /** Until when outcomes are known. */
  readonly knownUntil: Instant;
  /** Customers rated in the period without a warning, whose outcome is known: the base rate is theirs. */
  readonly unwarned: number;
}

async function review(context: CommandContext, _: readonly string[], options: PeriodOptions): Promise<void> {
  const [from, until] = [instant(options.from), instant(options.to)];
  if (until <= from) throw new ProbityError('INVALID_INPUT', 'The period must end after it begins.');
  const project = await context.project();
  const { raised, rated } = await withDatabase(project, async (database) => ({
    raised: await createWarnings(database, project.tenant).opened(from, until),
    rated: await firstRatings(database, project, from, until),
  }));
  const warned = new Set(raised.map(({ customerId }) => customerId));
  const unwarned = rated.filter(({ customerId }) => !warned.has(customerId));
  const askedOf = ({ customerId, openedAt }: EarlyWarning): AskedOutcome => ({ customerId, asOf: instant(openedAt) });
  const known = await outcomesOf(project, [...raised.map(askedOf), ...unwarned]);
  const fates = raised.map((warning): WarningFate => {
    const bad = known.badOf(askedOf(warning));
    if (bad === null) return { warning, fate: null };
    if (!bad) return { warning, fate: { kind: 'none' } };
    return { warning, fate: { kind: 'default', at: known.badAt(askedOf(warning)) } };
  });
  const others = unwarned.flatMap((each) => known.badOf(each) ?? []);
  const baseRate = others.length === 0 ? Number.NaN : others.filter(Boolean).length / others.length;
  const answer: ReviewedWarnings = {
    period: { from, until },
    knownUntil: known.cutoff,
    unwarned: others.length,
    ...reviewWarnings(fates, { baseRate }),
  };
  context.result(answer, reviewText(answer));
}

/** Each customer's first rating recorded within [from, until). */
async function firstRatings(
  database: Database,
  { tenant }: Project,
  from: Instant,
  until: Instant,
): Promise<readonly AskedOutcome[]> {
  const first = new Map<string, Instant>();
  for await (const { evidence } of ratingsWithin(database, tenant, { from, until })) {
    const facts = evidence === null ? null : ratedFacts(evidence);
    if (facts === null || facts.customerId === null || first.has(facts.customerId)) continue;
    first.set(facts.customerId, instant(facts.rating.asOf));
  }
  return [...first].map(([customerId, asOf]) => ({ customerId, asOf }));
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

async function withDatabase<T>(project: Project, work: (database: Database) => Promise<T>): Promise<T> {
  const database = await openDatabase(await resolveDatabase(project));
  try {
    await migrate(database);
    return await work(database);
  } finally {
    await database.close();
  }
}
