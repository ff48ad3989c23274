import { randomBytes } from 'node:crypto';
import { readdir, rm, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';

const DAY_MS = 86_400_000;
const TEMPORARY = /\.tmp-(?:(?<host>.+)-(?<pid>\d+)-)?[0-9a-f]{12}$|\.[0-9a-f]{12}\.tmp$/;

/** A name for a file or folder that is being written beside its final place; it tells whose it is. */
export function temporaryName(name: string): string {
  return `${name}.tmp-${hostname()}-${process.pid}-${randomBytes(6).toString('hex')}`;
}

/**
 * Removes from a folder what writers that died have left: temporaries (`temporaryName`, `writeFileAtomic`) whose process on this machine
 * is gone, or that are a day old. A folder that does not exist holds none.
 */
export async function removeAbandoned(folder: string): Promise<void> {
  for (const name of await readdir(folder).catch(() => [])) {
    const temporary = TEMPORARY.exec(name);
    if (!temporary) continue;
    const path = join(folder, name);
    if (ownerIsGone(temporary) || (await isOld(path))) await rm(path, { recursive: true, force: true });
  }
}

/** Whether no process has this id any more. */
export function isGone(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'EPERM';
  }
}

/** The same in every folder of a folder. */
export async function removeAbandonedBelow(folder: string): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  for (const entry of entries) if (entry.isDirectory()) await removeAbandoned(join(folder, entry.name));
}

function ownerIsGone({ groups }: RegExpExecArray): boolean {
  return groups?.['host'] === hostname() && isGone(Number(groups['pid']));
}

async function isOld(path: string): Promise<boolean> {
  const made = await stat(path).catch(() => null);
  return made !== null && Date.now() - made.mtimeMs > DAY_MS;
}
