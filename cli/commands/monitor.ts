import { writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { dataPaths, instant } from '../../base/index.ts';
import { monitorModel, portfolioStandards, type IdentifiedMonitoringReport } from '../../pipelines/compose/index.ts';
import { projectSlot } from '../../pipelines/requests.ts';
import { loadMateriality } from '../../rating/index.ts';
import { migrate, openDatabase } from '../../records/database/index.ts';
import { createRegistry, createSnapshots } from '../../records/registry/index.ts';
import { createRuleSets } from '../../records/rules/index.ts';
import { openStorage } from '../../records/storage/index.ts';
import { monitoringPage } from '../../serving/portfolio/monitoring-page.ts';
import { action, command, type CommandContext } from '../command.ts';
import { languageNamed } from '../language-option.ts';
import { resolveDatabase } from '../stack/services.ts';
import { textTable } from '../terminal/table.ts';

interface MonitorOptions {
  readonly asOf?: string;
  readonly out?: string;
  readonly language: string;
}

/** `probity monitor`: the model that scored the portfolio, looked at as of an instant. */
export function monitorCommand(): Command {
  return command('monitor', 'look at the model: inputs, scores, what moved and why, estimated and known performance')
    .option('--as-of <instant>', 'look at the newest scores at or before it (default: the newest)')
    .option('--out <file>', 'the report as a page (.html) or as data (.json)')
    .option('--language <code>', 'of the page: en or zh-CN', 'en')
    .action(action<MonitorOptions>(monitor));
}

async function monitor(context: CommandContext, _: readonly string[], options: MonitorOptions): Promise<void> {
  const language = languageNamed(options.language);
  const asOf = options.asOf === undefined ? null : instant(options.asOf);
  const project = await context.project();
  context.progress({ step: 'monitor', message: 'comparing the portfolio with what the model learnt from' });
  const database = await openDatabase(await resolveDatabase(project));
  try {
    await migrate(database);
    const { tenant } = project;
    const report = await monitorModel(
      {
        tenant,
        scores: dataPaths(project).scores,
        snapshots: createSnapshots(database, tenant),
        storage: openStorage(project),
        registry: createRegistry(database, tenant),
        standards: async () => ({
          ...(await portfolioStandards(project, createRuleSets(database, tenant))),
          materiality: loadMateriality(project.rulesDir),
        }),
      },
      projectSlot(project),
      asOf,
    );
    if (options.out !== undefined) {
      const isData = options.out.endsWith('.json');
      await writeFile(options.out, isData ? `${JSON.stringify(report, null, 2)}\n` : monitoringPage(report, language));
    }
    context.result(report, monitorText(report, options.out));
  } finally {
    await database.close();
  }
}

function monitorText(report: IdentifiedMonitoringReport, out: string | undefined): string {
  const { verdict, looks, movement } = report;
  const share = (value: number | null): string => (value === null ? 'not known' : `${(100 * value).toFixed(1)} %`);
  const scores = textTable(
    ['segment', 'customers', 'score PSI', 'critical', 'adjusted p'],
    looks.map(({ segment, presentRows, score }) => [
      segment ?? 'all',
      String(presentRows),
      score.psi.toFixed(4),
      score.critical.toFixed(4),
      score.adjusted.toFixed(4),
    ]),
  );
  const measures = textTable(
    ['measure', 'value', 'matters from', 'material'],
    verdict.measures.map(({ measure, value, threshold, material }) => [
      measure,
      share(value),
      share(threshold),
      value === null ? '' : material ? 'yes' : 'no',
    ]),
  );
  const causes = verdict.causes
    .slice(0, 10)
    .map(({ segment, feature }) => (segment ? `${feature} (${segment})` : feature));
  return [
    `${verdict.result}: model ${report.model.slice(0, 12)} as of ${report.asOf.slice(0, 10)}`,
    ...(verdict.vanished.length === 0 ? [] : [`gone from the table: ${verdict.vanished.join(', ')}`]),
    ...(causes.length === 0 ? [] : [`significant at this look: ${causes.join(', ')}`]),
    '',
    measures,
    '',
    scores,
    '',
    movement === null
      ? 'no earlier scores to compare with'
      : `since ${report.source.before?.asOf.slice(0, 10) ?? ''}: ${movement.worse} worse, ${movement.better} better; most by ${movement.causes
          .slice(0, 3)
          .map(({ feature }) => feature)
          .join(', ')}`,
    ...(out === undefined ? [] : [out]),
  ].join('\n');
}
