import type { Logger } from 'pino';
import { messageOf } from '../../base/index.ts';

const LOOK_MS = 1_000;

/** A loop beside the requests that looks, time and again, for what is to be done. */
export interface LookLoop {
  start(): void;
  /** Ends it, once the look under way has ended. */
  stop(): Promise<void>;
}

/** Takes the steps in turn, again and again; one that fails is logged under its name (`what` says whose) and tried again at the next look. */
export function lookLoop(
  what: string,
  steps: readonly (() => Promise<void>)[],
  { logger, lookMs = LOOK_MS }: { readonly logger: Logger; readonly lookMs?: number | undefined },
): LookLoop {
  let timer: NodeJS.Timeout | null = null;
  let looking: Promise<void> = Promise.resolve();
  let isStopped = false;
  const look = async (): Promise<void> => {
    for (const step of steps)
      await step().catch((error: unknown) => {
        logger.warn({ problem: messageOf(error) }, `${what} wait: one step of their loop failed, and is tried again`);
      });
  };
  const plan = (): void => {
    if (isStopped) return;
    timer = setTimeout(() => {
      looking = look().finally(plan);
    }, lookMs);
    timer.unref();
  };
  return {
    start: plan,
    async stop() {
      isStopped = true;
      if (timer !== null) clearTimeout(timer);
      await looking;
    },
  };
}
