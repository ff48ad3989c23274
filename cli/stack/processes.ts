import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** True while a process with this id exists (a zombie counts as gone on Linux). */
export async function isAlive(pid: number): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  if (process.platform !== 'linux') return true;
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null);
  return stat === null || !/\) [ZX] /.test(stat);
}

/** The command line of a running process, or null where it cannot be told. */
export async function commandLine(pid: number): Promise<string | null> {
  if (process.platform === 'linux') {
    const bytes = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => null);
    return bytes === null ? null : bytes.split('\0').join(' ').trim();
  }
  return run('ps', ['-p', String(pid), '-o', 'command=']).then(
    ({ stdout }) => stdout.trim(),
    () => null,
  );
}

/**
 * Ends a process by its id: `signal`, then SIGKILL once `patienceMs` have passed. Answers when it is gone.
 * A process that is not there is fine.
 */
export async function endProcess(pid: number, signal: NodeJS.Signals = 'SIGTERM', patienceMs = 10_000): Promise<void> {
  const send = (what: NodeJS.Signals) => {
    try {
      process.kill(pid, what);
    } catch {
      // already gone
    }
  };
  send(signal);
  if (await gone(pid, patienceMs)) return;
  send('SIGKILL');
  await gone(pid, 5_000);
}

async function gone(pid: number, withinMs: number): Promise<boolean> {
  const until = Date.now() + withinMs;
  while (await isAlive(pid)) {
    if (Date.now() > until) return false;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return true;
}
