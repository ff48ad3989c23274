import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import { z } from 'zod';
import { isProbityError, ProbityError, type Instant, type Project } from '../../base/index.ts';
import { assertCheckpointed, audit, auditPlaces, type AuditReport } from '../../records/assurance/index.ts';
import { storedHead } from '../../records/audit/index.ts';
import {
  anchorByTimeStamp,
  anchorToFile,
  keepCheckpoints,
  newestCheckpoint,
  openSigner,
  rotateSigner,
  type Checkpoint,
} from '../../records/checkpoints/index.ts';
import { openDatabase, type Database } from '../../records/database/index.ts';
import type { Receipt } from '../../records/ratings/index.ts';
import { openStorage, type Storage } from '../../records/storage/index.ts';
import { action, command, type CommandContext } from '../command.ts';
import { resolveDatabase } from '../stack/index.ts';

interface VerifyOptions {
  readonly receipt?: readonly string[];
  readonly from?: string;
  readonly anchor?: readonly string[];
  readonly publicKey?: readonly string[];
  readonly tsaCa?: readonly string[];
}

/** `probity audit`: what makes the records evidence: verifying, signing and anchoring the audit chain. */
export function auditCommand(): Command {
  const several = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];
  const group = command('audit', 'the audit chain: verify it, sign a checkpoint, anchor it with a second party');
  group.addCommand(
    command(
      'verify',
      'verify the chain, its checkpoints, anchors and receipts, and what ratings were computed with; names the first bad one',
    )
      .option('--receipt <file or JSON>', 'a receipt, or an answer that holds one; may be given again', several)
      .option('--from <n>', 'first record to look at (default: 1)')
      .option('--anchor <file>', 'checkpoints that a second party keeps; may be given again', several)
      .option('--public-key <file>', 'PEM of a key that alone may have signed; may be given again', several)
      .option('--tsa-ca <file>', 'certificate that time stamps must chain to; may be given again', several)
      .action(action<VerifyOptions>(verify)),
  );
  group.addCommand(
    command('checkpoint', 'sign where the chain stands now').action(action(async (context) => checkpoint(context))),
  );
  group.addCommand(
    command('anchor', 'sign where the chain stands now, and leave the checkpoint with a second party')
      .option('--file <path>', 'append it to this file of another system')
      .option('--tsa <url>', 'have it stamped by an RFC 3161 time-stamping authority')
      .action(action<{ readonly file?: string; readonly tsa?: string }>(anchor)),
  );
  group.addCommand(
    command('rotate-key', 'retire the signing key and make a new one; its public key is kept').action(action(rotate)),
  );
  return group;
}

async function verify(context: CommandContext, _args: readonly string[], options: VerifyOptions): Promise<number> {
  const from = options.from === undefined ? 1 : Number(options.from);
  if (!Number.isSafeInteger(from) || from < 1) throw new ProbityError('USAGE', '--from is a whole number from 1.');
  const receipts = await Promise.all((options.receipt ?? []).map(readReceipt));
  const project = await context.project();
  const report = await withStored(project, (storage) =>
    withDatabase(project, (database) =>
      audit(database, auditPlaces(project), {
        from,
        receipts,
        anchorFiles: options.anchor ?? [],
        publicKeyFiles: options.publicKey ?? [],
        authorityFiles: options.tsaCa ?? [],
        storage,
      }),
    ),
  );
  context.result(report, reportText(report));
  return report.ok ? 0 : 1;
}

/** The project's storage as it is: of a bucket nothing that this machine fetched before, which may no longer be there. */
async function withStored<T>(project: Project, work: (storage: Storage) => Promise<T>): Promise<T> {
  if (project.storage.kind === 'folder') return work(openStorage(project));
  const fetched = await mkdtemp(join(tmpdir(), 'probity-audit-'));
  try {
    return await work(openStorage({ ...project, dataDir: fetched }));
  } finally {
    await rm(fetched, { recursive: true, force: true });
  }
}

function reportText(report: AuditReport): string {
  const lines: string[] = [];
  if (report.bad !== null)
    lines.push(`FIRST BAD RECORD: ${report.bad.sequence} (${report.bad.problem}). ${report.bad.message}`);
  const range = report.records === 0 ? 'no records' : `records ${report.from} to ${report.through}`;
  lines.push(`${range} verified${report.bad === null ? `, ending in ${report.hash}` : ' before it'}`);
  lines.push(`held against ${report.checkpoints} checkpoints, ${report.anchors} anchors, ${report.receipts} receipts`);
  const { held, bad } = report.parts;
  lines.push(
    `${held} parts that ratings name, and rule sets, have their hashes${bad === null ? '' : ', before the first bad one'}`,
  );
  if (bad !== null)
    lines.push(
      `FIRST BAD PART: ${bad.role} ${bad.hash}${bad.sequence === null ? '' : `, first named by record ${bad.sequence}`}. ${bad.message}`,
    );
  for (const { at, message } of report.problems) lines.push(`PROBLEM: ${at}: ${message}`);
  const open = Math.max(0, report.through - report.signedThrough);
  if (report.ok) lines.push(open === 0 ? 'all of it is signed' : `signed up to ${report.signedThrough}: ${open} newer`);
  return lines.join('\n');
}

const receiptSchema = z.object({
  sequence: z.int().min(1),
  hash: z.string().regex(/^[0-9a-f]{64}$/),
  at: z.iso.datetime(),
});

/** A receipt as JSON text, or in a file: alone, or inside the answer that gave it. */
async function readReceipt(given: string): Promise<Receipt> {
  const text = given.trimStart().startsWith('{') ? given : existsSync(given) ? await readFile(given, 'utf8') : null;
  if (text === null) throw new ProbityError('FILE_NOT_FOUND', `There is no receipt file ${given}.`);
  try {
    const value = JSON.parse(text) as { readonly receipt?: unknown };
    const { sequence, hash, at } = receiptSchema.parse(value.receipt ?? value);
    return { sequence, hash, at: at as Instant };
  } catch (error) {
    throw new ProbityError('INVALID_INPUT', 'This is no receipt: {"sequence", "hash", "at"} as a rating answers it.', {
      cause: error,
    });
  }
}

async function checkpoint(context: CommandContext): Promise<void> {
  const signed = await signNow(await context.project());
  context.result(signed, `record ${signed.sequence} signed with key ${signed.key} at ${signed.at}`);
}

async function anchor(
  context: CommandContext,
  _args: readonly string[],
  options: { readonly file?: string; readonly tsa?: string },
): Promise<void> {
  const { file, tsa } = options;
  if (file === undefined && tsa === undefined)
    throw new ProbityError('USAGE', 'Name a second party: --file, --tsa, or both.');
  const project = await context.project();
  const signed = await signNow(project);
  const lines = [`record ${signed.sequence} signed with key ${signed.key}`];
  if (file !== undefined) {
    await anchorToFile(file, signed);
    lines.push(`appended to ${file}`);
  }
  const stamp = tsa === undefined ? null : await anchorByTimeStamp(auditPlaces(project).timeStamps, tsa, signed);
  if (stamp !== null) lines.push(`stamped by ${stamp.authority} at ${stamp.at}: ${stamp.path}`);
  context.result({ checkpoint: signed, file: file ?? null, timeStamp: stamp }, lines.join('\n'));
}

/** Signs where the chain stands, if the database still holds what was signed last. */
async function signNow(project: Project): Promise<Checkpoint> {
  const places = auditPlaces(project);
  return withDatabase(project, async (database) => {
    await assertCheckpointed(database, places);
    const { tenant, checkpoints: folder, keys } = places;
    const keeper = keepCheckpoints({ folder, tenant, signer: await openSigner(keys) });
    keeper.note(await storedHead(database, tenant));
    await keeper.close();
    const newest = await newestCheckpoint(folder);
    if (newest === null) throw new ProbityError('INTERNAL', 'No checkpoint was written.');
    return newest;
  });
}

async function rotate(context: CommandContext): Promise<void> {
  const project = await context.project();
  // What the old key vouches for is signed with it before it goes.
  await signNow(project).catch((error: unknown) => {
    if (!isProbityError(error, 'SERVICE_UNAVAILABLE')) throw error;
  });
  const { retired, keyId } = await rotateSigner(auditPlaces(project).keys);
  context.result(
    { retired, keyId },
    `key ${retired} is retired, ${keyId} signs from now on; restart servers and workers, and give the new public key to your auditor`,
  );
}

async function withDatabase<T>(project: Project, work: (database: Database) => Promise<T>): Promise<T> {
  const database = await openDatabase(await resolveDatabase(project), { maxConnections: 2 });
  try {
    return await work(database);
  } finally {
    await database.close();
  }
}
