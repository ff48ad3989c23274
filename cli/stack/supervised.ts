import { spawn, type ChildProcess } from 'node:child_process';
import { mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { compiledEntry, NODE_FLAGS } from '../../base/index.ts';
import { endProcess } from './processes.ts';

/** A `probity` command that runs as a process of its own and is started again when it dies. */
export interface Supervised {
  readonly pid: number;
  /** Ends it (SIGTERM, then SIGKILL) and does not start it again. */
  stop(): Promise<void>;
}

export interface SupervisedOptions {
  /** The command and its arguments: `['worker', '--project', root]`. */
  readonly args: readonly string[];
  readonly logFile: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Called with the process id at each start. */
  readonly onStart?: (pid: number) => void;
  /** How long it may take to end by itself. */
  readonly patienceMs?: number;
}

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;
/** A process that lived this long has recovered: its next restart is quick again. */
const HEALTHY_MS = 60_000;

/** Starts a `probity` command under supervision: restarts with doubling pauses, output to a log file. */
export async function supervise(options: SupervisedOptions): Promise<Supervised> {
  await mkdir(dirname(options.logFile), { recursive: true });
  let child: ChildProcess;
  let stopping = false;
  let pause = FIRST_PAUSE_MS;
  let timer: NodeJS.Timeout | undefined;
  const start = async () => {
    const log = await open(options.logFile, 'a');
    const startedAt = Date.now();
    child = spawn(process.execPath, [...NODE_FLAGS, compiledEntry('cli/main.ts'), ...options.args], {
      detached: true,
      stdio: ['ignore', log.fd, log.fd],
      env: { ...process.env, ...options.env },
    });
    await log.close();
    child.once('error', () => {});
    if (child.pid !== undefined) options.onStart?.(child.pid);
    child.once('exit', () => {
      if (stopping) return;
      if (Date.now() - startedAt > HEALTHY_MS) pause = FIRST_PAUSE_MS;
      timer = setTimeout(() => void start(), pause);
      pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
    });
  };
  await start();
  return {
    get pid() {
      return child.pid ?? 0;
    },
    async stop() {
      stopping = true;
      clearTimeout(timer);
      if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) {
        await endProcess(child.pid, 'SIGTERM', options.patienceMs ?? 15_000);
      }
    },
  };
}
