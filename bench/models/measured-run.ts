import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { compiledEntry } from '../../base/index.ts';

/** A command of ours that ran: wall time, and the most memory that its process held (null where the system does not tell). */
export interface MeasuredRun {
  readonly seconds: number;
  readonly peakMiB: number | null;
}

/** Runs `probity` and watches its memory. Throws with the end of what it said where it fails. */
export function measuredProbity(
  args: readonly string[],
  onLine: (line: string) => void = () => {},
): Promise<MeasuredRun> {
  return new Promise((resolve, reject) => {
    const started = performance.now();
    const child = spawn(process.execPath, [compiledEntry('cli/main.ts'), ...args], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let said = '';
    let peakMiB: number | null = null;
    const look = (): void => {
      const kib = child.pid === undefined ? null : peakOf(child.pid);
      if (kib !== null) peakMiB = Math.max(peakMiB ?? 0, Math.round(kib / 1024));
    };
    const watch = setInterval(look, 200);
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-2000);
      onLine(text.trim().split('\n').at(-1) ?? '');
    });
    child.on('error', reject);
    child.on('close', (code) => {
      clearInterval(watch);
      if (code === 0) resolve({ seconds: (performance.now() - started) / 1000, peakMiB });
      else reject(new Error(`probity ${args[0]} ended with ${code}: ${said.trim().slice(-500)}`));
    });
  });
}

/** The kernel's high-water mark of a process in KiB (Linux), or null. */
function peakOf(pid: number): number | null {
  try {
    return Number(/^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? Number.NaN) || null;
  } catch {
    return null;
  }
}
