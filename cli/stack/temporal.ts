import { spawn } from 'node:child_process';
import { mkdir, open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { dataPaths, messageOf, ProbityError, type Project } from '../../base/index.ts';
import { temporalExecutable } from '../../pipelines/temporal-executable.ts';
import type { ServerProcess } from './kept.ts';
import { freePort, listens } from './ports.ts';

const START_MS = 60_000;

/** A running local Temporal server, its data in the project's SQLite file. */
export interface TemporalServer extends ServerProcess {
  readonly uiPort: number;
  readonly address: string;
}

/** Starts a Temporal server with its web UI on loopback and waits until both listen. */
export async function startTemporal(
  project: Pick<Project, 'dataDir' | 'tenant' | 'temporalNamespace'>,
  preferred: { readonly port?: number; readonly uiPort?: number } = {},
  onSpawn: (pid: number) => void = () => {},
): Promise<TemporalServer> {
  const paths = dataPaths(project);
  const executable = temporalExecutable();
  const port = await freePort(preferred.port);
  const uiPort = await freePort(preferred.uiPort);
  await mkdir(paths.logs, { recursive: true });
  await mkdir(dirname(paths.temporalDatabase), { recursive: true });
  const log = await open(join(paths.logs, 'temporal.log'), 'a');
  const addresses = ['--ip', '127.0.0.1', '--port', String(port), '--ui-port', String(uiPort)];
  const storage = ['--db-filename', paths.temporalDatabase, '--namespace', project.temporalNamespace];
  const child = spawn(executable, ['server', 'start-dev', ...addresses, ...storage, '--log-level', 'warn'], {
    detached: true,
    stdio: ['ignore', log.fd, log.fd],
  });
  child.unref();
  if (child.pid !== undefined) onSpawn(child.pid);
  await log.close();
  let failure: string | null = null;
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.once('error', (error) => (failure = messageOf(error)));
  child.once('exit', (code) => (failure ??= `the server ended with code ${String(code)} while it was starting`));
  const until = Date.now() + START_MS;
  while (!((await listens(port)) && (await listens(uiPort)))) {
    if (failure !== null || Date.now() > until) {
      child.kill('SIGKILL');
      throw new ProbityError(
        'SERVICE_UNAVAILABLE',
        `Temporal did not start: ${failure ?? 'no answer within a minute'}.`,
        {
          fix: `Read ${join(paths.logs, 'temporal.log')}; \`probity doctor\` checks the installation.`,
        },
      );
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return { pid: child.pid ?? 0, port, uiPort, address: `127.0.0.1:${port}`, ended };
}
