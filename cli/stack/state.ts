import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { writeFileAtomic, type Project } from '../../base/index.ts';

const service = z.object({ pid: z.int(), port: z.int().optional(), uiPort: z.int().optional() });

const stateSchema = z.object({
  /** The process that started the stack and stops it. */
  owner: z.int(),
  databaseUrl: z.string().nullable(),
  temporalAddress: z.string().nullable(),
  services: z.record(z.string(), service),
});

/** What runs for a project now: who started it, how to reach it, and the processes, in the order of their start. */
export type StackState = z.infer<typeof stateSchema>;
export type ServiceState = z.infer<typeof service>;

/** Where a project's running stack is written down; only its owner's user may read it, for it holds a password. */
export function statePath(project: Pick<Project, 'dataDir'>): string {
  return join(project.dataDir, 'stack.json');
}

/** The state that was written last, or null where there is none or it cannot be read. */
export async function readState(project: Pick<Project, 'dataDir'>): Promise<StackState | null> {
  try {
    return stateSchema.parse(JSON.parse(await readFile(statePath(project), 'utf8')));
  } catch {
    return null;
  }
}

/** Replaces the state at once, readable by this user alone. */
export async function writeState(project: Pick<Project, 'dataDir'>, state: StackState): Promise<void> {
  await writeFileAtomic(statePath(project), `${JSON.stringify(state, null, 2)}\n`, 0o600);
}

/** Forgets the state, once everything has ended. */
export async function clearState(project: Pick<Project, 'dataDir'>): Promise<void> {
  await rm(statePath(project), { force: true });
}
