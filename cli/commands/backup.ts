import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { ProbityError } from '../../base/index.ts';
import { readFactsHead } from '../../pipelines/compose/facts-head.ts';
import { createBackup, openBackupKey, type MadeBackup } from '../../records/backup/index.ts';
import { openStorage } from '../../records/storage/index.ts';
import { action, command, type CommandContext } from '../command.ts';
import { withDatabaseServer } from '../stack/index.ts';
import { bytesText } from './backup-text.ts';

interface BackupOptions {
  readonly out?: string;
  readonly keysOut?: string;
  readonly keyFile?: string;
}

/** The file of the backup key where none is named: with the keys, apart from the backup. */
export const keyFileOf = (keysFolder: string): string => join(keysFolder, 'backup.key');

/** `probity backup`: database, warehouse, snapshots, artefacts and the project's files at one point, sealed; keys apart. */
export function backupCommand(): Command {
  return command('backup', 'back up the whole project at one point, sealed; its keys go to another folder')
    .option('--out <dir>', 'folder in which the backup becomes a folder of its own')
    .option('--keys-out <dir>', 'folder for the sealed keys, to be kept apart from the backup')
    .option('--key-file <file>', 'the backup key, made where there is none (default: backup.key in --keys-out)')
    .action(action<BackupOptions>(backup));
}

async function backup(context: CommandContext, _args: readonly string[], options: BackupOptions): Promise<void> {
  const { out, keysOut } = options;
  if (out === undefined || keysOut === undefined)
    throw new ProbityError('USAGE', 'Name two folders: --out for the backup, --keys-out for its keys.');
  if (`${resolve(keysOut)}/`.startsWith(`${resolve(out)}/`))
    throw new ProbityError('USAGE', 'The keys are to be kept apart: name a folder for them that is not in --out.');
  const project = await context.project();
  const { signal } = context;
  const key = await openBackupKey(options.keyFile ?? keyFileOf(keysOut), { make: true });
  const made = await withDatabaseServer(project, (databaseUrl) =>
    createBackup({
      project,
      databaseUrl,
      storage: openStorage(project),
      out: resolve(out),
      keysOut: resolve(keysOut),
      key,
      factsInWarehouse: (warehouse) => readFactsHead(warehouse.connection),
      progress: context.progress,
      signal,
    }),
  );
  context.result(made, madeText(made, options.keyFile ?? keyFileOf(keysOut)));
}

function madeText(made: MadeBackup, keyFile: string): string {
  const { point } = made;
  const facts = point.factsInWarehouse === null ? 'no warehouse yet' : `${point.factsInWarehouse} in the warehouse`;
  return [
    `backup  ${made.folder}`,
    `keys    ${made.keys}`,
    `key     ${keyFile}`,
    `point   ${point.at}: record ${point.chain.sequence}, fact ${point.facts} (${facts})`,
    `${made.files} files, ${made.rows} rows: ${bytesText(made.bytes)}, sealed ${bytesText(made.sealedBytes)}, in ${made.seconds.toFixed(1)} s`,
    ...made.leftOut.map((path) => `not in it, for it lies outside the project's folder: ${path}`),
    'Keep keys and backup key apart from the backup: neither restores anything without the other.',
  ].join('\n');
}
