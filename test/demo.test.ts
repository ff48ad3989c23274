import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { compiledEntry } from '../base/index.ts';

interface Shown {
  readonly outcome: { readonly status: string };
  readonly candidate: { readonly gates: readonly unknown[] } | null;
  readonly ratings: readonly { readonly customerId: string; readonly pd: number; readonly grade: { code: string } }[];
  readonly report: string;
  readonly project: string;
}

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'probity-demo-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

it("the README's demo takes a simulated portfolio from its sources to a promoted model and three explained ratings, and leaves no process behind", async () => {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [compiledEntry('cli/main.ts'), 'demo', '--once', '--json', '--customers', '200', '--folder', folder],
    { cwd: folder, maxBuffer: 16_000_000 },
  );
  const shown = JSON.parse(stdout) as Shown;
  expect(shown.outcome.status).toBe('promoted');
  expect(shown.candidate?.gates.length).toBeGreaterThan(0);
  expect(new Set(shown.ratings.map(({ customerId }) => customerId)).size).toBe(3);
  const pds = shown.ratings.map(({ pd }) => pd);
  expect(pds).toEqual(pds.toSorted((a, b) => a - b));
  expect(existsSync(shown.report)).toBe(true);
  const { stdout: processes } = await promisify(execFile)('ps', ['-eo', 'args'], { maxBuffer: 16_000_000 });
  expect(processes.split('\n').filter((line) => line.includes(shown.project))).toEqual([]);
}, 180_000);
