import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { packageRoot, probityHome } from '../../base/index.ts';
import { findTemporalExecutable } from '../../pipelines/temporal-executable.ts';
import { postgresPackage } from '../stack/index.ts';
import { check, type Check } from './check.ts';

const run = promisify(execFile);
const SET_UP = 'Run `npm run setup` in the package.';
/** What a build by `go install` without a version calls itself. */
const DEV = '0.0.0-DEV';

/** The parts that set-up brings: Node, packages, compiled code, TensorFlow, DuckDB, PostgreSQL, Temporal. */
export function installationChecks(): Promise<readonly Check[]> {
  return Promise.all([
    check('Node.js', node),
    check('packages', packages),
    check('compiled code', compiled),
    check('TensorFlow', tensorflow),
    check('DuckDB', duckdb),
    check('PostgreSQL', postgres),
    check('Temporal', temporal),
  ]);
}

function node() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const supported = (major === 20 && minor >= 19) || major === 21 || major === 22;
  const found = { version: process.versions.node, where: process.execPath };
  return supported ? found : { ...found, state: 'unhealthy' as const, fix: 'Install Node.js 22 (at least 20.19).' };
}

async function packages() {
  const root = packageRoot();
  const { dependencies, version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as {
    dependencies: Record<string, string>;
    version: string;
  };
  const missing = Object.keys(dependencies).filter((name) => packageFolder(name) === null);
  const found = { version: `probity ${version}`, where: root };
  if (missing.length === 0) return { ...found, note: `${Object.keys(dependencies).length} direct dependencies` };
  return { ...found, state: 'unhealthy' as const, note: `missing: ${missing.join(', ')}`, fix: SET_UP };
}

function compiled() {
  const where = join(packageRoot(), 'dist');
  const there = existsSync(join(where, 'cli', 'main.js'));
  return there ? { where } : { where, state: 'unhealthy' as const, note: 'not compiled', fix: SET_UP };
}

/** In a child process: loading TensorFlow takes a second and much memory, and a broken library ends its process. */
async function tensorflow() {
  const script = `const tf = require('@tensorflow/tfjs-node');
    const product = tf.matMul(tf.tensor2d([[1, 2], [3, 4]]), tf.tensor2d([[5, 6], [7, 8]])).dataSync();
    if (String(product) !== '19,22,43,50') throw new Error('a wrong matrix product');
    console.log(tf.backend().binding.TF_Version ?? '');`;
  const { stdout } = await run(process.execPath, ['-e', script], { cwd: packageRoot(), timeout: 60_000 });
  const library = stdout.trim().split('\n').at(-1);
  const version = `${await versionOf('@tensorflow/tfjs-node')}${library ? ` on TensorFlow ${library}` : ''}`;
  return { version, where: packageFolder('@tensorflow/tfjs-node'), note: 'computes' };
}

async function duckdb() {
  const { default: library } = await import('@duckdb/node-api');
  const instance = await library.DuckDBInstance.create(':memory:');
  try {
    return { version: library.version(), where: packageFolder('@duckdb/node-api') };
  } finally {
    instance.closeSync();
  }
}

async function postgres() {
  const { folder } = await postgresPackage();
  const { stdout } = await run(join(folder, 'bin', 'postgres'), ['--version'], { timeout: 20_000 });
  return { version: stdout.replace(/^.*\) /, '').trim(), where: folder };
}

async function temporal() {
  const named = process.env['TEMPORAL_ADDRESS'];
  const where = findTemporalExecutable();
  if (where === null) {
    if (named) return { note: `the server at ${named} is used` };
    const fix = `${SET_UP} It puts a server under ${join(probityHome(), 'temporal')}.`;
    return { state: 'unhealthy' as const, note: 'no server executable', fix };
  }
  const { stdout } = await run(where, ['--version'], { timeout: 20_000 });
  return { version: temporalVersion(stdout, where), where };
}

/**
 * What `temporal --version` says, with its server; of a build that does not know, the folder that set-up put it in
 * names its true version.
 */
export function temporalVersion(output: string, where: string): string {
  const told = /version (\S+)/.exec(output)?.[1];
  if (told === undefined) return output.trim();
  const built = basename(dirname(where));
  const version = told === DEV ? (/^v\d/.test(built) ? built : told) : /^\d/.test(told) ? `v${told}` : told;
  const server = /[Ss]erver (\d[^,)\s]*)/.exec(output)?.[1];
  return server === undefined ? version : `${version} (server ${server})`;
}

function packageFolder(name: string): string | null {
  const folders = createRequire(join(packageRoot(), 'package.json')).resolve.paths(name) ?? [];
  const folder = folders.map((path) => join(path, name)).find((path) => existsSync(join(path, 'package.json')));
  return folder ?? null;
}

async function versionOf(name: string): Promise<string> {
  const folder = packageFolder(name) ?? dirname(name);
  return (JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as { version: string }).version;
}
