import { spawn } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { availableParallelism, homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { writeWhole } from '../setup/atomic.mjs';
import { probityHome, ROOT } from '../setup/places.mjs';
import { kernelFolder } from '../setup/steps/notebook-kernel.mjs';

const FOLDER = join(ROOT, 'notebooks');

/** The notebooks, in the order in which they are read. */
export async function notebookNames() {
  return (await readdir(FOLDER)).filter((name) => name.endsWith('.ipynb')).sort();
}

/**
 * Runs every notebook from its first cell to its last, two at a time, on a portfolio that is simulated anew, and answers the texts of the
 * executed notebooks by name. Throws an error that names every notebook with a cell that failed or wrote to stderr, and what it said.
 */
export async function runNotebooks({ home = probityHome(), say = () => {} } = {}) {
  const data = await mkdtemp(join(tmpdir(), 'probity-notebooks-'));
  const env = await kernelEnvironment(home, data);
  const names = await notebookNames();
  const executed = new Map();
  const failures = [];
  process.env.TF_CPP_MIN_LOG_LEVEL ??= '2';
  try {
    say('simulating the portfolio');
    const { portfolio } = await import(pathToFileURL(join(ROOT, 'dist', 'notebooks', 'portfolio.js')).href);
    await portfolio({ folder: data });
    const waiting = [...names];
    const work = async () => {
      for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
        const since = Date.now();
        const { text, failure } = await execute(join(FOLDER, name), env);
        say(`${name}: ${failure === null ? 'ran' : 'failed'} (${((Date.now() - since) / 1000).toFixed(1)} s)`);
        if (failure === null) executed.set(name, text);
        else failures.push(`${name}: ${failure}`);
      }
    };
    await Promise.all(Array.from({ length: Math.min(2, availableParallelism()) }, work));
  } finally {
    await rm(data, { recursive: true, force: true });
  }
  if (failures.length > 0) throw new Error(failures.join('\n\n'));
  return new Map(names.map((name) => [name, executed.get(name)]));
}

/** The environment in which Jupyter finds the kernel of this cache folder, and the notebooks their portfolio in `data`. */
export async function kernelEnvironment(home, data) {
  const kernel = await kernelFolder(ROOT, home);
  return {
    ...process.env,
    PYTHONPATH: join(kernel, 'python'),
    JUPYTER_PATH: join(kernel, 'jupyter'),
    JUPYTER_NO_CONFIG: '1',
    JUPYTER_RUNTIME_DIR: join(data, 'jupyter'),
    PROBITY_NOTEBOOKS_DATA: data,
  };
}

/** Runs one notebook: its text with the outputs, or why it failed. */
export async function execute(path, env) {
  const args = ['-m', 'nbconvert', '--to', 'notebook', '--execute', '--stdout', '--log-level', 'ERROR', path];
  const limit = ['--ExecutePreprocessor.timeout=300', '--ExecutePreprocessor.kernel_name=probity'];
  const child = spawn('python3', [...args, ...limit], { cwd: dirname(path), env, stdio: ['ignore', 'pipe', 'pipe'] });
  const parts = { stdout: [], stderr: [] };
  for (const name of ['stdout', 'stderr']) child[name].on('data', (chunk) => parts[name].push(chunk));
  const code = await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (code !== 0) return { text: null, failure: said(String(Buffer.concat(parts.stderr))) };
  const notebook = JSON.parse(String(Buffer.concat(parts.stdout)));
  const complaint = notebook.cells
    .flatMap(({ outputs = [] }) => outputs)
    .find((output) => output.output_type === 'error' || output.name === 'stderr');
  if (complaint) return { text: null, failure: [complaint.text ?? complaint.traceback].flat().join('') };
  const text = settled(notebook);
  const place = [ROOT, env.PROBITY_NOTEBOOKS_DATA, homedir(), '[External: '].find((each) => text.includes(each));
  if (place) return { text: null, failure: `an output depends on where it ran: it holds ${place}` };
  return { text, failure: null };
}

/** The cell that failed and what it said, where nbconvert tells them, without Python's own calls; else all of it. */
function said(text) {
  const start = text.indexOf('An error occurred while executing');
  return (start < 0 ? text : text.slice(start)).trim();
}

/** The text of a notebook that depends on its cells and their outputs only: no times, and counts from 1. */
function settled(notebook) {
  let count = 0;
  for (const cell of notebook.cells) {
    cell.metadata = {};
    if (cell.cell_type !== 'code') continue;
    cell.execution_count = ++count;
    cell.outputs = joined(cell.outputs);
  }
  return `${JSON.stringify(notebook, null, 1)}\n`;
}

/** Text that was written in pieces as one piece: where it is cut depends on the time. */
function joined(outputs) {
  const whole = [];
  for (const output of outputs) {
    const last = whole.at(-1);
    if (output.output_type === 'stream' && last?.name === output.name) last.text = [last.text, output.text].flat();
    else whole.push(output);
  }
  return whole;
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  try {
    for (const [name, text] of await runNotebooks({ say: (line) => process.stderr.write(`${line}\n`) })) {
      await writeWhole(join(FOLDER, name), text);
    }
    const kernel = join(await kernelFolder(ROOT, probityHome()), 'jupyter');
    process.stdout.write(`all notebooks ran; to work in them: JUPYTER_PATH=${kernel} jupyter lab notebooks\n`);
  } catch (error) {
    process.stderr.write(`notebooks failed: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}
