import { setTimeout } from 'node:timers/promises';
import type { Command } from 'commander';
import { pino } from 'pino';
import { dataPaths, ProbityError, systemClock, writeFileAtomic, type Project } from '../../base/index.ts';
import { payloadKeyFile } from '../../pipelines/payload-codec.ts';
import { openPseudonymKey } from '../../records/checkpoints/index.ts';
import { openDatabase } from '../../records/database/index.ts';
import {
  createVault,
  ERASURE_GROUNDS,
  rotateMasterKeys,
  type Erasure,
  type ErasureGround,
  masterKeyFile,
} from '../../records/privacy/index.ts';
import { pseudonymsUnder } from '../../records/ratings/index.ts';
import { composeServing } from '../../serving/compose/index.ts';
import { customerExport } from '../../serving/customers/export.ts';
import type { ServingDependencies } from '../../serving/dependencies.ts';
import { createRecorder } from '../../serving/ratings/recorder.ts';
import { action, command, type CommandContext } from '../command.ts';
import { cliActor } from '../keys-access.ts';
import { findServices, resolveDatabase } from '../stack/index.ts';

interface ExportOptions {
  readonly purpose: string;
  readonly out: string;
}

interface EraseOptions {
  readonly reason: string;
  readonly ground: string;
  readonly wait?: boolean;
}

/** `probity customers`: what customers have a right to: everything that is held of them, and that it is erased. */
export function customersCommand(): Command {
  return command('customers', "customers' rights over their data: export all that is held, erase it")
    .addCommand(
      command('export', 'write everything that is held of a customer as JSON; that it was looked at goes on record')
        .argument('<id>', 'the customer')
        .requiredOption('--purpose <text>', 'why it is looked at')
        .requiredOption('--out <file>', 'file to write, readable by its owner alone')
        .action(action<ExportOptions>(exportOne)),
    )
    .addCommand(
      command('erase', 'erase a customer for good: tables at once, files and histories by the running worker')
        .argument('<id>', 'the customer')
        .requiredOption('--reason <text>', 'stays on record: name the request, never the customer')
        .option('--ground <ground>', ERASURE_GROUNDS.join(', '), 'request')
        .option('--wait', 'wait until files and histories are done, too')
        .action(action<EraseOptions>(eraseOne)),
    )
    .addCommand(
      command('erasure', 'how far the erasure of a customer is, and what each step removed')
        .argument('<id>', 'the customer')
        .action(action(showOne)),
    )
    .addCommand(
      command(
        'rotate-keys',
        'begin new keys: of customers (all wrapped anew) and of Temporal’s payloads; then restart',
      ).action(action(rotate)),
    );
}

async function exportOne(context: CommandContext, [id = '']: readonly string[], options: ExportOptions): Promise<void> {
  await withDeps(await context.project(), async (deps) => {
    const { actor, purpose } = { actor: cliActor(), purpose: options.purpose };
    await deps.dossiers.accesses.record(id, { actor, purpose, what: 'export' });
    const all = await customerExport(deps, createRecorder(deps), id, systemClock.now());
    await writeFileAtomic(options.out, `${JSON.stringify(all, null, 2)}\n`, 0o600);
    const counts = {
      file: all.file.length,
      ratings: all.ratings.length,
      cases: all.cases.length,
      facts: all.facts.length,
    };
    context.result(
      { out: options.out, ...counts },
      `${options.out}: ${counts.file} entries, ${counts.ratings} ratings, ${counts.cases} cases, ${counts.facts} facts`,
    );
  });
}

async function eraseOne(context: CommandContext, [id = '']: readonly string[], options: EraseOptions): Promise<void> {
  const ground = ERASURE_GROUNDS.find((each) => each === options.ground);
  if (ground === undefined) throw new ProbityError('USAGE', `--ground is one of ${ERASURE_GROUNDS.join(', ')}.`);
  const { reason } = options;
  await withDeps(await context.project(), async ({ privacy }) => {
    let erasure = await privacy.erase(id, { actor: cliActor(), ground: ground satisfies ErasureGround, reason });
    while (options.wait === true && erasure.completedAt === null && !context.signal.aborted) {
      context.progress({ step: 'erasure', message: erasure.steps.at(-1)?.step ?? 'waiting' });
      await setTimeout(1_000, undefined, { signal: context.signal }).catch(() => {});
      erasure = (await privacy.erasure(id)) ?? erasure;
    }
    context.result(erasure, erasureText(erasure));
  });
}

async function showOne(context: CommandContext, [id = '']: readonly string[]): Promise<void> {
  await withDeps(await context.project(), async ({ privacy }) => {
    const erasure = await privacy.erasure(id);
    if (erasure === null) throw new ProbityError('NOT_FOUND', 'No erasure of this customer was asked for.');
    context.result(erasure, erasureText(erasure));
  });
}

/** Old keys stay in their files: histories, and backups of the database, open with them. */
async function rotate(context: CommandContext): Promise<void> {
  const project = await context.project();
  const { keys } = dataPaths(project);
  const database = await openDatabase(await resolveDatabase(project), { maxConnections: 2 });
  try {
    const pseudonyms = pseudonymsUnder(await openPseudonymKey(keys));
    const masterKeys = await rotateMasterKeys(masterKeyFile(keys));
    const customers = await createVault(database, project.tenant, masterKeys, pseudonyms).rotate();
    await rotateMasterKeys(payloadKeyFile(keys));
    context.result({ customers }, `keys of ${customers} customers wrapped anew; restart the API and the workers`);
  } finally {
    await database.close();
  }
}

function erasureText({ subject, requestedAt, steps, completedAt }: Erasure): string {
  const removed = (counts: Erasure['steps'][number]['removed']): string =>
    Object.entries(counts)
      .map(([what, count]) => `${what} ${count}`)
      .join(', ') || 'nothing';
  return [
    `erasure of ${subject}, asked for at ${requestedAt}`,
    ...steps.map((step) => `  ${step.at} ${step.step}: ${removed(step.removed)}`),
    completedAt === null
      ? 'files and histories follow while `probity up` or a worker and the API run'
      : `completed at ${completedAt}`,
  ].join('\n');
}

/** The API's own dependencies, without the API. */
async function withDeps(project: Project, work: (deps: ServingDependencies) => Promise<void>): Promise<void> {
  const { deps, close } = await composeServing(
    project,
    await resolveDatabase(project),
    pino({ level: 'silent' }),
    async () => (await findServices(project)).temporalAddress,
  );
  try {
    await work(deps);
  } finally {
    await close();
  }
}
