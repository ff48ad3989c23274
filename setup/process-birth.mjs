import { readFile } from 'node:fs/promises';

/**
 * When a process began, in the kernel's ticks, so that a process id used again is not taken for its first owner.
 * Null where there is no such process, and on systems other than Linux.
 */
export async function birthOf(pid) {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null);
  return stat === null ? null : (stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null);
}
