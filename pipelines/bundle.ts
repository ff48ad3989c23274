import { mkdir, readdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode } from '@temporalio/worker';
import { probityHome, sha256, writeFileAtomic } from '../base/index.ts';

const here = dirname(fileURLToPath(import.meta.url));
const extension = extname(fileURLToPath(import.meta.url));

/** Files outside `workflows/` that workflow code runs: they are part of the bundle's key. */
const SHARED = ['base/error-codes', 'base/errors', 'models/registry/candidate', 'pipelines/messages'];

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

async function sourceHash(): Promise<string> {
  const folder = join(here, 'workflows');
  const names = (await readdir(folder)).filter((name) => name.endsWith(extension) && !name.endsWith('.d.ts')).sort();
  const files = [
    ...names.map((name) => join(folder, name)),
    ...SHARED.map((name) => join(here, '..', `${name}${extension}`)),
  ];
  const sdk = createRequire(import.meta.url)('@temporalio/worker/package.json') as { version: string };
  const parts = await Promise.all(files.map(async (file) => sha256(await readFile(file))));
  return sha256([sdk.version, extension, ...parts].join('\n'));
}
