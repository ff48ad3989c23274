import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';
import { debianPostgres } from './test/support/debian-postgres.ts';

/**
 * Every test runs with databases on the embedded PostgreSQL. The database tests of `records/` run on Debian's as well, where it is installed;
 * `npm run test:databases` runs all database tests there.
 */
const onDebian = process.env['PROBITY_TEST_DATABASES'] === 'all' ? '.' : 'records';
const elsewhere = process.env['PROBITY_TEST_DATABASE_URL'] !== undefined;
const globalSetup = 'test/support/postgres-servers.ts';

export default defineConfig({
  test: {
    exclude: ['**/node_modules/**', 'dist/**'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    maxWorkers: 2,
    pool: 'forks',
    projects: [
      { extends: true, test: { name: 'embedded', include: ['**/*.test.ts'], globalSetup } },
      ...(debianPostgres() === null || elsewhere
        ? []
        : [
            {
              extends: true as const,
              test: {
                name: 'debian',
                include: databaseTests(onDebian),
                globalSetup,
              },
            },
          ]),
    ],
  },
});

/** The test files below a folder that start a database. */
function databaseTests(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return /^(node_modules|dist|\..*)$/.test(entry.name) ? [] : databaseTests(path);
    return path.endsWith('.test.ts') && /startTest(Database|Postgres)\(/.test(readFileSync(path, 'utf8')) ? [path] : [];
  });
}
