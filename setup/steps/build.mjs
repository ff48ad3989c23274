import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { exists, readText, writeWhole } from '../atomic.mjs';
import { runCommand } from '../command.mjs';
import { SetupFailure } from '../failure.mjs';

/** Compiles TypeScript to dist/, unless the sources are those of the last build (by hash). */
export function buildStep(root, logs) {
  const stamp = join(root, 'dist', '.sources');
  return {
    name: 'build',
    after: ['packages'],
    isDone: async () =>
      (await exists(join(root, 'dist', 'cli', 'main.js'))) && (await readText(stamp)) === (await sourcesHash(root)),
    async run({ report, signal }) {
      report({ message: 'tsc' });
      const hash = await sourcesHash(root);
      const log = join(logs, 'build.log');
      const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
      const result = await runCommand(process.execPath, [tsc, '-p', 'tsconfig.build.json'], { cwd: root, log, signal });
      if (!result.ok) {
        throw new SetupFailure(
          'The sources do not compile.',
          result.output.slice(0, 8).join('\n     '),
          'Mend what the compiler names (or return to a clean checkout), then run it again.',
        );
      }
      await writeWhole(stamp, hash);
      return 'compiled';
    },
  };
}

/** One hash over the build's configuration and every TypeScript source that it includes, by path and content. */
export async function sourcesHash(root) {
  const config = JSON.parse(await readFile(join(root, 'tsconfig.build.json'), 'utf8'));
  const hash = createHash('sha256');
  const lists = await Promise.all(config.include.map((folder) => sourcesUnder(root, folder)));
  for (const path of ['package-lock.json', 'tsconfig.json', 'tsconfig.build.json', ...lists.flat()]) {
    hash
      .update(`${path}\0`)
      .update((await readText(join(root, path))) ?? '')
      .update('\0');
  }
  return hash.digest('hex');
}

async function sourcesUnder(root, folder) {
  const entries = await readdir(join(root, folder), { recursive: true }).catch(() => []);
  return entries
    .filter((path) => path.endsWith('.ts') && !path.endsWith('.test.ts'))
    .map((path) => join(folder, path))
    .sort();
}
