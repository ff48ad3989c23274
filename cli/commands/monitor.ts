import { writeFile } from 'node:fs/promises';
import { join, parse } from 'node:path';
import type { Command } from 'commander';
import { instant, isProbityError, systemClock, type Instant, type Project } from '../../base/index.ts';
import type { IdentifiedMonitoringReport, MaturedFigures } from '../../models/monitoring/index.ts';
import { parseSlotKey, type Slot } from '../../models/registry/index.ts';
import {
  followedSlots,
  monitorModel,
  noteNotFollowed,
  notFollowedOf,
  projectMonitorParts,
} from '../../pipelines/compose/index.ts';
import type { NotFollowed } from '../../pipelines/messages.ts';
import { projectSlot } from '../../pipelines/requests.ts';
import type { Database } from '../../records/database/index.ts';
import { createChampions } from '../../records/registry/index.ts';
import { createMonitoringGaps, createMonitoringReports } from '../../records/reports/index.ts';
import { monitoringPage } from '../../serving/portfolio/monitoring-page.ts';
import { action, command, type CommandContext } from '../command.ts';
import { languageNamed } from '../language-option.ts';
import { withMigrated } from '../records-access.ts';
import { textTable } from '../terminal/table.ts';

interface MonitorOptions {
  readonly asOf?: string;
  readonly slot?: string;
  readonly out?: string;
  readonly language: string;
}

/** `probity monitor`: the models whose scores customers have, looked at as of an instant slot by slot, and what is on record of them. */
export function monitorCommand(): Command {
  return command('monitor', 'look at the models and put it on record: inputs, scores, what moved and why, performance')
    .option('--as-of <instant>', 'look at the newest scores at or before it (default: the newest)')
    .option('--slot <key>', 'one slot, such as trade/farm/12m (default: every slot that has a champion)')
    .option(
      '--out <file>',
      'the report as a page (.html) or as data (.json); of further slots beside it, by their names',
    )
    .option('--language <code>', 'of the page: en or zh-CN', 'en')
    .action(action<MonitorOptions>(monitor))
    .addCommand(command('list', 'the reports on record, newest first').action(action(list)));
}

async function monitor(context: CommandContext, _: readonly string[], options: MonitorOptions): Promise<void> {
  const language = languageNamed(options.language);
  const asOf = options.asOf === undefined ? null : instant(options.asOf);
  const asked = options.slot === undefined ? null : parseSlotKey(options.slot);
  const project = await context.project();
  const { looks, notFollowed } = await withMigrated(project, (database) =>
    lookAtSlots(context, project, database, asked, asOf),
  );
  if (options.out !== undefined) {
    const isData = options.out.endsWith('.json');
    for (const [i, report] of looks.entries())
      await writeFile(
        fileOf(options.out, report.slot, i),
        isData ? `${JSON.stringify(report, null, 2)}\n` : monitoringPage(report, language),
      );
  }
  const told = looks.map((report, i) =>
    monitorText(report, options.out === undefined ? undefined : fileOf(options.out, report.slot, i)),
  );
  const not = notFollowed.map(({ slot, code, message }) => `not followed: ${slot}, because ${code}: ${message}`);
  context.result({ looks, notFollowed }, [...told, ...(not.length === 0 ? [] : [not.join('\n')])].join('\n\n'));
}

/** Looks at each slot; what keeps one from it is told and on record, and keeps no other from it. Throws it where it keeps all of them. */
async function lookAtSlots(
  context: CommandContext,
  project: Project,
  database: Database,
  asked: Slot | null,
  asOf: Instant | null,
): Promise<{ readonly looks: readonly IdentifiedMonitoringReport[]; readonly notFollowed: readonly NotFollowed[] }> {
  const champions = createChampions(database, project.tenant);
  const only = asked !== null;
  const { families, idle } = await followedSlots(champions, { slot: asked ?? projectSlot(project), only });
  const looks: IdentifiedMonitoringReport[] = [];
  const notFollowed: NotFollowed[] = [];
  let first: unknown = null;
  for (const { slot, key } of families.flatMap(({ slots }) => slots)) {
    context.progress({
      step: 'monitor',
      message: `comparing the customers of ${key} with what its model learnt from`,
    });
    try {
      looks.push(await monitorModel(projectMonitorParts(project, database, slot), slot, asOf));
    } catch (error) {
      if (!isProbityError(error)) throw error;
      first ??= error;
      notFollowed.push({ slot: key, code: error.code, message: error.message });
    }
  }
  const gaps = createMonitoringGaps(database, project.tenant);
  if (asOf === null) await noteNotFollowed({ champions, gaps }, { notFollowed, only }, systemClock.now());
  if (looks.length === 0 && first !== null) throw first;
  return { looks, notFollowed: [...notFollowed, ...idle.map(notFollowedOf)] };
}

/** The file of a report: of the first the very one, of others one beside it that names the slot. */
function fileOf(out: string, slot: string, place: number): string {
  if (place === 0) return out;
  const { dir, name, ext } = parse(out);
  return join(dir, `${name}.${slot.replaceAll('*', 'all').replaceAll('/', '-')}${ext}`);
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
    `${report.slot}: ${verdict.result}: model ${report.model.slice(0, 12)} as of ${report.asOf.slice(0, 10)}, ${population.customers} customers${
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
