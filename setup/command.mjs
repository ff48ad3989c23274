import { spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { note } from './leftovers.mjs';

let leftovers = null;

/** From now on, notes each started program in `folder` (see leftovers.mjs). */
export function noteProgramsIn(folder) {
  leftovers = folder;
}

/**
 * Runs a program to its end: `{ok, code, timedOut, output}` with the last lines of its output, all of which goes to `log`.
 * An aborted `signal` or the time limit ends the program with all its children.
 */
export async function runCommand(program, args, { cwd, env = {}, log, limitMs, signal, onLine = () => {} } = {}) {
  if (log) await mkdir(dirname(log), { recursive: true });
  const file = log ? createWriteStream(log, { flags: 'a' }) : null;
  file?.write(`$ ${[program, ...args].join(' ')}\n`);
  const child = spawn(program, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const forget = leftovers !== null && child.pid ? note(leftovers, child.pid) : null;
  const lines = [];
  const take = (chunk) => {
    file?.write(chunk);
    for (const line of String(chunk).split(/[\r\n]+/)) {
      if (line.trim() === '') continue;
      onLine(line);
      lines.push(line);
      if (lines.length > 40) lines.shift();
    }
  };
  child.stdout.on('data', take);
  child.stderr.on('data', take);
  const kill = () => {
    try {
      process.kill(-child.pid, 'SIGKILL');
    } catch {
      child.kill('SIGKILL');
    }
  };
  let timedOut = false;
  const timer = limitMs
    ? setTimeout(() => {
        timedOut = true;
        kill();
      }, limitMs)
    : undefined;
  signal?.addEventListener('abort', kill, { once: true });
  const code = await new Promise((resolve) => {
    child.once('error', (error) => {
      lines.push(error.message);
      resolve(-1);
    });
    child.once('close', (value) => resolve(value ?? -1));
  });
  clearTimeout(timer);
  await (
    await forget
  )?.();
  signal?.removeEventListener('abort', kill);
  file?.end();
  signal?.throwIfAborted();
  return { ok: code === 0, code, timedOut, output: lines };
}

/** True where a program answers (`make --version`). */
export async function hasProgram(program, args = ['--version']) {
  return (await runCommand(program, args, { limitMs: 20_000 })).ok;
}
