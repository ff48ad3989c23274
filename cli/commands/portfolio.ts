import { writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import type { Project } from '../../base/index.ts';
import { connectPipelines, reportRisk, rescorePortfolio, type PipelineClient } from '../../pipelines/client.ts';
import { projectCodec } from '../../pipelines/payload-codec.ts';
import { composePortfolio } from '../../pipelines/compose/index.ts';
import { MODEL_TARGETS, rescoreRequest } from '../../pipelines/requests.ts';
import { loadPortfolioAssumptions } from '../../rating/index.ts';
import { createPortfolioReports, type StoredReport } from '../../records/reports/index.ts';
import { portfolioPage } from '../../serving/portfolio/page.ts';
import { action, command, type CommandContext } from '../command.ts';
import { languageNamed } from '../language-option.ts';
import { withMigrated } from '../records-access.ts';
import { resolveServices } from '../stack/services.ts';
import { targetNamed } from '../target-option.ts';
import { textTable } from '../terminal/table.ts';

interface ReportOptions {
  readonly rescore: boolean;
  readonly out?: string;
  readonly language: string;
}

/** `probity portfolio`: the portfolio scored, and reported on. */
export function portfolioCommand(): Command {
  return command('portfolio', 'score the whole portfolio, and report on it')
    .addCommand(
      command('rescore', 'score every customer of the newest snapshot with the champion that would rate them')
        .option('--target <name>', `what for: ${MODEL_TARGETS.join(', ')}`, 'default')
        .action(action<{ readonly target: string }>(rescore)),
    )
    .addCommand(
      command('report', 'score, then put a report on record: exposure, expected loss, migration, concentration, stress')
        .option('--no-rescore', 'report on the scores that are there')
        .option('--out <file>', 'the report as a page (.html) or as data (.json)')
        .option('--language <code>', 'of the page: en or zh-CN', 'en')
        .action(action<ReportOptions>(report)),
    )
    .addCommand(command('list', 'the reports on record, newest first').action(action(list)));
}

async function rescore(
  context: CommandContext,
  _: readonly string[],
  options: { readonly target: string },
): Promise<void> {
  const project = await context.project();
  const target = targetNamed(options.target);
  context.progress({ step: 'rescore', message: 'scoring the portfolio' });
  const outcome = await withClient(project, ({ client }) =>
    rescorePortfolio(client, rescoreRequest(project, {}, target)),
  );
  const { rows, modelHash, models = [], unscored = 0, snapshotId, meanPd, folder } = outcome;
  const mean = meanPd === null ? '' : `, mean PD ${(100 * meanPd).toFixed(2)} %`;
  context.result(
    outcome,
    `${rows} customers of snapshot ${snapshotId.slice(0, 12)} scored by ${
      models.length > 1
        ? models.map((one) => `${one.modelHash.slice(0, 12)} (${one.slot}: ${one.customers})`).join(', ')
        : `model ${modelHash.slice(0, 12)}`
    }${mean}${unscored === 0 ? '' : `, ${unscored} of no slot`}: ${folder}`,
  );
}

async function report(context: CommandContext, _: readonly string[], options: ReportOptions): Promise<void> {
  const language = languageNamed(options.language);
  const project = await context.project();
  context.progress({ step: 'portfolio', message: options.rescore ? 'scoring the portfolio' : 'reading the scores' });
  const stored = await withMigrated(project, async (database) => {
    const reports = createPortfolioReports(database, project.tenant);
    const { reportId } = options.rescore
      ? await withClient(project, ({ client }) => reportRisk(client, rescoreRequest(project)))
      : await composePortfolio(project, database).report({ progress: context.progress, signal: context.signal });
    return reports.find(reportId);
  });
  if (options.out !== undefined) {
    const page = options.out.endsWith('.json')
      ? `${JSON.stringify(stored, null, 2)}\n`
      : portfolioPage(stored, loadPortfolioAssumptions(project.rulesDir), language);
    await writeFile(options.out, page);
  }
  context.result(stored, reportText(stored, options.out));
}

function reportText(stored: StoredReport, out: string | undefined): string {
  const whole = (amount: number): string => amount.toFixed(0);
  const table = textTable(
    ['grade', 'customers', 'exposure', 'expected loss'],
    stored.byGrade.map(({ name, customers, exposure, expectedLoss }) => [
      name,
      String(customers),
      whole(exposure),
      whole(expectedLoss),
    ]),
  );
  const { migration, riskIndex } = stored;
  const moved =
    migration === null
      ? 'no earlier scores to compare with'
      : `since ${stored.source.before?.asOf.slice(0, 10) ?? ''}: ${migration.worse} worse, ${migration.better} better, ${migration.entered} new, ${migration.left} left`;
  return [
    `report ${stored.reportId.slice(0, 12)} as of ${stored.source.asOf.slice(0, 10)}: ${stored.customers} customers, exposure ${whole(stored.exposure)}, expected loss ${whole(stored.expectedLoss)}${riskIndex === null ? '' : ` (risk index ${riskIndex.toFixed(1)})`}`,
    '',
    table,
    '',
    moved,
    ...(out === undefined ? [] : [out]),
  ].join('\n');
}

async function list(context: CommandContext): Promise<void> {
  const project = await context.project();
  const entries = await withMigrated(project, (database) =>
    createPortfolioReports(database, project.tenant).page({ limit: 100 }),
  );
  const rows = entries.map(({ reportId, asOf, madeAt, customers, exposure, expectedLoss }) => [
    reportId.slice(0, 12),
    asOf.slice(0, 10),
    madeAt.slice(0, 16),
    String(customers),
    exposure.toFixed(0),
    expectedLoss.toFixed(0),
  ]);
  context.result(
    entries,
    rows.length === 0
      ? 'none yet: `probity portfolio report` makes one'
      : textTable(['report', 'as of', 'made', 'customers', 'exposure', 'expected loss'], rows),
  );
}

async function withClient<T>(project: Project, work: (client: PipelineClient) => Promise<T>): Promise<T> {
  const { temporalAddress } = await resolveServices(project);
  const client = await connectPipelines(temporalAddress, project.temporalNamespace, await projectCodec(project));
  try {
    return await work(client);
  } finally {
    await client.close();
  }
}
