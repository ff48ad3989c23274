import { spawn } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { mkdir, open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout } from 'node:timers/promises';
import { dataPaths, messageOf, ProbityError, type Project } from '../../base/index.ts';
import { temporalExecutable } from '../../pipelines/temporal-executable.ts';
import type { ServerProcess } from './kept.ts';
import { freePort, listens } from './ports.ts';

const START_MS = 60_000;
const ATTEMPTS = 3;

/** A running local Temporal server, its data in the project's SQLite file. */
export interface TemporalServer extends ServerProcess {
  readonly uiPort: number;
  readonly address: string;
}

/**
 * Starts a Temporal server with its web UI on loopback and waits until both listen. Where another program took a port between the
 * choice and the start, other ports are tried.
 */
export async function startTemporal(
  project: Pick<Project, 'dataDir' | 'tenant' | 'temporalNamespace'>,
  preferred: { readonly port?: number; readonly uiPort?: number } = {},
  onSpawn: (pid: number) => void = () => {},
): Promise<TemporalServer> {
  const { logs, temporalDatabase } = dataPaths(project);
  await mkdir(logs, { recursive: true });
  await mkdir(dirname(temporalDatabase), { recursive: true });
  const log = join(logs, 'temporal.log');
  for (let attempt = 1; ; attempt++) {
    const ports = attempt === 1 ? preferred : {};
    const port = await freePort(ports.port);
    const uiPort = await freePort(ports.uiPort);
    const started = await tryStart(project, { log, port, uiPort, onSpawn });
    if (typeof started !== 'string') return started;
    if (attempt < ATTEMPTS && started.includes('address already in use')) continue;
    throw new ProbityError('SERVICE_UNAVAILABLE', `Temporal did not start: ${started.split('\n')[0] ?? ''}.`, {
      fix: `Read ${log}; \`probity doctor\` checks the installation.`,
    });
  }
}

/** The server once it says by itself that it serves the port, since a listener on it may be another's; or why it does not. */
async function tryStart(
  project: Pick<Project, 'dataDir' | 'tenant' | 'temporalNamespace'>,
  at: {
    readonly log: string;
    readonly port: number;
    readonly uiPort: number;
    readonly onSpawn: (pid: number) => void;
  },
): Promise<TemporalServer | string> {
  const { port, uiPort } = at;
  const log = await open(at.log, 'a+');
  const { size } = await log.stat();
  const addresses = ['--ip', '127.0.0.1', '--port', String(port), '--ui-port', String(uiPort)];
  const storage = ['--db-filename', dataPaths(project).temporalDatabase, '--namespace', project.temporalNamespace];
  const child = spawn(temporalExecutable(), ['server', 'start-dev', ...addresses, ...storage, '--log-level', 'warn'], {
    detached: true,
    stdio: ['ignore', log.fd, log.fd],
  });
  child.unref();
  await log.close();
  if (child.pid !== undefined) at.onSpawn(child.pid);
  const said = async () => text(createReadStream(at.log, { start: size }));
  let failure: string | null = null;
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.once('error', (error) => (failure = messageOf(error)));
  child.once('exit', (code) => (failure ??= `the server ended with code ${String(code)} while it was starting`));
  const serves = new RegExp(`Server:\\s+\\S+:${port}\\b`);
  const until = Date.now() + START_MS;
  while (!(serves.test(await said()) && (await listens(port)) && (await listens(uiPort)))) {
    if (failure !== null || Date.now() > until) {
      child.kill('SIGKILL');
      return `${failure ?? 'no answer within a minute'}\n${await said()}`;
    }
    await setTimeout(100);
  }
  return { pid: child.pid ?? 0, port, uiPort, address: `127.0.0.1:${port}`, ended };
}
