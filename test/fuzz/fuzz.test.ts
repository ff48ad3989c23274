import { execFile, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { instant, packageRoot, systemClock, type Tenant } from '../../base/index.ts';
import { createChangeFeed } from '../../records/changes/index.ts';
import { createFacts } from '../../records/facts/index.ts';
import { createStandingRows } from '../../records/reconciliation/index.ts';
import { createKeys } from '../../records/keys/index.ts';
import { createAuthenticator, type Authenticator } from '../../serving/access/index.ts';
import { startServer } from '../../serving/index.ts';
import { anyoneIsAdmin, usualWorld } from '../serving/world.ts';
import { startTestDatabase } from '../support/database.ts';

/**
 * Fuzzes the whole API by its OpenAPI document with schemathesis (PyPI, in a virtual environment of its own), as many requests as
 * PROBITY_FUZZ says: `npm run fuzz` sends 100 000.
 */
const wanted = Number(process.env['PROBITY_FUZZ'] ?? 0);
const version = '4.32.5';
const folder = join(packageRoot(), '.probity', 'fuzz');
const program = join(folder, 'bin', 'schemathesis');
const run = promisify(execFile);

/** Valid by the schema is not yet sensible: a customer that is not known, features that the model does not read. */
const checks = ['--checks', 'all', '--exclude-checks', 'positive_data_acceptance'];
const examplesOfOnePass = Math.min(300, Math.ceil(wanted / 20));

function installed(): string | null {
  if (existsSync(program)) return null;
  const python = process.env['PYTHON'] ?? 'python3';
  for (const [command, ...args] of [
    [python, '-m', 'venv', folder],
    [join(folder, 'bin', 'pip'), 'install', '--quiet', `schemathesis==${version}`],
  ] as const) {
    const { status } = spawnSync(command, args, { stdio: 'ignore' });
    if (status !== 0) return `${command} ${args.join(' ')} failed`;
  }
  return null;
}

const missing = wanted > 0 ? installed() : null;
if (missing !== null) process.stderr.write(`not fuzzed: ${missing}\n`);

describe.skipIf(wanted === 0 || missing !== null)(
  'the API under schemathesis (PROBITY_FUZZ: how many requests)',
  () => {
    it(
      'answers nothing with 5xx, and nothing that its document does not declare',
      async () => {
        const seen = { requests: 0, failed: [] as string[] };
        const logger = pino(
          { level: 'info' },
          {
            write: (line: string) => {
              const { res, msg } = JSON.parse(line) as { res?: { status: number }; msg: string };
              if (res !== undefined) seen.requests++;
              if ((res?.status ?? 0) >= 500 || msg === 'unexpected error') seen.failed.push(line.slice(0, 2000));
            },
          },
        );
        const database = await startTestDatabase();
        const tenant = 'default' as Tenant;
        const keys = createKeys(database.database, tenant);
        const real = createAuthenticator({ tenant, keys, tokens: null, clock: systemClock });
        // The fuzzer revokes every key that it finds; its own is none of them.
        const authenticate: Authenticator = (authorization) =>
          authorization === 'Bearer fuzz' ? anyoneIsAdmin(authorization) : real(authorization);
        const facts = createFacts(database.database, tenant);
        const world = usualWorld();
        const deps = {
          ...world.deps,
          authenticate,
          keys,
          logger,
          acceptFacts: async (all: Parameters<typeof facts.append>[0]) =>
            (await facts.append(all)).map(({ sequence, knownFrom, repeated }) => ({
              sequence,
              knownFrom,
              repeated,
              differs: false,
            })),
          changes: createChangeFeed(database.database, tenant),
          standingRows: createStandingRows(database.database, tenant),
          requestsPerMinute: 1e8,
        };
        const server = await startServer(deps, { port: 0 });
        try {
          await mkdir(folder, { recursive: true });
          for (let seed = 1; seen.requests < wanted; seed++) {
            const args = ['run', join(packageRoot(), 'serving', 'openapi', 'openapi.json'), '--url', server.url];
            const options = [
              '-H',
              'Authorization: Bearer fuzz',
              '-n',
              String(examplesOfOnePass),
              '--seed',
              String(seed),
            ];
            const quiet = ['--no-color', '--warnings', 'off', '--generation-database', 'none', '--continue-on-failure'];
            const slow = ['--suppress-health-check', 'all', '--request-timeout', '60'];
            const { stdout, code } = await run(program, [...args, ...options, ...checks, ...quiet, ...slow], {
              cwd: folder,
              env: { ...process.env, SCHEMATHESIS_HOOKS: 'streams', PYTHONPATH: join(packageRoot(), 'test', 'fuzz') },
              maxBuffer: 1 << 28,
            }).then(
              (done) => ({ ...done, code: 0 }),
              (error: { stdout?: string; code?: number }) => ({ stdout: error.stdout ?? '', code: error.code ?? -1 }),
            );
            await writeFile(join(folder, 'last.txt'), stdout);
            expect(seen.failed.slice(0, 5), stdout.slice(-20_000)).toEqual([]);
            expect(code, stdout.slice(-20_000)).toBe(0);
            process.stderr.write(`fuzzed: ${seen.requests} requests after seed ${seed} (${instant(Date.now())})\n`);
          }
        } finally {
          await server.close();
          await database.stop();
        }
      },
      12 * 3_600_000,
    );
  },
);
