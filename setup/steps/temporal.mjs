import { accessSync, constants, readdirSync, statSync } from 'node:fs';
import { chmod, mkdir, readdir, rm, stat } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { commit, temporaryFor } from '../atomic.mjs';
import { hasProgram, runCommand } from '../command.mjs';
import { TEMPORAL_MODULE, TEMPORAL_VERSION } from '../downloads.mjs';
import { SetupFailure } from '../failure.mjs';

const SDK_LIMIT_MS = 90_000;

/** Without it a build calls itself 0.0.0-DEV. */
const VERSION_FLAG = `-X github.com/temporalio/cli/temporalcli.Version=${TEMPORAL_VERSION.slice(1)}`;

/**
 * A Temporal server: one that runs already (TEMPORAL_ADDRESS), an executable that is there (PROBITY_TEMPORAL, PATH, cache), else the
 * SDK's own download, else compiled by Go, in that order.
 */
export function temporalStep(root, home, logs, env = process.env) {
  const target = join(home, 'temporal', TEMPORAL_VERSION, 'temporal');
  const log = join(logs, 'temporal.log');
  return {
    name: 'Temporal',
    after: ['packages'],
    isDone: async () => Boolean(env.TEMPORAL_ADDRESS) || findTemporal(home, env) !== null,
    async run({ report, signal }) {
      await mkdir(join(home, 'temporal', TEMPORAL_VERSION), { recursive: true });
      report({ message: "the SDK's download" });
      const sdk = await downloadBySdk({ root, target, log, signal });
      if (sdk.ok) return "by the SDK's download";
      if (!(await hasProgram('go', ['version']))) {
        throw new SetupFailure(
          'There is no Temporal server.',
          `The SDK's download ${sdk.why}, and there is no Go to compile one.`,
          'Put the `temporal` executable on PATH (https://docs.temporal.io/cli), or install Go 1.24 or later, or set TEMPORAL_ADDRESS to a running server; then run it again.',
        );
      }
      const since = Date.now();
      await compileByGo({ target, log, signal, report });
      return `${TEMPORAL_VERSION}, compiled in ${Math.round((Date.now() - since) / 1000)} s`;
    },
  };
}

/** The executable that the local stack will use, or null: PROBITY_TEMPORAL, PATH, then the cache. */
export function findTemporal(home, env = process.env) {
  if (env.PROBITY_TEMPORAL) return isExecutable(env.PROBITY_TEMPORAL) ? env.PROBITY_TEMPORAL : null;
  const onPath = (env.PATH ?? '').split(delimiter).filter(Boolean);
  const cache = join(home, 'temporal');
  let versions = [];
  try {
    versions = readdirSync(cache);
  } catch {
    // nothing cached yet
  }
  const folders = [...onPath, ...versions.map((version) => join(cache, version))];
  return folders.map((folder) => join(folder, 'temporal')).find(isExecutable) ?? null;
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

const SDK_DOWNLOAD = `
const { TestWorkflowEnvironment } = require('@temporalio/testing');
const { DefaultLogger, Runtime } = require('@temporalio/worker');
Runtime.install({ logger: new DefaultLogger('ERROR') });
const executable = { type: 'cached-download', downloadDir: process.argv[1] };
TestWorkflowEnvironment.createLocal({ server: { executable } })
  .then((environment) => environment.teardown())
  .then(() => process.exit(0), (error) => { console.error(error.message); process.exit(1); });
`;

async function downloadBySdk({ root, target, log, signal }) {
  const folder = temporaryFor(target);
  await mkdir(folder, { recursive: true });
  try {
    const result = await runCommand(process.execPath, ['-e', SDK_DOWNLOAD, folder], {
      cwd: root,
      log,
      limitMs: SDK_LIMIT_MS,
      signal,
    });
    const file = await largestFile(folder);
    if (result.ok && file !== null) {
      await chmod(file, 0o755);
      await commit(file, target);
      return { ok: true };
    }
    return { ok: false, why: result.timedOut ? `took more than ${SDK_LIMIT_MS / 1000} s` : 'failed' };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function largestFile(folder) {
  const paths = (await readdir(folder, { recursive: true })).map((name) => join(folder, name));
  const files = await Promise.all(paths.map(async (path) => ({ path, info: await stat(path) })));
  const programs = files.filter(({ info }) => info.isFile() && info.size > 10e6);
  return programs.sort((a, b) => b.info.size - a.info.size)[0]?.path ?? null;
}

async function compileByGo({ target, log, signal, report }) {
  const folder = temporaryFor(target);
  await mkdir(folder, { recursive: true });
  let packages = 0;
  const onLine = (line) => {
    if (line.startsWith('go: ')) report({ message: 'downloading Go modules' });
    else packages += 1;
    if (packages > 0 && packages % 200 === 0)
      report({ message: `compiling, ${packages} packages (5 to 15 minutes in all)` });
  };
  report({ message: 'downloading Go modules' });
  try {
    const result = await runCommand(
      'go',
      ['install', '-v', '-trimpath', `-ldflags=-s -w ${VERSION_FLAG}`, TEMPORAL_MODULE],
      {
        env: { GOBIN: folder, GOFLAGS: '', CGO_ENABLED: '0' },
        log,
        signal,
        onLine,
      },
    );
    if (result.ok) return await commit(join(folder, 'temporal'), target);
    throw new SetupFailure(
      'The Temporal server could not be compiled.',
      result.output.slice(-3).join('\n     '),
      `Put the \`temporal\` executable on PATH, or set TEMPORAL_ADDRESS to a running server, then run it again; the whole output is in ${log}.`,
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
