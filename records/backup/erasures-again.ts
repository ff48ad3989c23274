import { appendFile, mkdir, readFile } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { dataPaths, type Project } from '../../base/index.ts';
import { auditPlaces, withSignedAppender } from '../assurance/index.ts';
import type { Database } from '../database/index.ts';
import { applyErasures, erasuresFile } from '../privacy/index.ts';

/** Name of the list of erasures in a tenant's audit folder. */
export const erasureListName = basename(erasuresFile(''));

/** Adds to the restored list of erasures what longer lists of the same project hold; a line's own code proves it when it is read. */
export async function bringErasures(audit: string, lists: readonly string[]): Promise<void> {
  const path = erasuresFile(audit);
  for (const list of lists) {
    const before = await readFile(path, 'utf8').catch(() => '');
    const known = new Set(before.split('\n'));
    const fresh = (await readFile(list, 'utf8')).split('\n').filter((line) => line !== '' && !known.has(line));
    if (fresh.length === 0) continue;
    await mkdir(dirname(path), { recursive: true });
    await appendFile(path, `${before === '' || before.endsWith('\n') ? '' : '\n'}${fresh.join('\n')}\n`);
  }
}

/** Erases again whom the list names; answers how many. What lies in warehouse and files follows at the next start of server and worker. */
export async function applyErasuresAgain(database: Database, project: Project): Promise<number> {
  const { audit, keys } = dataPaths(project);
  return withSignedAppender({ database, places: auditPlaces(project) }, (appender) =>
    applyErasures({ database, tenant: project.tenant, audit, keys, appender, again: true }),
  );
}
