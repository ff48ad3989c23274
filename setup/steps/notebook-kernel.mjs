import { createHash } from 'node:crypto';
import { cp, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { commit, exists, readText, temporaryFor, writeWhole } from '../atomic.mjs';
import { runCommand } from '../command.mjs';
import { SetupFailure } from '../failure.mjs';

/** What says which packages the kernel is made of. */
const FILES = ['package.json', 'package-lock.json', 'requirements.txt'];

/** Where the kernel of this clone's `notebooks/kernel` lies: each version of its package lists, and of Python, has a folder of its own. */
export async function kernelFolder(root, home) {
  const hash = createHash('sha256');
  for (const name of FILES) hash.update(await readFile(join(root, 'notebooks', 'kernel', name)));
  const python = await runCommand('python3', ['-c', 'import sys; print("py%d%d" % sys.version_info[:2])']);
  return join(home, `notebooks-${hash.digest('hex').slice(0, 12)}-${python.ok ? python.output.at(-1) : 'py'}`);
}

/**
 * The kernel that runs the notebooks: a tree of npm packages apart from ours (it brings a `tsc` of its own) with the TypeScript kernel and
 * the plotting library, nbconvert in a folder of Python packages, and a kernel spec that names them. Made beside and moved into place
 * when complete, so that a killed set-up leaves nothing half done.
 */
export function notebookKernelStep(root, home, logs) {
  const specOf = (folder) => join(folder, 'jupyter', 'kernels', 'probity', 'kernel.json');
  return {
    name: 'notebooks',
    isDone: async () => {
      const folder = await kernelFolder(root, home);
      return (await exists(join(folder, 'complete'))) && (await readText(specOf(folder))) === kernelSpec(folder);
    },
    async run({ report, signal }) {
      const folder = await kernelFolder(root, home);
      if (!(await exists(join(folder, 'complete'))))
        await install(root, folder, join(logs, 'notebooks.log'), report, signal);
      await writeWhole(specOf(folder), kernelSpec(folder));
      return 'installed';
    },
  };
}

async function install(root, folder, log, report, signal) {
  const temporary = temporaryFor(folder);
  try {
    report({ message: 'npm ci, in a tree of its own' });
    await cp(join(root, 'notebooks', 'kernel'), temporary, { recursive: true });
    const npm = ['ci', '--ignore-scripts', '--no-audit', '--no-fund'];
    requireDone(await runCommand('npm', npm, { cwd: temporary, log, signal }), 'npm', 'npm config get registry', log);
    report({ message: 'nbconvert' });
    const into = ['--target', join(temporary, 'python'), '--disable-pip-version-check', '--no-cache-dir'];
    const pip = ['-m', 'pip', 'install', ...into, '-r', join(temporary, 'requirements.txt')];
    requireDone(await runCommand('python3', pip, { log, signal }), 'pip', 'python3 -m pip config list', log);
    await writeWhole(join(temporary, 'complete'), '');
    await commit(temporary, folder);
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

/** How Jupyter starts the kernel: on this Node, quiet, with the plotting library in sight. */
function kernelSpec(folder) {
  const packages = join(folder, 'node_modules');
  const spec = {
    argv: [process.execPath, join(packages, 'tslab', 'bin', 'tslab'), 'kernel', '--config-path', '{connection_file}'],
    display_name: 'TypeScript (Probity)',
    language: 'typescript',
    env: { NODE_PATH: packages, NODE_NO_WARNINGS: '1', TF_CPP_MIN_LOG_LEVEL: '2', TZ: 'UTC' },
  };
  return `${JSON.stringify(spec, null, 2)}\n`;
}

function requireDone(result, tool, setting, log) {
  if (result.ok) return;
  throw new SetupFailure(
    'The kernel of the notebooks could not be installed.',
    result.output
      .filter((line) => !/npm warn|notice/i.test(line))
      .slice(-4)
      .join('\n     ') || `${tool} ended with code ${result.code}`,
    `Check the network and ${tool}'s registry (\`${setting}\`), then run it again; the whole output is in ${log}.`,
  );
}
