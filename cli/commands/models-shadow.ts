import type { Command } from 'commander';
import { ProbityError } from '../../base/index.ts';
import { parseSlotKey, slotKey } from '../../models/registry/index.ts';
import { createRegistry, createTrafficSplits } from '../../records/registry/index.ts';
import { createShadows, createShadowScores, type Shadow, type ShadowCounts } from '../../records/shadows/index.ts';
import { action, command, type CommandContext } from '../command.ts';
import { actingPerson, assertSecondPerson } from '../person.ts';
import { findCandidate } from '../registry-access.ts';
import { findShadow, withDatabase } from '../shadows-access.ts';
import { textTable } from '../terminal/table.ts';

interface TrialOptions {
  readonly slot?: string;
  readonly share: string;
  readonly reason?: string;
}

interface ShadowsOptions {
  readonly score?: true;
}

const SLOT = 'portfolio/segment/12m, with * for all segments';

/** `probity models shadow`, `unshadow`, `shadows`, `split` and `unsplit`: challengers beside champions. */
export function shadowCommands(): readonly Command[] {
  return [
    command('shadow', 'let a registered model score the ratings of a slot after the fact; it decides nothing')
      .argument('<candidate>', 'candidate id, or the first characters of its model hash')
      .option('--slot <slot>', `${SLOT} (default: that of the candidate)`)
      .option('--share <share>', 'share of the customers, above 0 and at most 1', '1')
      .action(action<TrialOptions>(shadow)),
    command('unshadow', 'end a shadow; what it said stays')
      .argument('<shadow>', 'the first characters of the shadow’s id, its candidate’s, or its model’s hash')
      .action(action(unshadow)),
    command('shadows', 'challengers beside champions: shadows with what they have scored, and traffic splits')
      .option('--score', 'first score the ratings that no shadow has read yet, here and now')
      .action(action<ShadowsOptions>(shadows)),
    command('split', 'let a second model that may decide rate a share of a slot’s customers; needs a second person')
      .argument('<candidate>', 'candidate id, or the first characters of its model hash')
      .requiredOption('--share <share>', 'share of the customers, above 0 and below 1')
      .option('--reason <text>', 'why; required past a gate that did not pass')
      .action(action<TrialOptions>(split)),
    command('unsplit', 'let the champion of a slot rate all its customers again')
      .argument('<slot>', SLOT)
      .requiredOption('--reason <text>', 'why')
      .action(action<TrialOptions>(unsplit)),
  ];
}

async function shadow(context: CommandContext, [id = '']: readonly string[], options: TrialOptions): Promise<void> {
  const project = await context.project();
  const share = shareOf(options);
  const { actor } = await actingPerson(project, 'submitRules', { isOfModels: true });
  await withDatabase(project, async (database) => {
    const candidate = await findCandidate(createRegistry(database, project.tenant), id);
    const slot = options.slot === undefined ? candidate.slot : parseSlotKey(options.slot);
    const started = await createShadows(database, project.tenant).start(candidate, {
      slot,
      share,
      actor,
    });
    context.result(
      started,
      `${started.modelHash.slice(0, 12)} shadows ${slotKey(slot)} for ${percent(share)} of its customers: ${started.shadowId}. It decides nothing.`,
    );
  });
}

async function unshadow(context: CommandContext, [id = '']: readonly string[]): Promise<void> {
  const project = await context.project();
  const { actor } = await actingPerson(project, 'submitRules', { isOfModels: true });
  await withDatabase(project, async (database) => {
    const all = createShadows(database, project.tenant);
    const ended = await all.end(findShadow(await all.list(), id).shadowId, actor);
    context.result(ended, `${ended.modelHash.slice(0, 12)} shadows ${slotKey(ended.slot)} no more.`);
  });
}

async function shadows(context: CommandContext, _: readonly string[], { score }: ShadowsOptions): Promise<void> {
  const project = await context.project();
  const { tenant } = project;
  await withDatabase(project, async (database) => {
    if (score) {
      const { scoreShadowsNow } = await import('../../pipelines/compose/score-shadows-now.ts');
      await scoreShadowsNow(project, database, context);
    }
    const scores = createShadowScores(database, tenant);
    const found: (Shadow & ShadowCounts)[] = [];
    for (const each of await createShadows(database, tenant).list())
      found.push({ ...each, ...(await scores.counts(each.shadowId)) });
    const splits = await createTrafficSplits(database, tenant).list();
    const rows = found.map((one) => [
      one.shadowId,
      slotKey(one.slot),
      one.modelHash.slice(0, 12),
      percent(one.share),
      one.endedAt === null ? `since ${one.startedAt}` : `ended ${one.endedAt}`,
      String(one.scored),
      Object.entries(one.skipped)
        .map(([why, count]) => `${count} ${why}`)
        .join(', '),
    ]);
    const text = [
      'Shadows',
      rows.length > 0
        ? textTable(['shadow', 'slot', 'model', 'share', 'state', 'scored', 'skipped'], rows)
        : 'none yet: `probity models shadow` makes one',
      '',
      'Traffic splits',
      splits.length > 0
        ? textTable(
            ['slot', 'model', 'share', 'by', 'state'],
            splits.map((one) => [
              slotKey(one.slot),
              one.modelHash.slice(0, 12),
              percent(one.share),
              one.actor,
              one.until === null ? `since ${one.from}` : `ended ${one.until}: ${one.endReason}`,
            ]),
          )
        : 'none',
    ];
    context.result({ shadows: found, splits }, text.join('\n'));
  });
}

async function split(context: CommandContext, [id = '']: readonly string[], options: TrialOptions): Promise<void> {
  const project = await context.project();
  const person = await actingPerson(project, 'approveRules', { isOfModels: true });
  await withDatabase(project, async (database) => {
    const candidate = await findCandidate(createRegistry(database, project.tenant), id);
    assertSecondPerson(person, [candidate.submitter]);
    const begun = await createTrafficSplits(database, project.tenant).start(candidate, {
      slot: candidate.slot,
      share: shareOf(options),
      actor: person.actor,
      reason: options.reason ?? null,
    });
    context.result(
      begun,
      `${slotKey(begun.slot)}: ${begun.modelHash.slice(0, 12)} decides for ${percent(begun.share)} of the customers since ${begun.from}, by split ${begun.splitId}.`,
    );
  });
}

async function unsplit(context: CommandContext, [slot = '']: readonly string[], options: TrialOptions): Promise<void> {
  const project = await context.project();
  const { actor } = await actingPerson(project, 'approveRules', { isOfModels: true });
  await withDatabase(project, async (database) => {
    const ended = await createTrafficSplits(database, project.tenant).end(
      parseSlotKey(slot),
      actor,
      options.reason ?? '',
    );
    context.result(ended, `${slot}: the champion rates all customers again.`);
  });
}

function shareOf({ share }: TrialOptions): number {
  const value = share.trim() === '' ? Number.NaN : Number(share);
  if (value > 0 && value <= 1) return value;
  throw new ProbityError('USAGE', '--share must lie above 0 and at most at 1.', { fix: 'For example --share 0.2.' });
}

function percent(share: number): string {
  return `${Number((100 * share).toPrecision(6))} %`;
}
