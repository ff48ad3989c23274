import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadProject, packageRoot, type Project } from '../base/index.ts';
import { isAlive } from '../cli/stack/processes.ts';
import { resolveServices } from '../cli/stack/services.ts';
import { readState, statePath } from '../cli/stack/state.ts';

let root: string;
let project: Project;
const started: ChildProcess[] = [];

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'probity-stack-'));
  await writeFile(join(root, 'probity.yaml'), 'tenant: test\n');
  project = await loadProject(root, {});
});

afterAll(async () => {
  for (const child of started) child.kill('SIGTERM');
  await until(async () => !existsSync(statePath(project)) || (await allGone()), 30_000);
  await rm(root, { recursive: true, force: true });
});

async function up(): Promise<ChildProcess> {
  const args = [
    join(packageRoot(), 'bin', 'probity.mjs'),
    'up',
    '--no-worker',
    '--no-api',
    '--json',
    '--project',
    root,
  ];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  started.push(child);
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  await new Promise<void>((resolve, reject) => {
    child.stdout.once('data', () => resolve());
    child.once('exit', (code) => reject(new Error(`probity up ended with ${String(code)}: ${errors}`)));
  });
  return child;
}

async function until(condition: () => Promise<boolean>, withinMs = 20_000): Promise<void> {
  for (const end = Date.now() + withinMs; !(await condition());) {
    if (Date.now() > end) throw new Error('waited too long');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

let pids: number[] = [];
const allGone = async () => !(await Promise.all(pids.map(isAlive))).some(Boolean);

async function notePids(): Promise<void> {
  const state = await readState(project);
  pids = Object.values(state?.services ?? {}).map(({ pid }) => pid);
  expect(pids).toHaveLength(2);
}

async function ask(sql: string): Promise<unknown> {
  const client = new Client({ connectionString: (await resolveServices(project)).databaseUrl });
  await client.connect();
  try {
    return (await client.query<{ answer: unknown }>(sql)).rows[0]?.answer;
  } finally {
    await client.end();
  }
}

describe('the local stack', () => {
  it('is found by other processes, keeps its secrets, replaces what dies, leaves nothing behind however it ends, and loses no data', async () => {
    await expect(resolveServices(project)).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });

    const first = await up();
    await notePids();
    expect((await stat(statePath(project))).mode & 0o777).toBe(0o600);
    expect(await ask('create table kept as select 7 as answer')).toBeUndefined();
    expect(await ask('select answer from kept')).toBe(7);
    await expect(up()).rejects.toThrow(/STACK_RUNNING/);

    first.kill('SIGKILL');
    await until(allGone);
    await expect(resolveServices(project)).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });

    const second = await up();
    await notePids();
    expect(await ask('select answer from kept')).toBe(7);

    const before = await resolveServices(project);
    const killed = [...pids];
    for (const pid of killed) process.kill(pid, 'SIGKILL');
    const replaced = async () => {
      const now = Object.values((await readState(project))?.services ?? {}).map(({ pid }) => pid);
      return now.length === 2 && !now.some((pid) => killed.includes(pid));
    };
    await until(replaced, 60_000);
    await notePids();
    expect(await resolveServices(project)).toEqual(before);
    expect(await ask('select answer from kept')).toBe(7);

    second.kill('SIGTERM');
    await until(allGone);
    await until(async () => second.exitCode !== null);
    expect(second.exitCode).toBe(0);
    expect(existsSync(statePath(project))).toBe(false);

    const log = await readFile(join(project.dataDir, 'logs', 'postgres.log'), 'utf8');
    expect(log).toContain('database system is shut down');
  }, 180_000);
});
