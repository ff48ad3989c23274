import { chmod, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { ProbityError, type Project } from '../base/index.ts';
import { migrate, openDatabase } from '../records/database/index.ts';
import { createKeys, type Keys } from '../records/keys/index.ts';
import type { CommandContext } from './command.ts';

/** Opens the keys of a project's tenant for `work`, brings the schema up to date first, and closes the database again. */
export async function withKeys<T>(project: Project, databaseUrl: string, work: (keys: Keys) => Promise<T>): Promise<T> {
  const database = await openDatabase(databaseUrl, { maxConnections: 1 });
  try {
    await migrate(database);
    return await work(createKeys(database, project.tenant));
  } finally {
    await database.close();
  }
}

/** How records name who acts by a command without a key: the user of this machine, by number where it has no name. */
export function cliActor(): string {
  try {
    return `cli:${userInfo().username}`;
  } catch {
    return `cli:uid-${process.getuid?.() ?? 'unknown'}`;
  }
}

/**
 * Makes the tenant's first admin key where it has had none, and shows it on stderr, this once: it is stored nowhere and logged nowhere.
 * With `file` it is written there instead, readable by this user alone; a file that exists is refused (FILE_UNUSABLE).
 */
export async function firstKey(
  context: Pick<CommandContext, 'warn'>,
  project: Project,
  databaseUrl: string,
  file: string | undefined,
): Promise<void> {
  const issued = await withKeys(project, databaseUrl, (keys) => keys.createFirst(cliActor()));
  if (issued === null) return;
  if (file !== undefined) {
    try {
      await writeFile(file, `${issued.written}\n`, { flag: 'wx', mode: 0o600 });
      await chmod(file, 0o600);
      context.warn(`The first admin key is in ${file}.`);
      return;
    } catch (error) {
      context.warn(firstKeyText(issued.written));
      throw new ProbityError('FILE_UNUSABLE', `The first admin key cannot be written to ${file}.`, { cause: error });
    }
  }
  context.warn(firstKeyText(issued.written));
}

function firstKeyText(written: string): string {
  return [
    'The first admin key of this project, shown this once; keep it, or make another with `probity keys create`:',
    `  ${written}`,
  ].join('\n');
}
