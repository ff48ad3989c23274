import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { dataPaths, type Instant, type Project } from '../../base/index.ts';
import { appendDurably } from '../checkpoints/index.ts';

const noteSchema = z.object({
  backupId: z.string(),
  at: z.iso.datetime().transform((text) => text as Instant),
  folder: z.string(),
  sealedBytes: z.int(),
});

/** That a backup was made, of which point, and where it was left. */
export type BackupNote = z.output<typeof noteSchema>;

/** The list of backups that were made of a project on this machine. */
const listOf = (project: Pick<Project, 'dataDir' | 'tenant'>): string =>
  join(dirname(dataPaths(project).warehouse), 'backups.jsonl');

/** Adds a finished backup to the list. */
export async function noteBackup(project: Project, note: BackupNote): Promise<void> {
  await appendDurably(listOf(project), JSON.stringify(note));
}

/** The newest backup that was made here, or null. */
export async function lastBackup(project: Pick<Project, 'dataDir' | 'tenant'>): Promise<BackupNote | null> {
  const lines = (await readFile(listOf(project), 'utf8').catch(() => '')).split('\n');
  for (const line of lines.toReversed()) {
    try {
      return noteSchema.parse(JSON.parse(line));
    } catch {
      // An empty or unfinished last line.
    }
  }
  return null;
}
