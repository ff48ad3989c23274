import { writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { instant } from '../../base/index.ts';
import type { IdentifiedMonitoringReport, MaturedFigures } from '../../models/monitoring/index.ts';
import { monitorModel, projectMonitorParts } from '../../pipelines/compose/index.ts';
import { projectSlot } from '../../pipelines/requests.ts';
import { createMonitoringReports } from '../../records/reports/index.ts';
import { monitoringPage } from '../../serving/portfolio/monitoring-page.ts';
import { action, command, type CommandContext } from '../command.ts';
import { languageNamed } from '../language-option.ts';
import { withMigrated } from '../records-access.ts';
import { textTable } from '../terminal/table.ts';

interface MonitorOptions {
  readonly asOf?: string;
  readonly out?: string;
  readonly language: string;
}

/** `probity monitor`: the model that scored the portfolio, looked at as of an instant, and what is on record of it. */
export function monitorCommand(): Command {
  return command('monitor', 'look at the model and put it on record: inputs, scores, what moved and why, performance')
    .option('--as-of <instant>', 'look at the newest scores at or before it (default: the newest)')
    .option('--out <file>', 'the report as a page (.html) or as data (.json)')
    .option('--language <code>', 'of the page: en or zh-CN', 'en')
    .action(action<MonitorOptions>(monitor))
    .addCommand(command('list', 'the reports on record, newest first').action(action(list)));
}

async function monitor(context: CommandContext, _: readonly string[], options: MonitorOptions): Promise<void> {
  const language = languageNamed(options.language);
  const asOf = options.asOf === undefined ? null : instant(options.asOf);
  const project = await context.project();
  context.progress({ step: 'monitor', message: 'comparing the portfolio with what the model learnt from' });
  const slot = projectSlot(project);
  const report = await withMigrated(project, (database) =>
    monitorModel(projectMonitorParts(project, database, slot), slot, asOf),
  );
  if (options.out !== undefined) {
    const isData = options.out.endsWith('.json');
    await writeFile(options.out, isData ? `${JSON.stringify(report, null, 2)}\n` : monitoringPage(report, language));
  }
  context.result(report, monitorText(report, options.out));
}

async function list(context: CommandContext): Promise<void> {
  const project = await context.project();
  const entries = await withMigrated(project, (database) =>
    createMonitoringReports(database, project.tenant).page({ limit: 100 }),
  );
  const rows = entries.map(({ reportId, slot, asOf, result, customers, evidence }) => [
    reportId.slice(0, 12),
    slot,
    asOf.slice(0, 10),
    result,
    String(customers),
    evidence === null ? '' : evidence.toFixed(2),
  ]);
  context.result(
    entries,
    rows.length === 0
      ? 'none yet: `probity monitor` makes one'
      : textTable(['report', 'slot', 'as of', 'result', 'customers', 'evidence'], rows),
  );
}

function monitorText(report: IdentifiedMonitoringReport, out: string | undefined): string {
  const { verdict, looks, movement, sequential, population, outcomes } = report;
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
    verdict.measures.map(({ measure, value, threshold, material, knowableOn }) => [
      measure,
      value === null && knowableOn ? `knowable on ${knowableOn.slice(0, 10)}` : share(value),
      share(threshold),
      value === null ? '' : material ? 'yes' : 'no',
    ]),
  );
  const causes = verdict.causes
    .slice(0, 10)
    .map(({ segment, feature }) => (segment ? `${feature} (${segment})` : feature));
  return [
    `${verdict.result}: model ${report.model.slice(0, 12)} as of ${report.asOf.slice(0, 10)}, ${population.customers} customers${
      population.inDefault === null ? '' : `, ${population.inDefault} in default left out`
    }`,
    ...(sequential === null
      ? []
      : [
          `yearly test since ${sequential.since}: evidence ${sequential.evidence.toFixed(2)} of ${sequential.needed} after ${sequential.looks} looks, ${
            sequential.pairs
          } pairs, ${sequential.outcomes} outcomes${
            sequential.taken ? '' : '; of a day before the newest look, so not taken into it'
          }`,
        ]),
    ...(verdict.vanished.length === 0 ? [] : [`gone from the table, or empty: ${verdict.vanished.join(', ')}`]),
    ...(causes.length === 0 ? [] : [`what differs most: ${causes.join(', ')}`]),
    '',
    measures,
    '',
    scores,
    '',
    movement === null
      ? 'no earlier scores to compare with'
      : `since ${report.source.before?.asOf.slice(0, 10) ?? ''}: ${movement.worse} worse, ${movement.better} better, expected loss ${movement.expectedLoss.before.toFixed(0)} to ${movement.expectedLoss.now.toFixed(0)}; most by ${movement.causes
          .slice(0, 3)
          .map(({ feature }) => feature)
          .join(', ')}`,
    outcomes.scored === null
      ? 'nobody could tell what became of those scored'
      : `${outcomes.scored.all.matured} of ${outcomes.scored.all.rated} scored have matured${whenMore(outcomes.scored.all)}`,
    ...(out === undefined ? [] : [out]),
  ].join('\n');
}

function whenMore({ open, nextOn, completeOn }: MaturedFigures): string {
  if (open === 0 || completeOn === null) return '';
  return `; ${open} are open: the next is knowable on ${(nextOn ?? completeOn).slice(0, 10)}, the last on ${completeOn.slice(0, 10)}`;
}
