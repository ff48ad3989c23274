import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { packageRoot } from '../base/index.ts';

let folder: string;
const children: ChildProcess[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'probity-setup-'));
});

afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await rm(folder, { recursive: true, force: true });
});

/** A set-up of three small steps in a process of its own; each writes its file whole, and a line to `log`. */
async function start(pauseMs: number, after = ''): Promise<ChildProcess> {
  const setup = (name: string) => JSON.stringify(pathToFileURL(join(packageRoot(), 'setup', name)).href);
  const script = `
    import { appendFileSync, existsSync, writeFileSync } from 'node:fs';
    import { setTimeout as sleep } from 'node:timers/promises';
    const { setUp } = await import(${setup('set-up.mjs')});
    const { writeWhole } = await import(${setup('atomic.mjs')});
    const { runCommand } = await import(${setup('command.mjs')});
    const root = ${JSON.stringify(folder)};
    const step = (name, after) => ({
      name, after,
      isDone: async () => existsSync(root + '/' + name),
      run: async ({ report }) => {
        appendFileSync(root + '/log', name + ' begins\\n');
        report({ message: 'working' });
        await sleep(${pauseMs});
        await writeWhole(root + '/' + name, name);
        appendFileSync(root + '/log', name + ' ends\\n');
        return 'made';
      },
    });
    const steps = [step('a', []), step('b', ['a']), step('c', ['a'])];
    ${after}
    await setUp({ steps, root, home: root + '/home' });
  `;
  const file = join(folder, `setup-${children.length}.mjs`);
  await writeFile(file, script);
  const child = spawn(process.execPath, [file], { stdio: ['ignore', 'pipe', 'pipe'] });
  children.push(child);
  return child;
}

async function ended(child: ChildProcess): Promise<{ code: number | null; output: string }> {
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, output };
}

async function until(condition: () => boolean): Promise<void> {
  for (const end = Date.now() + 20_000; !condition();) {
    if (Date.now() > end) throw new Error('waited too long');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

const log = async () => (await readFile(join(folder, 'log'), 'utf8')).trim().split('\n');

describe('set-up', () => {
  it('does every step once, after those it needs; a second run does nothing', async () => {
    const first = await ended(await start(10));
    expect(first).toMatchObject({ code: 0 });
    expect(first.output).toContain('set-up: a: working');
    const lines = await log();
    expect(lines.indexOf('a ends')).toBeLessThan(Math.min(lines.indexOf('b begins'), lines.indexOf('c begins')));
    const second = await ended(await start(10));
    expect(second).toMatchObject({ code: 0, output: '' });
    expect(await log()).toEqual(lines);
  });

  it('goes on where a killed run stopped: what was complete is kept, the rest is done again', async () => {
    const killed = await start(400);
    await until(() => existsSync(join(folder, 'a')));
    killed.kill('SIGKILL');
    await once(killed, 'close');
    expect((await ended(await start(5))).code).toBe(0);
    const lines = await log();
    expect(lines.filter((line) => line === 'a begins')).toHaveLength(1);
    for (const name of ['a', 'b', 'c']) expect(existsSync(join(folder, name))).toBe(true);
  });

  it('breaks the lock of an owner that is gone', async () => {
    const killed = await start(5_000);
    await until(() => existsSync(join(folder, 'log')));
    killed.kill('SIGKILL');
    await once(killed, 'close');
    expect(existsSync(join(folder, '.probity', 'setup.lock'))).toBe(true);
    expect((await ended(await start(5))).code).toBe(0);
    expect(existsSync(join(folder, '.probity', 'setup.lock'))).toBe(false);
  });

  it('runs one at a time: the second waits, says for whom, and finds everything done', async () => {
    const runs = await Promise.all([start(150), start(150), start(150)]);
    const ends = await Promise.all(runs.map(ended));
    expect(ends.map(({ code }) => code)).toEqual([0, 0, 0]);
    expect((await log()).filter((line) => line.endsWith('begins'))).toHaveLength(3);
    expect(ends.some(({ output }) => /another set-up is at work \(process \d+\)/.test(output))).toBe(true);
  });

  it('ends the programs that a killed run left behind', async () => {
    const endless = `steps.unshift({ name: 'endless', isDone: async () => existsSync(root + '/late'), run: async () => {
      writeFileSync(root + '/late', '');
      await runCommand(process.execPath, ['-e', 'require("fs").writeFileSync(process.argv[1], String(process.pid)); setInterval(() => {}, 1e9)', root + '/pid']);
    } });`;
    const killed = await start(5, endless);
    await until(() => existsSync(join(folder, 'pid')));
    await new Promise((resolve) => setTimeout(resolve, 100));
    killed.kill('SIGKILL');
    await once(killed, 'close');
    const pid = Number(await readFile(join(folder, 'pid'), 'utf8'));
    expect(() => process.kill(pid, 0)).not.toThrow();
    await rm(join(folder, 'c'), { force: true });
    expect((await ended(await start(5))).code).toBe(0);
    await until(() => {
      try {
        process.kill(pid, 0);
        return false;
      } catch {
        return true;
      }
    });
  });

  it('leaves no temporary file behind', async () => {
    await ended(await start(5));
    const names = await readdir(folder, { recursive: true });
    expect(names.filter((name) => /\.(tmp|stale|lock)$/.test(name))).toEqual([]);
  });

  it('stops the other steps at the first failure and says what, why and what to do', async () => {
    const failing = `const { SetupFailure } = await import(${JSON.stringify(pathToFileURL(join(packageRoot(), 'setup/failure.mjs')).href)});
      const { failureText } = await import(${JSON.stringify(pathToFileURL(join(packageRoot(), 'setup/failure.mjs')).href)});
      steps.push({ name: 'd', isDone: async () => false, run: async () => { throw new SetupFailure('No d.', 'It is out.', 'Buy one.'); } });
      process.on('uncaughtException', (error) => { process.stderr.write(failureText(error)); process.exit(1); });`;
    const { code, output } = await ended(await start(5, failing));
    expect(code).toBe(1);
    expect(output).toMatch(/set-up failed: No d\.\nwhy: It is out\.\nfix: Buy one\./);
    expect(existsSync(join(folder, '.probity', 'setup.lock'))).toBe(false);
  });
});

/** setup/ is plain JavaScript without types; what a test takes from it is named here. */
async function load<T>(name: string): Promise<T> {
  return (await import(pathToFileURL(join(packageRoot(), 'setup', name)).href)) as T;
}

describe('the parts of set-up', () => {
  it('tells a complete node_modules from an incomplete or altered one by the lockfile', async () => {
    const { holdsAll } = await load<{ holdsAll: (a: string | null, b: string | null) => boolean }>(
      'steps/packages.mjs',
    );
    const lock = (packages: object) => JSON.stringify({ packages });
    const wanted = lock({
      '': {},
      'node_modules/a': { version: '1', integrity: 'x' },
      'node_modules/mac': { version: '1', optional: true },
    });
    expect(holdsAll(wanted, lock({ 'node_modules/a': { version: '1', integrity: 'x' } }))).toBe(true);
    expect(holdsAll(wanted, lock({ 'node_modules/a': { version: '2', integrity: 'x' } }))).toBe(false);
    expect(holdsAll(wanted, lock({ 'node_modules/a': { version: '1', integrity: 'y' } }))).toBe(false);
    expect(holdsAll(wanted, lock({}))).toBe(false);
    expect(holdsAll(wanted, null)).toBe(false);
  });

  it('runs on Node.js 20.19 to 22 only', async () => {
    const { checkNode } = await load<{ checkNode: (version: string) => void }>('steps/node.mjs');
    for (const version of ['20.19.0', '20.20.2', '22.0.0']) expect(() => checkNode(version)).not.toThrow();
    for (const version of ['18.20.0', '20.18.9', '23.0.0']) expect(() => checkNode(version)).toThrow(/not supported/);
  });

  it('prefers a named Temporal executable, then PATH, then the cache', async () => {
    const { findTemporal } = await load<{ findTemporal: (home: string, env: object) => string | null }>(
      'steps/temporal.mjs',
    );
    expect(findTemporal(folder, { PATH: '' })).toBeNull();
    const make = async (path: string) => {
      await mkdir(join(folder, path, '..'), { recursive: true });
      await writeFile(join(folder, path), '', { mode: 0o755 });
      return join(folder, path);
    };
    const cached = await make('temporal/v1/temporal');
    expect(findTemporal(folder, { PATH: '' })).toBe(cached);
    const onPath = await make('bin/temporal');
    expect(findTemporal(folder, { PATH: join(folder, 'bin') })).toBe(onPath);
    expect(findTemporal(folder, { PATH: join(folder, 'bin'), PROBITY_TEMPORAL: cached })).toBe(cached);
    expect(findTemporal(folder, { PROBITY_TEMPORAL: join(folder, 'missing') })).toBeNull();
  });

  it('rebuilds when a source changes, by content', async () => {
    const { sourcesHash } = await load<{ sourcesHash: (root: string) => Promise<string> }>('steps/build.mjs');
    await mkdir(join(folder, 'base'));
    await writeFile(join(folder, 'tsconfig.build.json'), JSON.stringify({ include: ['base'] }));
    await writeFile(join(folder, 'base', 'a.ts'), 'one');
    const one = await sourcesHash(folder);
    await writeFile(join(folder, 'base', 'a.test.ts'), 'a test is not compiled');
    expect(await sourcesHash(folder)).toBe(one);
    await writeFile(join(folder, 'base', 'a.ts'), 'two');
    expect(await sourcesHash(folder)).not.toBe(one);
  });

  it('keeps the lockfile complete for other platforms, so that `npm ci` takes it anywhere', async () => {
    type Lock = { packages: Record<string, object> };
    const { missingOptional, completed } = await load<{
      missingOptional: (lock: Lock) => object[];
      completed: (lock: Lock) => Lock;
    }>('lockfile.mjs');
    const ours = JSON.parse(await readFile(join(packageRoot(), 'package-lock.json'), 'utf8')) as Lock;
    expect(missingOptional(ours)).toEqual([]);
    const gap: Lock = {
      packages: { '': {}, 'node_modules/a': { version: '1', optionalDependencies: { '@a/win32-x64-msvc': '1' } } },
    };
    expect(missingOptional(gap)).toHaveLength(1);
    const filled = completed(gap);
    expect(missingOptional(filled)).toEqual([]);
    expect(filled.packages['node_modules/@a/win32-x64-msvc']).toEqual({
      version: '1',
      cpu: ['x64'],
      os: ['win32'],
      optional: true,
    });
  });

  it('closes a run with the counts of the test runner, a file that does not load as a failure', async () => {
    const { summary } = await load<{ summary: (report: object | null) => string }>('summary.mjs');
    const counts = { numPassedTests: 7, numFailedTests: 1, numPendingTests: 2, numTodoTests: 0 };
    const failedTest = { status: 'failed', assertionResults: [{ status: 'failed' }] };
    expect(summary({ ...counts, testResults: [failedTest] })).toBe('7 passed, 1 failed, 2 skipped');
    const unloaded = { status: 'failed', assertionResults: [] };
    expect(summary({ ...counts, testResults: [failedTest, unloaded] })).toBe('7 passed, 2 failed, 2 skipped');
    expect(summary(null)).toBe('0 passed, 1 failed, 0 skipped');
  });
});
