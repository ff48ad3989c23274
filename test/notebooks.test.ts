import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, type TestContext } from 'vitest';
import { messageOf, packageRoot, probityHome } from '../base/index.ts';

interface Cell {
  readonly cell_type: string;
  readonly execution_count?: number | null;
  readonly outputs?: readonly { readonly output_type: string; readonly name?: string; readonly data?: object }[];
}

interface Runner {
  runNotebooks(options: { readonly home: string }): Promise<ReadonlyMap<string, string>>;
  kernelEnvironment(home: string, data: string): Promise<NodeJS.ProcessEnv>;
  execute(path: string, env: NodeJS.ProcessEnv): Promise<{ text: string | null; failure: string | null }>;
}

const root = packageRoot();
const home = probityHome();
const load = (path: string): Promise<unknown> => import(pathToFileURL(join(root, path)).href);

let runner: Runner;
let folder = '';
let missing: string | null = null;

/** The kernel is set up where it is not yet, which takes npm's and PyPI's registries; without them and without cache these tests skip. */
beforeAll(async () => {
  // Inside the package, so that the kernel finds its types.
  await mkdir(join(root, '.probity'), { recursive: true });
  folder = await mkdtemp(join(root, '.probity', 'notebooks-test-'));
  runner = (await load('notebooks/run.mjs')) as Runner;
  const { setUp } = (await load('setup/set-up.mjs')) as { setUp: (options: object) => Promise<void> };
  const { notebookKernelStep } = (await load('setup/steps/notebook-kernel.mjs')) as {
    notebookKernelStep: (root: string, home: string, logs: string) => object;
  };
  try {
    await setUp({ steps: [notebookKernelStep(root, home, join(root, '.probity', 'setup'))] });
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'SetupFailure') throw error;
    missing = `the kernel of the notebooks is not cached and cannot be installed: ${messageOf(error)}`;
    console.warn(`Skipped: ${missing}`);
  }
}, 300_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

const needsKernel = (context: TestContext): void => context.skip(missing !== null, missing ?? '');

/** What each cell gave: kinds of outputs, without the figures, which may differ by a last digit from processor to processor. */
const kindsOf = (text: string): unknown =>
  (JSON.parse(text) as { cells: readonly Cell[] }).cells.map((cell) => [
    cell.cell_type,
    cell.execution_count,
    cell.outputs?.map(({ output_type: type, name, data }) => [type, name, Object.keys(data ?? {})]),
  ]);

describe('the notebooks', () => {
  it('run headless from the first cell to the last, with plots, and the committed outputs are of the same cells', async (context) => {
    needsKernel(context);
    const executed = await runner.runNotebooks({ home });
    expect(executed.size).toBe(4);
    for (const [name, text] of executed) {
      expect(text.match(/"image\/svg\+xml"/g)?.length ?? 0, name).toBeGreaterThanOrEqual(3);
      expect(kindsOf(await readFile(join(root, 'notebooks', name), 'utf8')), name).toEqual(kindsOf(text));
    }
  }, 600_000);

  it.for([
    ['throws', "throw new Error('no such portfolio')", 'Error: no such portfolio'],
    ['has a type error', "const rows: number = 'many'", "'string' is not assignable to type 'number'"],
    ['writes to stderr', "console.error(['be', 'ware'].join(''))", 'beware'],
    ['shows where it ran', 'console.log(process.cwd())', 'depends on where it ran'],
  ] as const)('fail where a cell %s, and say so', { timeout: 120_000 }, async ([, cell, words], context) => {
    needsKernel(context);
    await expectFailure(cell, words);
  });
});

async function expectFailure(cell: string, words: string): Promise<void> {
  const path = join(folder, 'one.ipynb');
  const kernelspec = { name: 'probity', display_name: 'TypeScript', language: 'typescript' };
  const cells = [{ cell_type: 'code', id: 'a', metadata: {}, outputs: [], execution_count: null, source: cell }];
  await writeFile(path, JSON.stringify({ cells, metadata: { kernelspec }, nbformat: 4, nbformat_minor: 5 }));
  const { text, failure } = await runner.execute(path, await runner.kernelEnvironment(home, folder));
  expect(text).toBeNull();
  expect(failure).toContain(words);
}
