import { ProbityError, type Project } from '../../base/index.ts';
import { isAlive } from './processes.ts';
import { readState } from './state.ts';

/** How to reach the servers that commands need. */
export interface Services {
  /** Connection string of the operational PostgreSQL. */
  readonly databaseUrl: string;
  /** `host:port` of the Temporal server. */
  readonly temporalAddress: string;
}

/**
 * Finds the project's servers: those of its configuration, else those of the local stack that runs now (`probity up`).
 * Throws SERVICE_UNAVAILABLE, naming the missing ones, where neither is there.
 */
export async function resolveServices(project: Project): Promise<Services> {
  const { databaseUrl, temporalAddress } = await findServices(project);
  if (databaseUrl !== null && temporalAddress !== null) return { databaseUrl, temporalAddress };
  throw unavailable([databaseUrl === null && 'PostgreSQL', temporalAddress === null && 'Temporal']);
}

/** The operational database alone, for commands that need no Temporal. */
export async function resolveDatabase(project: Project): Promise<string> {
  const { databaseUrl } = await findServices(project);
  if (databaseUrl === null) throw unavailable(['PostgreSQL']);
  return databaseUrl;
}

/** The same as `resolveServices`, with null for what is not there. */
export async function findServices(
  project: Project,
): Promise<{ readonly databaseUrl: string | null; readonly temporalAddress: string | null }> {
  const state = await readState(project);
  const runs = async (name: string) => {
    const pid = state?.services[name]?.pid;
    return pid !== undefined && (await isAlive(pid));
  };
  return {
    databaseUrl: project.databaseUrl ?? ((await runs('postgres')) ? (state?.databaseUrl ?? null) : null),
    temporalAddress: project.temporalAddress ?? ((await runs('temporal')) ? (state?.temporalAddress ?? null) : null),
  };
}

function unavailable(names: readonly (string | false)[]): ProbityError {
  const missing = names.filter((name) => name !== false).join(' and ');
  return new ProbityError('SERVICE_UNAVAILABLE', `No ${missing} runs for this project, and none is configured.`, {
    fix: 'Start the local stack with `probity up` (leave it running), or name the servers in probity.yaml.',
  });
}
