import { resolve } from 'node:path';
import type { Command } from 'commander';
import { ProbityError } from '../../base/index.ts';
import { openBackupKey, restoreBackup, verifyBackup, type Restored } from '../../records/backup/index.ts';
import { openStorage } from '../../records/storage/index.ts';
import { action, command, EXIT, type CommandContext } from '../command.ts';
import { withDatabaseServer } from '../stack/index.ts';
import { keyFileOf } from './backup.ts';
import { bytesText } from './backup-text.ts';

interface RestoreOptions {
  readonly from?: string;
  readonly keysFrom?: string;
  readonly keyFile?: string;
  readonly into?: string;
  readonly erasures?: readonly string[];
  readonly verifyOnly?: boolean;
}

/** `probity restore`: looks a backup through, and brings it into an empty folder and an empty database. */
export function restoreCommand(): Command {
  const several = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];
  return command(
    'restore',
    'restore a backup into an empty folder: verified first, chain checked, erasures applied again',
  )
    .option('--from <dir>', 'the backup')
    .option('--keys-from <dir>', 'the folder with its sealed keys')
    .option('--key-file <file>', 'the backup key (default: backup.key in --keys-from)')
    .option('--into <dir>', 'an empty folder, which becomes the project')
    .option('--erasures <file>', 'a list of erasures that goes on after the backup; may be given again', several)
    .option('--verify-only', 'look the backup through and write nothing')
    .action(action<RestoreOptions>(restore));
}

async function restore(context: CommandContext, _args: readonly string[], options: RestoreOptions): Promise<number> {
  const { from, keysFrom, into } = options;
  if (from === undefined || keysFrom === undefined)
    throw new ProbityError('USAGE', 'Name the backup, --from, and the folder with its keys, --keys-from.');
  if (into === undefined && !options.verifyOnly)
    throw new ProbityError('USAGE', 'Name an empty folder, --into, or --verify-only.');
  const { progress } = context;
  const since = Date.now();
  const key = await openBackupKey(options.keyFile ?? keyFileOf(keysFrom));
  const backup = await verifyBackup({ from: resolve(from), keysFrom: resolve(keysFrom), key }, progress);
  const verifySeconds = (Date.now() - since) / 1000;
  if (options.verifyOnly || into === undefined) {
    const { backupId, point, files } = backup.manifest;
    const text = `${backupId} is whole: ${files.length} files, of ${point.at}; looked through in ${verifySeconds.toFixed(1)} s`;
    context.result({ backupId, point, files: files.length, seconds: verifySeconds }, text);
    return EXIT.ok;
  }
  const restored = await restoreBackup(backup, {
    into: resolve(into),
    withDatabase: withDatabaseServer,
    storage: openStorage,
    erasureLists: options.erasures ?? [],
    environment: process.env,
    progress,
  });
  const { project, ...rest } = restored;
  context.result({ ...rest, into: project.root, verifySeconds }, restoredText(restored, verifySeconds));
  return restored.audit.ok ? EXIT.ok : EXIT.failed;
}

function restoredText(restored: Restored, verifySeconds: number): string {
  const { recoveryPoint: point, audit, project, erased } = restored;
  const total = verifySeconds + restored.seconds;
  return [
    `restored        ${project.root}`,
    `recovery point  ${point.at}: record ${point.chain.sequence}${point.chain.at === null ? '' : ` of ${point.chain.at}`}, fact ${point.facts}`,
    audit.ok
      ? `audit chain     whole: ${audit.records} records, ${audit.checkpoints} checkpoints`
      : `AUDIT CHAIN     NOT AS SIGNED: ${audit.bad?.message ?? audit.problems.map(({ message }) => message).join(' ')}`,
    `erasures        ${erased} applied again${erased > 0 ? '; warehouse and files follow at the next start' : ''}`,
    `time            ${total.toFixed(1)} s (${verifySeconds.toFixed(1)} s to look it through), ${bytesText(restored.bytes)}, ${restored.rows} rows`,
    'What came after the recovery point is not there: the source systems send events and files again, `probity audit verify --anchor FILE` names the records.',
  ].join('\n');
}
