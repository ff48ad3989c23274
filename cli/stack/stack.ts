import { join } from 'node:path';
import { dataPaths, ProbityError, type Progress, type Project } from '../../base/index.ts';
import { migrate, openDatabase } from '../../records/database/index.ts';
import { startGuard } from './guard.ts';
import { keepServer } from './kept.ts';
import { freePort } from './ports.ts';
import { startPostgres } from './postgres.ts';
import { commandLine, endProcess, isAlive } from './processes.ts';
import { clearState, readState, writeState, type ServiceState, type StackState } from './state.ts';
import { supervise } from './supervised.ts';
import { startTemporal } from './temporal.ts';

/** A running local stack; `stop` ends its processes, last started first. */
export interface Stack {
  readonly databaseUrl: string;
  readonly temporalAddress: string;
  /** Web UI of the local Temporal server, or null where the server is not ours. */
  readonly temporalUi: string | null;
  /** Starts a worker process (all task queues). */
  startWorker(): Promise<void>;
  /** Starts the API and waits until it answers; returns its address. */
  startApi(): Promise<string>;
  stop(): Promise<void>;
}

interface Ending {
  readonly name: string;
  stop(): Promise<void>;
}

/** What a leftover process of each service shows on its command line, so that a reused process id is left alone. */
const MARKS: Readonly<Record<string, string>> = {
  postgres: 'postgres',
  temporal: 'start-dev',
  worker: 'worker',
  api: 'serve',
};

/** How to ask each service to end: PostgreSQL's fast shutdown is SIGINT. */
const SIGNALS: Readonly<Record<string, NodeJS.Signals>> = { postgres: 'SIGINT' };

/**
 * Starts what the project's configuration does not name: PostgreSQL and Temporal on loopback, each on its last port where that is
 * free. Refuses (STACK_RUNNING) while another process runs the project's stack; ends what a killed one left behind.
 */
export async function startStack(project: Project, progress: Progress): Promise<Stack> {
  const last = await recover(project);
  const guard = startGuard();
  const endings: Ending[] = [];
  const state: StackState = { owner: process.pid, databaseUrl: null, temporalAddress: null, services: {} };
  const logs = dataPaths(project).logs;
  const watch = (name: string) => (pid: number) => guard.watch({ name, pid, signal: SIGNALS[name] ?? 'SIGTERM' });
  const started = async (name: string, service: ServiceState) => {
    state.services[name] = service;
    await writeState(project, state);
  };
  const stop = async () => {
    for (const ending of endings.splice(0).toReversed()) await ending.stop();
    await clearState(project);
    await guard.dismiss();
  };
  const startPart = async (name: string, args: readonly string[], patienceMs: number, port?: number) => {
    const part = await supervise({
      args: [...args, '--project', project.root],
      logFile: join(logs, `${name}.log`),
      patienceMs,
      onStart: (pid) => {
        watch(name)(pid);
        started(name, { pid, ...(port === undefined ? {} : { port }) }).catch(() => {});
      },
    });
    endings.push({ name, stop: () => part.stop() });
  };
  await writeState(project, state);
  try {
    let databaseUrl = project.databaseUrl;
    if (databaseUrl === null) {
      progress({ step: 'PostgreSQL', message: 'starting' });
      const server = await startPostgres(project, last?.services['postgres']?.port, watch('postgres'));
      const kept = keepServer(server, {
        signal: 'SIGINT',
        restart: ({ port }) => startPostgres(project, port, watch('postgres')),
        onRestart: ({ pid, port }) => started('postgres', { pid, port }).catch(() => {}),
      });
      endings.push({ name: 'postgres', stop: () => kept.stop() });
      state.databaseUrl = databaseUrl = server.url;
      await started('postgres', { pid: server.pid, port: server.port });
      progress({ step: 'PostgreSQL', done: 1, message: `127.0.0.1:${server.port}` });
    }
    await migrateDatabase(databaseUrl);
    let temporalAddress = project.temporalAddress;
    let temporalUi: string | null = null;
    if (temporalAddress === null) {
      progress({ step: 'Temporal', message: 'starting' });
      const before = last?.services['temporal'];
      const server = await startTemporal(
        project,
        { port: before?.port ?? 7233, uiPort: before?.uiPort ?? 8233 },
        watch('temporal'),
      );
      const kept = keepServer(server, {
        signal: 'SIGTERM',
        restart: ({ port, uiPort }) => startTemporal(project, { port, uiPort }, watch('temporal')),
        onRestart: ({ pid, port, uiPort }) => started('temporal', { pid, port, uiPort }).catch(() => {}),
      });
      endings.push({ name: 'temporal', stop: () => kept.stop() });
      state.temporalAddress = temporalAddress = server.address;
      temporalUi = `http://127.0.0.1:${server.uiPort}`;
      await started('temporal', { pid: server.pid, port: server.port, uiPort: server.uiPort });
      progress({ step: 'Temporal', done: 1, message: server.address });
    }
    return {
      databaseUrl,
      temporalAddress,
      temporalUi,
      startWorker: () => startPart('worker', ['worker'], 15_000),
      startApi: async () => {
        const port = await freePort(project.serving.port);
        if (project.serving.port !== 0 && port !== project.serving.port)
          progress({ step: 'API', message: `port ${project.serving.port} is taken by another program; using ${port}` });
        await startPart('api', ['serve', '--host', '127.0.0.1', '--port', String(port)], 15_000, port);
        const address = `http://127.0.0.1:${port}`;
        await answers(`${address}/healthz`, join(logs, 'api.log'));
        return address;
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function migrateDatabase(url: string): Promise<void> {
  const database = await openDatabase(url, { maxConnections: 1 });
  try {
    await migrate(database);
  } finally {
    await database.close();
  }
}

async function recover(project: Project): Promise<StackState | null> {
  const last = await readState(project);
  if (last === null) return null;
  const owner = (await isAlive(last.owner)) ? await commandLine(last.owner) : null;
  if (owner !== null && last.owner !== process.pid && /probity|cli[\\/]main/.test(owner)) {
    throw new ProbityError('STACK_RUNNING', `The stack of this project runs already (process ${last.owner}).`);
  }
  for (const [name, service] of Object.entries(last.services).toReversed()) {
    const command = (await isAlive(service.pid)) ? await commandLine(service.pid) : null;
    if (command?.includes(MARKS[name] ?? name)) await endProcess(service.pid, SIGNALS[name] ?? 'SIGTERM');
  }
  return last;
}

async function answers(url: string, log: string): Promise<void> {
  const until = Date.now() + 60_000;
  for (;;) {
    const ok = await fetch(url, { signal: AbortSignal.timeout(2_000) }).then(
      (response) => response.ok,
      () => false,
    );
    if (ok) return;
    if (Date.now() > until) {
      throw new ProbityError('SERVICE_UNAVAILABLE', 'The API did not start within a minute.', { fix: `Read ${log}.` });
    }
    await new Promise((resolve) => setTimeout(resolve, 150));
  }
}
