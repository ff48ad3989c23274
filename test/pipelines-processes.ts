import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { compiledEntry, loadProject, uuidv7, type Project } from '../base/index.ts';

/** Every worker process of these tests, and each child of one, carries it in its environment, so that orphans are found. */
const MARK = `probity-worker-test-${uuidv7()}`;

/** A project of its own, as a user would write it, over a portfolio simulated into `<folder>/data`. */
export async function projectOver(folder: string, tenant: string): Promise<Project> {
  const root = join(folder, tenant);
  await mkdir(root);
  const text = [
    `tenant: ${tenant}`,
    'portfolio: demo',
    'specs: [../data/portfolio.yaml]',
    'training: { seed: 3, observationMonths: 6, embargoDays: 0 }',
  ];
  await writeFile(join(root, 'probity.yaml'), `${text.join('\n')}\n`);
  return loadProject(root, {});
}

/** A worker process of the command line. */
export interface WorkerProcess {
  readonly child: ChildProcess;
  /** What it has written on stderr, the last part of it. */
  log(): string;
}

/** Starts `probity worker` and waits until it serves. */
export async function startWorkerProcess(
  project: Project,
  env: NodeJS.ProcessEnv,
  queues = 'training,features',
): Promise<WorkerProcess> {
  const command = [compiledEntry('cli/main.ts'), 'worker', '--project', project.root, '--queues', queues];
  const child = spawn(process.execPath, command, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, PROBITY_TEST_MARK: MARK, ...env },
  });
  let log = '';
  child.stderr?.on('data', (text: Buffer) => (log = (log + text.toString()).slice(-3000)));
  const ended = once(child, 'exit').then(() => Promise.reject(new Error(`the worker did not start: ${log}`)));
  ended.catch(() => {});
  await Promise.race([once(child.stdout as NodeJS.ReadableStream, 'data'), ended]);
  return { child, log: () => log };
}

/** Ends a worker process and waits until it has gone. */
export async function endWorker({ child }: WorkerProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill(signal);
  await gone;
}

/** Processes of these tests that live; Linux shows them under /proc, elsewhere none are seen. */
export async function workerProcesses(): Promise<string[]> {
  const found: string[] = [];
  for (const pid of await readdir('/proc').catch(() => [])) {
    if (!/^\d+$/.test(pid) || pid === String(process.pid)) continue;
    const environment = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '');
    if (environment.includes(MARK)) found.push((await readFile(`/proc/${pid}/cmdline`, 'utf8')).replaceAll('\0', ' '));
  }
  return found;
}

/** Files and folders under `folder` that something unfinished has left. */
export async function unfinished(folder: string): Promise<string[]> {
  const all = await readdir(folder, { recursive: true });
  return all.filter((name) => /\.tmp|\.unfinished|checkpoints/.test(name) && !dirname(name).includes('postgres'));
}
