import { setTimeout } from 'node:timers/promises';
import { endProcess } from './processes.ts';

/** A server process of the stack, and when it ends. */
export interface ServerProcess {
  readonly pid: number;
  readonly port: number;
  /** Resolves when the process has ended, whatever the reason. */
  readonly ended: Promise<void>;
}

/** A server that is started again when it dies. */
export interface KeptServer {
  /** Ends it and does not start it again. */
  stop(): Promise<void>;
}

export interface KeepOptions<S extends ServerProcess> {
  /** Starts another one in its place. */
  readonly restart: (before: S) => Promise<S>;
  /** Called with each one that took over. */
  readonly onRestart: (server: S) => void | Promise<void>;
  /** How to ask it to end. */
  readonly signal: NodeJS.Signals;
  readonly firstPauseMs?: number;
}

const LONGEST_PAUSE_MS = 30_000;

/**
 * Keeps a running server alive: when its process ends, another takes over on the same port, so that whoever holds the address connects
 * again; attempts that fail are repeated with doubling pauses.
 */
export function keepServer<S extends ServerProcess>(first: S, options: KeepOptions<S>): KeptServer {
  const stopping = new AbortController();
  let current: S = first;
  let restarting: Promise<void> = Promise.resolve();
  const takeOver = async (): Promise<void> => {
    const { port } = current;
    const { signal } = stopping;
    for (let wait = options.firstPauseMs ?? 1_000; !signal.aborted; wait = Math.min(wait * 2, LONGEST_PAUSE_MS)) {
      await setTimeout(wait, undefined, { signal }).catch(() => {});
      if (signal.aborted) return;
      const next = await options.restart(current).catch(() => null);
      if (next?.port === port) {
        take(next);
        await options.onRestart(next);
        return;
      }
      if (next) await endProcess(next.pid, options.signal);
    }
  };
  const take = (server: S): void => {
    current = server;
    void server.ended.then(() => {
      if (!stopping.signal.aborted) restarting = takeOver();
    });
  };
  take(first);
  return {
    async stop() {
      stopping.abort();
      await restarting;
      await endProcess(current.pid, options.signal);
    },
  };
}
