import { growthOf, sampleMemory, type MemorySample } from './memory.ts';
import { pacedLoad } from './paced-load.ts';
import type { System } from './systems.ts';

const SAMPLE_MS = 5000;

/** Rates at a constant rate for minutes, looks at memory every five seconds, and says how it grows. */
export async function watchMemory(
  system: System,
  bodies: readonly string[],
  options: { readonly minutes: number; readonly perSecond: number; readonly say: (line: string) => void },
): Promise<void> {
  const { minutes, perSecond, say } = options;
  const { url, headers } = system;
  const load = pacedLoad({ url, headers, bodies, perSecond, seconds: 60 * minutes, warmSeconds: 30 });
  // Awaited below: a failure must not pass unseen meanwhile.
  load.catch(() => {});
  const samples: MemorySample[] = [];
  await new Promise((resolve) => setTimeout(resolve, 30_000));
  const since = performance.now();
  while (performance.now() - since < 60_000 * minutes) {
    samples.push(await sampleMemory(system, since));
    await new Promise((resolve) => setTimeout(resolve, SAMPLE_MS));
  }
  const { requests } = await load;
  say(`memory over ${minutes} minutes and ${requests} ratings, MiB; growth a minute with its 95 % interval`);
  for (const part of ['server', 'heap', 'postgres'] as const) {
    const values = samples.map((sample) => ({ at: sample.at, value: sample[part] }));
    const { perMinute, from, to, mean } = growthOf(values);
    const most = Math.max(...values.map(({ value }) => value));
    const growth = `${perMinute.toFixed(2)} (${from.toFixed(2)} to ${to.toFixed(2)})`;
    say(`  ${part.padEnd(9)} mean ${mean.toFixed(0)}, most ${most.toFixed(0)}, growth ${growth}`);
  }
}
