import { readdir, readFile } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { builtinModules } from 'node:module';
import { pathToFileURL } from 'node:url';
import { ROOT } from './places.mjs';

/**
 * The folder-boundary rule of docs/architecture.md. Each folder may import itself, the folders listed, and npm packages;
 * `folder:type` allows `import type` alone, `folder/part` allows that part alone.
 */
export const MAY_IMPORT = {
  base: [],
  features: ['base'],
  simulator: ['base', 'features/contracts'],
  models: ['base', 'features'],
  rating: ['base', 'features', 'models'],
  records: ['base', 'features', 'models', 'rating:type'],
  pipelines: ['base', 'features', 'simulator', 'models', 'rating', 'records'],
  serving: ['base', 'features', 'simulator', 'models', 'rating', 'records', 'pipelines'],
  cli: ['base', 'features', 'simulator', 'models', 'rating', 'records', 'pipelines', 'serving'],
  setup: [],
};

/** Folders below which anything goes, and which nothing of the above may import. */
const OPEN = ['notebooks', 'bench', 'test', 'examples'];
const ACTIVITIES = 'pipelines/activities';
const WORKFLOWS = 'pipelines/workflows';
const IMPORT =
  /^[ \t]*(?:import|export)\s+(type\s+)?(?:[^'";]*?\sfrom\s+)?['"]([^'"\n]+)['"]|\bimport\(\s*['"]([^'"\n]+)['"]\s*\)/gm;

/** Every import of a source text: the module's name, whether types alone are imported, and the line. */
export function importsOf(text) {
  return [...text.matchAll(IMPORT)].map((match) => ({
    module: match[2] ?? match[3],
    typeOnly: match[1] !== undefined,
    line: text.slice(0, match.index).split('\n').length,
  }));
}

/**
 * What a file does against the rule, one sentence each. `path` is relative to the package, with `/`.
 * Tests that stand beside the code may import anything.
 */
export function violations(path, text) {
  const folder = path.split('/')[0];
  const allowed = MAY_IMPORT[folder];
  if (allowed === undefined || /\.test\.m?ts$/.test(path)) return [];
  return importsOf(text).flatMap(({ module, typeOnly, line }) => {
    const say = (reason) => [`${path}:${line}: imports ${module}: ${reason}`];
    if (!module.startsWith('.')) return packageViolation(path, folder, module, say);
    const target = relative(ROOT, resolve(ROOT, dirname(path), module))
      .split(sep)
      .join('/');
    const owner = target.split('/')[0];
    if (target.startsWith('..')) return say('outside the package');
    if (path.startsWith(WORKFLOWS) && target.startsWith(ACTIVITIES) && !typeOnly)
      return say('workflows `import type` their activities');
    if (folder === 'serving' && target.startsWith(ACTIVITIES))
      return say("serving may not import pipelines' activities");
    if (owner === folder) return [];
    if (target.endsWith('.test.ts')) return say('nothing imports a test');
    if (OPEN.includes(owner)) return say(`nothing imports ${owner}/`);
    const permitted = allowed.some((rule) => {
      const [place, kind] = rule.split(':');
      const covers = target === place || target.startsWith(`${place}/`);
      return covers && (kind !== 'type' || typeOnly);
    });
    return permitted ? [] : say(`${folder}/ may import ${allowed.length > 0 ? allowed.join(', ') : 'nothing'} only`);
  });
}

function packageViolation(path, folder, module, say) {
  const builtin = module.startsWith('node:') || builtinModules.includes(module);
  if (folder === 'setup' && !builtin) return say('setup/ runs before anything is installed');
  if (path.startsWith(WORKFLOWS) && builtin) return say('workflows use no Node built-in (they are replayed)');
  if (builtin && !module.startsWith('node:')) return say(`write node:${module}`);
  return [];
}

/** Every violation in the package. */
export async function checkAll(root = ROOT) {
  const found = [];
  for (const folder of Object.keys(MAY_IMPORT)) {
    const names = await readdir(join(root, folder), { recursive: true }).catch(() => []);
    for (const name of names.filter((entry) => /\.(ts|mjs)$/.test(entry)).sort()) {
      const path = `${folder}/${name.split(sep).join('/')}`;
      found.push(...violations(path, await readFile(join(root, path), 'utf8')));
    }
  }
  return found;
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const found = await checkAll();
  for (const line of found) process.stdout.write(`${line}\n`);
  process.stdout.write(
    found.length === 0 ? 'boundaries: every import points the right way\n' : `boundaries: ${found.length} violations\n`,
  );
  process.exitCode = found.length === 0 ? 0 : 1;
}
