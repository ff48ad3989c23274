import type { Command } from 'commander';
import { dataPaths, instant, ProbityError, systemClock, type Project } from '../../base/index.ts';
import { standsAt } from '../../rating/index.ts';
import { createAppender } from '../../records/audit/index.ts';
import { migrate, openDatabase, type Database } from '../../records/database/index.ts';
import { openFreeTexts } from '../../records/privacy/index.ts';
import { createOverrides, type Overrides } from '../../records/overrides/index.ts';
import { overrideReport } from '../../serving/compose/override-report.ts';
import { action, command, type CommandContext } from '../command.ts';
import { customersOfRatings, PURPOSE_OPTION, recordCliLook, type LookOptions } from '../looks.ts';
import { outcomesOf } from '../../pipelines/compose/known-outcomes.ts';
import { resolveDatabase } from '../stack/services.ts';
import { textTable } from '../terminal/table.ts';
import { overrideReportText } from './overrides-text.ts';

interface ListOptions extends LookOptions {
  readonly state?: string;
  readonly limit: string;
}

interface ReportOptions {
  readonly from: string;
  readonly to: string;
  readonly outcomes: boolean;
}

const STATES = ['second', 'stands', 'refused', 'revoked'] as const;

/** `probity overrides`: decisions that people put in the place of those of model and rules, and what came of them. */
export function overridesCommand(): Command {
  const group = command('overrides', 'overridden decisions: list them, measure them against the model’s own');
  group.addCommand(
    command('list', 'overrides as they stand, the newest step first')
      .option('--state <state>', `only of this state: ${STATES.join(', ')}`)
      .option('--limit <n>', 'so many at most', '50')
      .option(...PURPOSE_OPTION)
      .action(action<ListOptions>(list)),
  );
  group.addCommand(
    command('report', 'what became of overridden decisions, against what model and rules would have done')
      .requiredOption('--from <instant>', 'decisions recorded from then on')
      .requiredOption('--to <instant>', 'and before then')
      .option('--no-outcomes', 'do not look up what became of customers')
      .action(action<ReportOptions>(report)),
  );
  return group;
}

async function list(context: CommandContext, _: readonly string[], options: ListOptions): Promise<void> {
  const state = STATES.find((each) => each === options.state);
  if (options.state !== undefined && state === undefined)
    throw new ProbityError('USAGE', `--state is one of ${STATES.join(', ')}.`);
  const limit = Number(options.limit);
  if (!Number.isInteger(limit) || limit < 1 || limit > 10_000)
    throw new ProbityError('USAGE', '--limit is a whole number from 1 to 10000.');
  const project = await context.project();
  await withOverrides(project, async (overrides, database) => {
    const found = await overrides.page({ state, limit });
    const ratingIds = found.map(({ ratingId }) => ratingId);
    const shown = await customersOfRatings(database, project.tenant, ratingIds);
    await recordCliLook(database, project.tenant, 'listOverrides', options, shown);
    const now = systemClock.now();
    const items = found.map(({ ratingId, last }) => ({
      ratingId,
      revision: last.revision,
      inForce: standsAt(last.override, now),
      override: last.override,
    }));
    const rows = items.map(({ ratingId, inForce, override }) =>
      override === null
        ? [ratingId, 'erased', '', '', '', '', '']
        : [
            ratingId,
            `${override.from} → ${override.to}`,
            override.exposure === null ? '' : String(override.exposure),
            override.reasonCode,
            inForce ? 'in force' : override.state === 'stands' ? 'expired' : override.state,
            override.expiresAt.slice(0, 10),
            override.proposedBy,
          ],
    );
    const head = ['rating', 'decision', 'exposure', 'reason', 'state', 'until', 'by'];
    context.result({ items }, items.length === 0 ? 'No decision is overridden.' : textTable(head, rows));
  });
}

async function report(context: CommandContext, _: readonly string[], options: ReportOptions): Promise<void> {
  const [from, until] = [instant(options.from), instant(options.to)];
  if (until <= from)
    throw new ProbityError('USAGE', 'The period is empty: --to must lie after --from.', {
      fix: '--to is the first instant that does not count: --from 2026-01-01 --to 2026-07-01 is half a year.',
    });
  const project = await context.project();
  await withOverrides(project, async (overrides, database) => {
    const measured = await overrideReport(
      { database, tenant: project.tenant, overrides },
      { from, until },
      systemClock.now(),
      options.outcomes ? (asked) => outcomesOf(project, asked) : null,
    );
    context.result(measured, overrideReportText(measured));
  });
}

async function withOverrides(
  project: Project,
  work: (overrides: Overrides, database: Database) => Promise<void>,
): Promise<void> {
  const opened = await openDatabase(await resolveDatabase(project), { maxConnections: 2 });
  try {
    await migrate(opened);
    const database = await openFreeTexts(opened, project.tenant, dataPaths(project).keys);
    const appender = createAppender(database, project.tenant);
    await work(createOverrides(database, project.tenant, appender), database);
  } finally {
    await opened.close();
  }
}
