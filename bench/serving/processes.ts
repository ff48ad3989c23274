import { spawn, type ChildProcess } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

/** Ticks of /proc in a second, on every Linux that Node.js runs on. */
const TICKS = 100;

interface Stat {
  readonly parent: number;
  readonly ticks: number;
}

/** What Linux says of a process: its parent, and its CPU time with that of its ended children. */
function statOf(pid: number): Stat | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    const at = (field: number): number => Number(fields[field - 3]);
    return { parent: at(4), ticks: at(14) + at(15) + at(16) + at(17) };
  } catch {
    return null;
  }
}

/** These processes and all that descend from them. */
function family(roots: readonly number[]): Map<number, Stat> {
  const all = new Map<number, Stat>();
  for (const name of readdirSync('/proc')) {
    const stat = /^\d+$/.test(name) ? statOf(Number(name)) : null;
    if (stat !== null) all.set(Number(name), stat);
  }
  const belongs = (pid: number): boolean => {
    if (roots.includes(pid)) return true;
    const parent = all.get(pid)?.parent ?? 0;
    return parent > 1 && belongs(parent);
  };
  return new Map([...all].filter(([pid]) => belongs(pid)));
}

/** The ids of processes and of their descendants. */
export function familyOf(roots: readonly number[]): number[] {
  return [...family(roots).keys()];
}

/** CPU seconds that processes and their descendants have used so far. */
export function cpuSeconds(roots: readonly number[]): number {
  return [...family(roots).values()].reduce((sum, { ticks }) => sum + ticks, 0) / TICKS;
}

/** A server process that was started for the bench. */
export interface BenchProcess {
  readonly pid: number;
  stop(): Promise<void>;
}

/** Starts a program and waits until `answers` says that it serves. Throws, with what it printed last, where it ends before. */
export async function startProgram(
  command: string,
  args: readonly string[],
  options: { readonly env?: NodeJS.ProcessEnv; readonly cwd?: string; readonly answers: () => Promise<boolean> },
): Promise<BenchProcess> {
  const child = spawn(command, args, {
    env: { ...process.env, ...options.env },
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr?.on('data', (part: Buffer) => (said = (said + part.toString()).slice(-2000)));
  const until = Date.now() + 180_000;
  while (!(await options.answers().catch(() => false))) {
    if (child.exitCode !== null || Date.now() > until) {
      await stop(child);
      throw new Error(`${command} ${args.join(' ')} does not serve: ${said}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  return { pid: child.pid ?? -1, stop: () => stop(child) };
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  const kill = setTimeout(() => child.kill('SIGKILL'), 15_000);
  await gone;
  clearTimeout(kill);
}
