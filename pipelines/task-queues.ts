import type { Project } from '../base/project.ts';

/** What a queue's activities are: `training` computes (and runs the workflows), `features` is the only writer of the warehouse. */
export const QUEUE_KINDS = ['training', 'features'] as const;

export type QueueKind = (typeof QUEUE_KINDS)[number];

/** The Temporal task queues of one project; two worker processes may share the work, one queue each. */
export type TaskQueues = { readonly [kind in QueueKind]: string };

/** The queue names of a project; tenant and portfolio keep projects on one server apart. */
export function taskQueues(project: Pick<Project, 'tenant' | 'portfolio'>): TaskQueues {
  const prefix = `probity/${project.tenant}/${project.portfolio}`;
  return { training: `${prefix}/training`, features: `${prefix}/features` };
}
