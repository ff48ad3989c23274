import type { Project } from '../../base/index.ts';
import { startGuard } from './guard.ts';
import { startPostgres } from './postgres.ts';
import { endProcess } from './processes.ts';
import { findServices } from './services.ts';

/**
 * Lends the project's database: the one that is configured or runs, else its embedded one, started for the time of `work` and ended again, by a
 * guard should this process be killed.
 */
export async function withDatabaseServer<T>(project: Project, work: (url: string) => Promise<T>): Promise<T> {
  const { databaseUrl } = await findServices(project);
  if (databaseUrl !== null) return work(databaseUrl);
  const guard = startGuard();
  const server = await startPostgres(project, 0, (pid) => guard.watch({ name: 'postgres', pid, signal: 'SIGINT' }));
  try {
    return await work(server.url);
  } finally {
    await endProcess(server.pid, 'SIGINT');
    await guard.dismiss();
  }
}
