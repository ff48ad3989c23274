import { proportionalMiB } from '../serving/memory.ts';
import { cpuSeconds, familyOf } from '../serving/processes.ts';

/** What a piece of work took of the machine: all processes below `roots`, whoever of them did it. */
export interface Measured<T> {
  readonly value: T;
  readonly seconds: number;
  readonly cpuSeconds: number;
  /** The most memory at once, all processes together; of pages that several share, each its part. */
  readonly peakMiB: number;
}

/** Runs `work` and looks at the processes below `roots` (pids) twice a second. Linux only. */
export async function measured<T>(roots: () => readonly number[], work: () => Promise<T>): Promise<Measured<T>> {
  const started = performance.now();
  const cpu = cpuSeconds(roots());
  let peakMiB = memoryOf(roots());
  const watch = setInterval(() => (peakMiB = Math.max(peakMiB, memoryOf(roots()))), 500);
  try {
    const value = await work();
    const seconds = (performance.now() - started) / 1000;
    return { value, seconds, cpuSeconds: cpuSeconds(roots()) - cpu, peakMiB: Math.round(peakMiB) };
  } finally {
    clearInterval(watch);
  }
}

const memoryOf = (roots: readonly number[]): number =>
  familyOf(roots).reduce((sum, pid) => sum + proportionalMiB(pid), 0);
