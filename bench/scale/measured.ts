import { cpuSeconds, residentMiB } from '../serving/processes.ts';

/** What a piece of work took of the machine: all processes below `roots`, whoever of them did it. */
export interface Measured<T> {
  readonly value: T;
  readonly seconds: number;
  readonly cpuSeconds: number;
  /** The most resident memory at once, all processes together; pages that several share count for each. */
  readonly peakMiB: number;
}

/** Runs `work` and looks at the processes below `roots` (pids) five times a second. Linux only. */
export async function measured<T>(roots: () => readonly number[], work: () => Promise<T>): Promise<Measured<T>> {
  const started = performance.now();
  const cpu = cpuSeconds(roots());
  let peakMiB = residentMiB(roots());
  const watch = setInterval(() => (peakMiB = Math.max(peakMiB, residentMiB(roots()))), 200);
  try {
    const value = await work();
    const seconds = (performance.now() - started) / 1000;
    return { value, seconds, cpuSeconds: cpuSeconds(roots()) - cpu, peakMiB: Math.round(peakMiB) };
  } finally {
    clearInterval(watch);
  }
}
