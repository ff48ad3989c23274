import { join } from 'node:path';
import { readText } from '../atomic.mjs';
import { runCommand } from '../command.mjs';
import { SetupFailure } from '../failure.mjs';

/** npm's packages, exactly those of the lockfile (npm checks each one's integrity), without running their install scripts. */
export function packagesStep(root, logs) {
  return {
    name: 'packages',
    isDone: async () =>
      holdsAll(
        await readText(join(root, 'package-lock.json')),
        await readText(join(root, 'node_modules', '.package-lock.json')),
      ),
    async run({ report, signal }) {
      report({ message: 'npm ci' });
      const log = join(logs, 'packages.log');
      const options = ['--ignore-scripts', '--include=dev', '--no-audit', '--no-fund'];
      const result = await runCommand('npm', ['ci', ...options], { cwd: root, log, signal });
      if (result.ok) return 'installed';
      throw new SetupFailure(
        'The npm packages could not be installed.',
        result.output
          .filter((line) => !/npm warn/i.test(line))
          .slice(0, 6)
          .join('\n     ') || `npm ended with code ${result.code}`,
        `Check the network and npm's registry (\`npm config get registry\`), then run it again; the whole output is in ${log}.`,
      );
    },
  };
}

/**
 * True where npm's own record of node_modules holds every package of the lockfile at its version and integrity
 * (npm writes that record last, so a killed installation has none). Optional packages of other platforms may be missing.
 */
export function holdsAll(lockfile, installed) {
  if (lockfile === null || installed === null) return false;
  const wanted = JSON.parse(lockfile).packages;
  const present = JSON.parse(installed).packages;
  return Object.entries(wanted).every(([path, entry]) => {
    if (path === '' || entry.link) return true;
    const here = present[path];
    if (here === undefined) return entry.optional === true;
    return here.version === entry.version && here.integrity === entry.integrity;
  });
}
