import { writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { dataPaths, instant, ProbityError, systemClock, type Project } from '../../base/index.ts';
import { reportTeller } from '../../pipelines/compose/index.ts';
import { loadControlPolicy } from '../../rating/index.ts';
import { createAppender } from '../../records/audit/index.ts';
import { migrate, openDatabase } from '../../records/database/index.ts';
import { openFreeTexts } from '../../records/privacy/index.ts';
import { createOverrides } from '../../records/overrides/index.ts';
import { createControlReports, type StoredControlReport } from '../../records/reports/index.ts';
import { createReviews } from '../../records/reviews/index.ts';
import { createWarnings } from '../../records/warnings/index.ts';
import { composeControl } from '../../serving/compose/control.ts';
import type { ControlDesk } from '../../serving/portfolio/control-desk.ts';
import { controlPage } from '../../serving/portfolio/control-page.ts';
import { action, command, type CommandContext } from '../command.ts';
import { languageNamed } from '../language-option.ts';
import { outcomesOf } from '../../pipelines/compose/known-outcomes.ts';
import { resolveDatabase } from '../stack/services.ts';
import { textTable } from '../terminal/table.ts';

interface ReportOptions {
  readonly from: string;
  readonly to: string;
  readonly outcomes: boolean;
  readonly out?: string;
  readonly language: string;
}

/** `probity control`: how teams keep to what they are held to. */
export function controlCommand(): Command {
  return command('control', 'reviews, warnings and overrides by team, against targets')
    .addCommand(
      command('report', 'put a control report of a period on record')
        .requiredOption('--from <instant>', 'the first instant that counts')
        .requiredOption('--to <instant>', 'the first instant that does not count any more')
        .option('--no-outcomes', 'do not look up what became of customers')
        .option('--out <file>', 'the report as a page (.html) or as data (.json)')
        .option('--language <code>', 'of the page: en or zh-CN', 'en')
        .action(action<ReportOptions>(report)),
    )
    .addCommand(command('list', 'the control reports on record, newest first').action(action(list)));
}

async function report(context: CommandContext, _: readonly string[], options: ReportOptions): Promise<void> {
  const language = languageNamed(options.language);
  const [from, until] = [instant(options.from), instant(options.to)];
  if (until <= from) throw new ProbityError('USAGE', 'The period is empty: --to must lie after --from.');
  const project = await context.project();
  const { made, desk } = await withControl(project, options.outcomes, async (control) => ({
    made: await control.make(from, until),
    desk: control,
  }));
  if (options.out !== undefined) {
    const page = options.out.endsWith('.json')
      ? `${JSON.stringify(made, null, 2)}\n`
      : controlPage(made, desk.policy, language);
    await writeFile(options.out, page);
  }
  context.result(made, controlText(made, options.out));
}

function controlText({ reportId, from, until, teams, outcomes }: StoredControlReport, out: string | undefined): string {
  const share = (of: number | undefined): string => (of === undefined ? '–' : `${(100 * of).toFixed(1)} %`);
  const rows = teams.map(({ team, reviewsOverdue: reviews, warningsInTime: warnings, overrides }) => [
    team,
    `${reviews.count} of ${reviews.of}: ${share(reviews.actual?.value)} (at most ${share(reviews.target)}: ${reviews.verdict})`,
    `${warnings.count} of ${warnings.of}: ${share(warnings.actual?.value)} (at least ${share(warnings.target)}: ${warnings.verdict})`,
    `${overrides.count}, lent ${overrides.lent.count}: ${overrides.lent.verdict}`,
  ]);
  return [
    `control report ${reportId.slice(0, 12)} of ${from.slice(0, 10)} to ${until.slice(0, 10)}`,
    '',
    textTable(['team', 'reviews overdue', 'warnings in time', 'overrides'], rows),
    ...(outcomes.why === null ? [] : ['', `outcomes are not known: ${outcomes.why}`]),
    ...(out === undefined ? [] : ['', out]),
  ].join('\n');
}

async function list(context: CommandContext): Promise<void> {
  const project = await context.project();
  const entries = await withControl(project, false, (control) => control.page({ limit: 100 }));
  const rows = entries.map(({ reportId, from, until, madeAt }) => [
    reportId.slice(0, 12),
    from.slice(0, 10),
    until.slice(0, 10),
    madeAt.slice(0, 16),
  ]);
  context.result(
    entries,
    rows.length === 0
      ? 'none yet: `probity control report` makes one'
      : textTable(['report', 'from', 'to', 'made'], rows),
  );
}

async function withControl<T>(
  project: Project,
  withOutcomes: boolean,
  work: (control: ControlDesk) => Promise<T>,
): Promise<T> {
  const { tenant } = project;
  const opened = await openDatabase(await resolveDatabase(project), { maxConnections: 2 });
  try {
    await migrate(opened);
    const database = await openFreeTexts(opened, tenant, dataPaths(project).keys);
    const tell = reportTeller(project, database);
    return await work(
      composeControl({
        source: { database, tenant, overrides: createOverrides(database, tenant, createAppender(database, tenant)) },
        reviews: createReviews(database, tenant),
        warnings: createWarnings(database, tenant),
        reports: createControlReports(database, tenant),
        policy: loadControlPolicy(project.rulesDir),
        outcomes: withOutcomes ? (asked) => outcomesOf(project, asked) : null,
        tell: (reportId) => tell({ reportId, report: 'control', customerId: null }),
        clock: systemClock,
      }),
    );
  } finally {
    await opened.close();
  }
}
