import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { instant, isProbityError, messageOf, ProbityError, type Json, type Project } from '../../base/index.ts';
import { loadStandards, openRules, parseRuleSet, ruleTablesOf, type LiveRules } from '../../rating/index.ts';
import type { Proposal, ProposedEffect, RuleReign } from '../../records/rules/index.ts';
import { lawOfProject, requireKnownOnRecord, requireLawfulOnRecord } from '../../serving/compose/law-of-project.ts';
import { effectOnRecord } from '../../serving/compose/proposed-effect.ts';
import { action, command, type CommandContext } from '../command.ts';
import { actingPerson, assertSecondPerson } from '../person.ts';
import { ruleFilesOf, withRuleSets } from '../rules-access.ts';
import { textTable } from '../terminal/table.ts';
import { proposedEffectText, simulateEffectCommand } from './rules-effect.ts';

interface DecideOptions {
  readonly reason?: string;
  readonly from?: string;
  readonly note?: string;
  readonly effect?: string;
}

/** `probity rules`: decision tables from files to force. */
export function rulesCommand(): Command {
  const rules = command('rules', 'decision rules: validate, test, submit, approve, list, show, roll back');
  const folder = ['[folder]', 'folder of rule files (default: tables/ in the project’s rules folder)'] as const;
  rules
    .addCommand(
      command(
        'validate',
        'read and analyse every table: unknown fields, gaps, overlaps, unreachable rows, protected attributes; run the examples',
      )
        .argument(...folder)
        .action(action(validate)),
    )
    .addCommand(
      command('test', 'the same, telling each example')
        .argument(...folder)
        .action(action(test)),
    )
    .addCommand(
      command('submit', 'store a sound rule set and ask for its approval')
        .argument(...folder)
        .option('--note <text>', 'what the change is for')
        .action(action<DecideOptions>(submit)),
    )
    .addCommand(
      command(
        'approve',
        'put a submitted set in force; by a second person: another user of this machine, or the holder of another key (PROBITY_KEY)',
      )
        .argument('<proposal>', 'first characters (8 or more) of the proposal’s id or of the set’s hash')
        .option('--from <instant>', 'in force from then on (default: now)')
        .option('--reason <text>', 'why')
        .option(
          '--effect <file>',
          'what `simulate-effect --json` told of this very set, to be kept with the approval beside the effect on record',
        )
        .action(action<DecideOptions>(approve)),
    )
    .addCommand(
      command('reject', 'reject a submitted set; needs a reason')
        .argument('<proposal>', 'first characters (8 or more) of the proposal’s id or of the set’s hash')
        .requiredOption('--reason <text>', 'why')
        .action(action<DecideOptions>(reject)),
    )
    .addCommand(command('list', 'what is in force, was and will be, and the proposals').action(action(list)))
    .addCommand(
      command('show', 'one proposal: where it stands, who did what; with --json its files')
        .argument('<proposal>', 'first characters (8 or more) of the proposal’s id or of the set’s hash')
        .action(action(show)),
    )
    .addCommand(
      command('rollback', 'put the set that was in force before in force again')
        .requiredOption('--reason <text>', 'why')
        .action(action<DecideOptions>(rollback)),
    )
    .addCommand(simulateEffectCommand());
  return rules;
}

/** The project, or null outside of one where a folder is named. */
async function projectFor(context: CommandContext, folder: string | undefined): Promise<Project | null> {
  if (folder === undefined) return context.project();
  return context.project().catch((error: unknown) => {
    if (isProbityError(error, 'PROJECT_NOT_FOUND')) return null;
    throw error;
  });
}

async function opened(context: CommandContext, folder: string | undefined): Promise<LiveRules> {
  const project = await projectFor(context, folder);
  const { masterScale } = loadStandards(project?.rulesDir ?? null);
  const law = project === null ? undefined : await lawOfProject(project);
  return openRules(await ruleFilesOf(project, folder), masterScale, law);
}

const rowsOf = ({ set }: LiveRules): number =>
  ruleTablesOf(set).reduce((sum, { table: { rows } }) => sum + rows.length, 0);

async function validate(context: CommandContext, [folder]: readonly string[]): Promise<void> {
  const rules = await opened(context, folder);
  const { hash, name, version, examples } = rules.set;
  const value = { hash, name, version, engine: rules.engine, rows: rowsOf(rules), examples: examples.length };
  context.result(
    value,
    `${name}@${version} is sound: ${value.rows} rows, no gaps or overlaps, ${examples.length} examples hold (${hash.slice(0, 12)}).`,
  );
}

async function test(context: CommandContext, [folder]: readonly string[]): Promise<void> {
  const { set } = await opened(context, folder);
  const told = set.examples.map(({ kind, example }) => [kind, example.name, Object.keys(example.expect).join(', ')]);
  context.result(
    { hash: set.hash, examples: told.map(([kind, name]) => ({ kind, name, holds: true })) },
    `${textTable(['file', 'example', 'tables'], told)}\n\nAll ${told.length} hold.`,
  );
}

async function submit(context: CommandContext, [folder]: readonly string[], options: DecideOptions): Promise<void> {
  const project = await context.project();
  const { set } = await opened(context, folder);
  const { actor } = await actingPerson(project, 'submitRules');
  const proposal = await withRuleSets(project, async (ruleSets, database) => {
    await requireKnownOnRecord(database, project, set);
    await requireLawfulOnRecord(database, project, set.files);
    const draft = await ruleSets.draft(set, actor, options.note ?? null);
    return ruleSets.submit(draft.proposalId, actor, await effectOnRecord(database, project, set));
  });
  context.result(
    proposal,
    [
      `${set.name}@${set.version} (${set.hash.slice(0, 12)}) waits for approval: probity rules approve ${proposal.proposalId}`,
      ...effectLines(proposal, set.decision.currency.minorDigits),
    ].join('\n'),
  );
}

async function approve(context: CommandContext, [id = '']: readonly string[], options: DecideOptions): Promise<void> {
  const effect = options.effect === undefined ? null : await jsonOf(options.effect);
  const project = await context.project();
  const person = await actingPerson(project, 'approveRules');
  const reign = await withRuleSets(project, async (ruleSets, database) => {
    const { proposalId, rulesHash, author, events } = await ruleSets.proposal(id);
    assertSecondPerson(person, [author, ...events.map(({ actor }) => actor)]);
    await requireLawfulOnRecord(database, project, await ruleSets.load(rulesHash));
    const effectiveFrom = options.from === undefined ? null : instant(options.from);
    return ruleSets.approve(proposalId, person.actor, {
      reason: options.reason ?? null,
      effectiveFrom,
      effect,
    });
  });
  context.result(reign, `${reign.rulesHash.slice(0, 12)} is in force from ${reign.from}.`);
}

async function jsonOf(path: string): Promise<Json> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as Json;
  } catch (error) {
    throw new ProbityError('INVALID_INPUT', `${path} cannot be read as JSON: ${messageOf(error)}`, { cause: error });
  }
}

async function reject(context: CommandContext, [id = '']: readonly string[], options: DecideOptions): Promise<void> {
  const project = await context.project();
  const { actor } = await actingPerson(project, 'rejectRules');
  const proposal = await withRuleSets(project, async (ruleSets) => {
    const { proposalId } = await ruleSets.proposal(id);
    return ruleSets.reject(proposalId, actor, options.reason ?? '');
  });
  context.result(proposal, `${proposal.proposalId} is rejected.`);
}

async function rollback(context: CommandContext, _: readonly string[], options: DecideOptions): Promise<void> {
  const project = await context.project();
  const { actor } = await actingPerson(project, 'rollbackRules');
  const reign = await withRuleSets(project, (ruleSets, database) =>
    ruleSets.rollback(actor, options.reason ?? '', async (hash) =>
      requireLawfulOnRecord(database, project, await ruleSets.load(hash)),
    ),
  );
  context.result(reign, `${reign.rulesHash.slice(0, 12)} is in force again from ${reign.from}.`);
}

async function list(context: CommandContext): Promise<void> {
  await withRuleSets(await context.project(), async (ruleSets) => {
    const [history, proposals, standing] = await Promise.all([
      ruleSets.history(),
      ruleSets.proposals(),
      ruleSets.standing(),
    ]);
    const text = [
      'In force',
      history.length > 0
        ? textTable(
            ['rules', 'from', 'how', 'by', ''],
            history.map((one) => reignRow(one, standing)),
          )
        : 'the project’s files: no rule set has been approved yet',
      '',
      'Proposals',
      proposals.length > 0
        ? textTable(['proposal', 'rules', 'version', 'state', 'author', 'created', 'note'], proposals.map(proposalRow))
        : 'none yet: `probity rules submit` makes one',
    ];
    context.result({ standing, history, proposals }, text.join('\n'));
  });
}

function reignRow({ rulesHash, from, how, actor }: RuleReign, standing: RuleReign | null): string[] {
  const mark = standing === null || from > standing.from ? 'to come' : from === standing.from ? 'now' : '';
  return [rulesHash.slice(0, 12), from, how, actor, mark];
}

function proposalRow({ proposalId, rulesHash, name, version, state, author, createdAt, note }: Proposal): string[] {
  return [proposalId, rulesHash.slice(0, 12), `${name}@${version}`, state, author, createdAt, note ?? ''];
}

/** The effect that was worked out where a proposal was submitted, for who decides on it. */
function effectLines({ events }: Proposal, minorDigits: number): readonly string[] {
  const submitted = events.find(({ kind }) => kind === 'submit')?.effect;
  if (submitted === undefined || submitted === null) return [];
  return ['', proposedEffectText(submitted as unknown as ProposedEffect, minorDigits)];
}

async function show(context: CommandContext, [id = '']: readonly string[]): Promise<void> {
  const project = await context.project();
  await withRuleSets(project, async (ruleSets) => {
    const proposal = await ruleSets.proposal(id);
    const files = await ruleSets.load(proposal.rulesHash);
    const facts = [
      ['proposal', proposal.proposalId],
      ['rules', `${proposal.name}@${proposal.version} ${proposal.rulesHash}`],
      ['state', proposal.state],
      ['drafted', `${proposal.createdAt} by ${proposal.author}${proposal.note === null ? '' : `: ${proposal.note}`}`],
      ...proposal.events.map(({ kind, at, actor, reason }) => [
        kind,
        `${at} by ${actor}${reason === null ? '' : `: ${reason}`}`,
      ]),
    ];
    const text = facts.map(([name = '', value = '']) => `${name.padEnd(10)} ${value}`);
    const { currency } = parseRuleSet(files, loadStandards(project.rulesDir).masterScale).decision;
    context.result({ ...proposal, files }, [...text, ...effectLines(proposal, currency.minorDigits)].join('\n'));
  });
}
