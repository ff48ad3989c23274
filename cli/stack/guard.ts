import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { compiledEntry } from '../../base/files.ts';
import { endProcess } from './processes.ts';

interface Ward {
  readonly name: string;
  readonly pid: number;
  readonly signal: NodeJS.Signals;
}

/**
 * Watches over the stack's processes from outside: should the process that started them die without a word
 * (kill -9, power of a terminal lost), the guard ends them, last started first.
 */
export interface Guard {
  /** Takes a process under guard, or the successor of the one with the same name. */
  watch(ward: Ward): void;
  /** Lets go of everything: the stack has been stopped in order. */
  dismiss(): Promise<void>;
}

/** Starts the guard, a small process of its own that notices the end of this one by its closed pipe. */
export function startGuard(): Guard {
  const child: ChildProcess = spawn(process.execPath, [compiledEntry('cli/stack/guard.ts')], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  child.stdin?.on('error', () => {});
  child.unref();
  const tell = (message: object) => child.stdin?.write(`${JSON.stringify(message)}\n`);
  return {
    watch: (ward) => {
      tell({ watch: ward });
    },
    dismiss: () =>
      new Promise((resolve) => {
        if (child.exitCode !== null || child.signalCode !== null) return resolve();
        child.ref();
        child.once('exit', () => resolve());
        tell({ dismiss: true });
        child.stdin?.end();
      }),
  };
}

async function guard(): Promise<void> {
  process.on('SIGINT', () => {});
  process.on('SIGTERM', () => {});
  process.on('SIGHUP', () => {});
  const wards = new Map<string, Ward>();
  for await (const line of createInterface({ input: process.stdin })) {
    const message = JSON.parse(line) as { watch?: Ward; dismiss?: true };
    if (message.dismiss) return;
    if (message.watch) {
      wards.delete(message.watch.name);
      wards.set(message.watch.name, message.watch);
    }
  }
  for (const ward of [...wards.values()].toReversed()) await endProcess(ward.pid, ward.signal);
}

if (process.argv[1] === compiledEntry('cli/stack/guard.ts')) await guard();
