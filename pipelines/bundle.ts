import { mkdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, extname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode } from '@temporalio/worker';
import { probityHome, sha256, writeFileAtomic } from '../base/index.ts';

const here = dirname(fileURLToPath(import.meta.url));
const extension = extname(fileURLToPath(import.meta.url));

/**
 * The path of the workflow code as one file, made once for each content of the sources and each version of the SDK, kept in the cache
 * folder. Needs no network. Two processes may make it at once: the file appears whole.
 */
export async function workflowBundle(home: string = probityHome()): Promise<string> {
  const path = join(home, 'workflow-bundles', `${await sourceHash()}.js`);
  try {
    await readFile(path);
    return path;
  } catch {
    await mkdir(dirname(path), { recursive: true });
  }
  const quiet = { log() {}, trace() {}, debug() {}, info() {}, warn() {}, error() {} };
  const { code } = await bundleWorkflowCode({
    workflowsPath: join(here, 'workflows', `index${extension}`),
    logger: quiet,
  });
  await writeFileAtomic(path, code);
  return path;
}

/** The files of ours that workflow code runs, in their order: `workflows/index` and all that it imports, at whatever remove, types aside. */
export async function workflowSources(): Promise<readonly string[]> {
  const found = new Set<string>();
  const read = async (file: string): Promise<void> => {
    if (found.has(file)) return;
    found.add(file);
    const text = await readFile(file, 'utf8');
    for (const [, path = ''] of text.matchAll(IMPORT)) await read(resolve(dirname(file), path));
  };
  await read(join(here, 'workflows', `index${extension}`));
  return [...found].sort();
}

/** An import or export from a file of ours that is not of types alone. */
const IMPORT = /^(?:import|export)\s+(?!type\b)(?:[^;'"]*\bfrom\s+)?['"](\.[^'"]+)['"]/gm;

async function sourceHash(): Promise<string> {
  const sdk = createRequire(import.meta.url)('@temporalio/worker/package.json') as { version: string };
  const parts = await Promise.all((await workflowSources()).map(async (file) => sha256(await readFile(file))));
  return sha256([sdk.version, extension, ...parts].join('\n'));
}
