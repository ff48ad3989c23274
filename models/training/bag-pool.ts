import { availableParallelism } from 'node:os';
import { setImmediate } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { BagData, BagJob } from './bag.ts';
import { fitBag } from './bag.ts';
import type { Boosted, Round } from './boost.ts';

export interface BagPool {
  /** Fits one bag; `onRound` is called now and then while it runs. */
  fit(job: BagJob, onRound: (round: Round) => void): Promise<Boosted>;
  /** How many bags run at the same time. */
  readonly width: number;
  close(): Promise<void>;
}

/**
 * Fits bags on threads. Threads run compiled JavaScript, so compiled code uses one per core and TypeScript source
 * (under a test runner) fits in its own thread; a bag is a pure function of its job, so the numbers are the same.
 */
export function openBagPool(shared: BagData, jobs: number, signal?: AbortSignal): BagPool {
  if (import.meta.url.endsWith('.ts')) return inThread(shared, signal);
  return onThreads(shared, Math.max(1, Math.min(jobs, availableParallelism())), signal);
}

function inThread(shared: BagData, signal: AbortSignal | undefined): BagPool {
  return {
    width: 1,
    close: async () => {},
    fit: async (job, onRound) => {
      const rounds = fitBag(job, shared);
      let paused = 0;
      for (let next = rounds.next(); ; next = rounds.next()) {
        if (next.done) return next.value;
        onRound(next.value);
        if (performance.now() - paused < 100) continue;
        await setImmediate();
        signal?.throwIfAborted();
        paused = performance.now();
      }
    },
  };
}

type Message =
  | { readonly kind: 'round'; readonly round: number; readonly loss: number }
  | { readonly kind: 'done'; readonly fitted: Boosted };

function onThreads(shared: BagData, width: number, signal: AbortSignal | undefined): BagPool {
  const entry = fileURLToPath(new URL('bag-thread.js', import.meta.url));
  const workers = Array.from({ length: width }, () => new Worker(entry, { workerData: shareable(shared) }));
  const idle = [...workers];
  const waiting: ((worker: Worker) => void)[] = [];
  const take = (): Promise<Worker> => {
    const worker = idle.pop();
    return worker ? Promise.resolve(worker) : new Promise((resolve) => waiting.push(resolve));
  };
  const give = (worker: Worker): void => {
    const next = waiting.shift();
    if (next) next(worker);
    else idle.push(worker);
  };
  return {
    width,
    close: async () => {
      await Promise.all(workers.map((worker) => worker.terminate()));
    },
    fit: async (job, onRound) => {
      const worker = await take();
      try {
        signal?.throwIfAborted();
        return await new Promise<Boosted>((resolve, reject) => {
          const settle = (action: () => void): void => {
            worker.off('message', onMessage);
            worker.off('error', onError);
            worker.off('exit', onExit);
            signal?.removeEventListener('abort', onAbort);
            action();
          };
          const onError = (error: Error): void => settle(() => reject(error));
          const onExit = (): void => settle(() => reject(new Error('the training thread ended')));
          const onMessage = (message: Message): void => {
            if (message.kind === 'round') onRound({ round: message.round, loss: message.loss });
            else settle(() => resolve(message.fitted));
          };
          const onAbort = (): void => settle(() => reject(signal?.reason as Error));
          signal?.addEventListener('abort', onAbort, { once: true });
          worker.on('message', onMessage);
          worker.on('error', onError);
          worker.on('exit', onExit);
          // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker thread has no origin
          worker.postMessage(job);
        });
      } finally {
        give(worker);
      }
    },
  };
}

/** The same data on shared memory, so that threads do not each hold a copy. */
function shareable({ data, folds }: BagData): BagData {
  return {
    folds: folds.map((each) => sharedCopy(each, Int32Array)),
    data: {
      rows: data.rows,
      bins: data.bins.map((column) => sharedCopy(column, Uint16Array)),
      bad: sharedCopy(data.bad, Uint8Array),
      weight: data.weight && sharedCopy(data.weight, Float64Array),
    },
  };
}

function sharedCopy<T extends Int32Array | Uint16Array | Uint8Array | Float64Array>(
  source: T,
  Type: { new (buffer: SharedArrayBuffer): T; readonly BYTES_PER_ELEMENT: number },
): T {
  const copy = new Type(new SharedArrayBuffer(source.length * Type.BYTES_PER_ELEMENT));
  copy.set(source);
  return copy;
}
