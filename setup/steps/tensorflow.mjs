import { copyFile, mkdir, rm, symlink } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { commit, exists, readText, temporaryFor, writeWhole } from '../atomic.mjs';
import { hasProgram, runCommand } from '../command.mjs';
import { TENSORFLOW_VERSION, TENSORFLOW_WHEELS } from '../downloads.mjs';
import { SetupFailure } from '../failure.mjs';
import { fetchTensorflow } from './tensorflow-wheel.mjs';

const INSTALLER_LIMIT_MS = 180_000;

/**
 * TensorFlow for @tensorflow/tfjs-node. On platforms with a pinned wheel: the C library out of it (checksum verified, kept in the
 * cache), and tfjs-node's binding compiled against it (kept in the cache too, so that the next clone only links). Elsewhere, or where
 * no compiler is there: tfjs-node's own installer. Done only once a matrix product comes out right.
 */
export function tensorflowStep(root, home, logs) {
  const tfjs = join(root, 'node_modules', '@tensorflow', 'tfjs-node');
  const binding = join(tfjs, 'lib', 'napi-v8', 'tfjs_binding.node');
  const stamp = join(tfjs, '.probity-verified');
  const log = join(logs, 'tensorflow.log');
  const cache = join(home, 'tensorflow', `${TENSORFLOW_VERSION}-${process.platform}-${process.arch}`);
  const verify = async (signal) => {
    if (!existsSync(binding)) return false;
    const { ok } = await runCommand(process.execPath, ['-e', MATRIX_PRODUCT], {
      cwd: root,
      log,
      limitMs: 120_000,
      signal,
    });
    if (ok) await writeWhole(stamp, process.versions.modules);
    return ok;
  };
  return {
    name: 'TensorFlow',
    after: ['packages'],
    isDone: async () => existsSync(binding) && (await readText(stamp)) === process.versions.modules,
    async run({ report, signal }) {
      report({ message: 'looking' });
      if (await verify(signal)) return 'loads';
      const wheel = TENSORFLOW_WHEELS[`${process.platform}-${process.arch}`];
      const missing = wheel ? await missingTools(cache) : ['a pinned library for this platform'];
      if (missing.length === 0) {
        await fetchTensorflow({ wheel, cache, home, log, report, signal });
        await linkLibrary(tfjs, cache);
        if (await useBinding(binding, cache)) {
          report({ message: 'checking' });
          if (await verify(signal)) return `${TENSORFLOW_VERSION}, from the cache`;
        }
        report({ message: "compiling tfjs-node's binding" });
        await compile(tfjs, log, signal);
        report({ message: 'checking' });
        if (await verify(signal)) {
          await keepBinding(binding, cache);
          return `${TENSORFLOW_VERSION}, compiled`;
        }
        throw new SetupFailure(
          'TensorFlow was installed, but does not compute.',
          ((await readText(log)) ?? '').trim().split('\n').slice(-3).join('\n     '),
          `Delete ${cache} and run it again; the whole output is in ${log}.`,
        );
      }
      report({ message: "tfjs-node's own installer" });
      const result = await runCommand(process.execPath, ['scripts/install.js'], {
        cwd: tfjs,
        log,
        limitMs: INSTALLER_LIMIT_MS,
        signal,
        env: { PATH: `${join(root, 'node_modules', '.bin')}:${process.env.PATH}` },
      });
      if (await verify(signal)) return "by tfjs-node's own installer";
      throw new SetupFailure(
        'TensorFlow could not be installed.',
        `Missing for the verified way: ${missing.join(', ')}. tfjs-node's own installer ${
          result.timedOut ? `did not end within ${INSTALLER_LIMIT_MS / 1000} s` : `ended with code ${result.code}`
        } (it downloads from storage.googleapis.com).`,
        process.platform === 'linux'
          ? 'Install python3 with pip, make and a C++ compiler (Debian: `apt-get install python3-pip make g++`), then run it again.'
          : `Check the network, then run it again; the whole output is in ${log}.`,
      );
    },
  };
}

const MATRIX_PRODUCT = `
const tf = require('@tensorflow/tfjs-node');
const product = tf.matMul(tf.tensor2d([[1, 2], [3, 4]]), tf.tensor2d([[5, 6], [7, 8]])).dataSync();
if (String(product) !== '19,22,43,50') { console.error('a wrong product: ' + product); process.exit(1); }
`;

async function missingTools(cache) {
  const tools = [];
  if (!(await exists(join(cache, 'complete'))) && !(await hasProgram('python3', ['-m', 'pip', '--version'])))
    tools.push('python3 with pip');
  if (await exists(join(cache, 'napi-v8', 'tfjs_binding.node'))) return tools;
  if (!(await hasProgram('make'))) tools.push('make');
  if (!(await hasProgram(process.env.CXX || 'g++'))) tools.push('a C++ compiler');
  return tools;
}

/** Points tfjs-node's deps/ at the cached library and headers, with the names that its linker flags use. */
async function linkLibrary(tfjs, cache) {
  const temporary = temporaryFor(join(tfjs, 'deps'));
  await mkdir(join(temporary, 'lib'), { recursive: true });
  const links = {
    'libtensorflow.so': 'libtensorflow_cc.so.2',
    'libtensorflow_framework.so': 'libtensorflow_framework.so.2',
  };
  for (const [name, file] of Object.entries(links)) {
    await symlink(join(cache, 'lib', file), join(temporary, 'lib', file));
    await symlink(file, join(temporary, 'lib', name));
  }
  await symlink(join(cache, 'include'), join(temporary, 'include'));
  await commit(temporary, join(tfjs, 'deps'));
}

async function useBinding(binding, cache) {
  const cached = join(cache, 'napi-v8', 'tfjs_binding.node');
  if (!(await exists(cached))) return false;
  await place(cached, binding);
  return true;
}

function keepBinding(binding, cache) {
  return place(binding, join(cache, 'napi-v8', 'tfjs_binding.node'));
}

async function place(from, to) {
  const temporary = temporaryFor(to);
  await mkdir(dirname(to), { recursive: true });
  await copyFile(from, temporary);
  await commit(temporary, to);
}

/** Node's headers: beside the executable (official builds, nvm, Docker images) or the system's; else node-gyp downloads them. */
function headersFolder() {
  const candidates = [dirname(dirname(process.execPath)), '/usr', '/usr/local'];
  return candidates.find((folder) => existsSync(join(folder, 'include', 'node', 'node_api.h')));
}

async function compile(tfjs, log, signal) {
  await rm(join(tfjs, 'build-tmp-napi-v8'), { recursive: true, force: true });
  const headers = headersFolder();
  const preGyp = join(tfjs, '..', '..', '@mapbox', 'node-pre-gyp', 'bin', 'node-pre-gyp');
  const options = ['install', '--build-from-source', ...(headers ? [`--nodedir=${headers}`] : [])];
  const result = await runCommand(process.execPath, [preGyp, ...options], { cwd: tfjs, log, signal });
  if (result.ok) return;
  throw new SetupFailure(
    "tfjs-node's binding does not compile.",
    result.output
      .filter((line) => /error|fatal|not found/i.test(line))
      .slice(0, 4)
      .join('\n     ') || result.output.slice(-3).join('\n     '),
    `Install make, a C++ compiler, python3 and Node.js's headers, then run it again; the whole output is in ${log}.`,
  );
}
