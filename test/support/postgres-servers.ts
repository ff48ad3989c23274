import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestProject } from 'vitest/node';
import { postgresKinds, startCluster, type PostgresCluster } from './postgres-cluster.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Where a worker asks for the address of its PostgreSQL server. */
    readonly postgresServers: string;
    /** Which of `postgresKinds` those are. */
    readonly postgresKind: number;
  }
}

/**
 * The PostgreSQL servers of one run, started when the first test file asks and stopped at the end: one for each worker, so that no two files that
 * run at once share a server, and none is made for each file. The Vitest project `debian` is for Debian's PostgreSQL, any other for the embedded one.
 */
export default async function servers(project: TestProject): Promise<() => Promise<void>> {
  const postgresKind = project.name === 'debian' ? 1 : 0;
  const started = new Map<string, Promise<PostgresCluster>>();
  const serverOf = (worker: string): Promise<PostgresCluster> => {
    const running = started.get(worker);
    if (running !== undefined) return running;
    const starting = (async () => {
      const kind = (await postgresKinds())[postgresKind];
      if (kind === undefined || kind.programs === null) throw new Error(`${kind?.name ?? 'PostgreSQL'}: not installed`);
      return startCluster(kind.programs);
    })();
    started.set(worker, starting);
    return starting;
  };
  const desk = createServer((request, response) => {
    serverOf(request.url ?? '').then(
      ({ url }) => response.end(url),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  });
  desk.listen(0, '127.0.0.1');
  await once(desk, 'listening');
  desk.unref();
  project.provide('postgresKind', postgresKind);
  project.provide('postgresServers', `http://127.0.0.1:${(desk.address() as AddressInfo).port}`);
  return async () => {
    desk.close();
    for (const server of await Promise.allSettled(started.values()))
      if (server.status === 'fulfilled') await server.value.stop();
  };
}
