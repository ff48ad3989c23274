import { readFileSync } from 'node:fs';
import { betaQuantile } from '../../models/metrics/beta.ts';
import { familyOf } from './processes.ts';
import type { System } from './systems.ts';

/** Memory at an instant, MiB. */
export interface MemorySample {
  /** Minutes since watching began. */
  readonly at: number;
  /** Resident memory of the server's process. */
  readonly server: number;
  /** What its JavaScript heap holds, garbage that has not been collected yet included. */
  readonly heap: number;
  /** All of PostgreSQL's processes, pages that they share counted once. */
  readonly postgres: number;
}

/** How something grows: its slope and the 95 % interval, per minute, and its mean. */
export interface Growth {
  readonly perMinute: number;
  readonly from: number;
  readonly to: number;
  readonly mean: number;
}

/** Looks at a server and its PostgreSQL now; the heap is what the server tells of itself. */
export async function sampleMemory({ url, watch, pids }: System, since: number): Promise<MemorySample> {
  const metrics = await (await fetch(new URL('/metrics', url), { headers: { ...watch } })).text();
  const of = (name: string): number => Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(metrics)?.[1] ?? Number.NaN);
  return {
    at: (performance.now() - since) / 60_000,
    server: of('probity_process_resident_memory_bytes') / (1 << 20),
    heap: of('probity_nodejs_heap_size_used_bytes') / (1 << 20),
    postgres: familyOf(pids.slice(1)).reduce((sum, pid) => sum + proportionalMiB(pid), 0),
  };
}

/** Memory of a process, what it shares with others divided among them (PSS). */
function proportionalMiB(pid: number): number {
  try {
    const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
    return Number(/^Pss:\s+(\d+) kB$/m.exec(text)?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}

/**
 * The line through samples by least squares. Heaps go up and down within seconds, so samples follow each other too closely to count as many: they are
 * averaged by minute first, and the interval (Student's t) is of the minutes. Three minutes at least.
 */
export function growthOf(samples: readonly { readonly at: number; readonly value: number }[]): Growth {
  const minutes = new Map<number, number[]>();
  for (const { at, value } of samples) {
    const minute = Math.floor(at);
    minutes.set(minute, [...(minutes.get(minute) ?? []), value]);
  }
  const points = [...minutes].map(([at, values]) => ({ at, value: meanOf(values) }));
  if (points.length < 3) throw new Error('A slope with an interval needs three minutes.');
  const [meanAt, mean] = [meanOf(points.map(({ at }) => at)), meanOf(points.map(({ value }) => value))];
  const spread = points.reduce((sum, { at }) => sum + (at - meanAt) ** 2, 0);
  const perMinute = points.reduce((sum, { at, value }) => sum + (at - meanAt) * (value - mean), 0) / spread;
  const rest = points.reduce((sum, { at, value }) => sum + (value - mean - perMinute * (at - meanAt)) ** 2, 0);
  const freedom = points.length - 2;
  const margin = studentQuantile(freedom) * Math.sqrt(rest / freedom / spread);
  return { perMinute, from: perMinute - margin, to: perMinute + margin, mean };
}

/** Two-sided 95 % quantile of Student's t, by the beta distribution that n / (n + t^2) has. */
function studentQuantile(freedom: number): number {
  const x = betaQuantile(0.05, freedom / 2, 0.5);
  return Math.sqrt(freedom * (1 / x - 1));
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
