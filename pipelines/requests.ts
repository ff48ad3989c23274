import { uuidv7, type Project } from '../base/index.ts';
import type { Slot } from '../models/registry/slot.ts';
import type { RefreshInput, RescoreInput, RetrainInput, Scope } from './messages.ts';
import { taskQueues } from './task-queues.ts';

/** The slot that a project trains for: its portfolio, all segments, the horizon of its labels. */
export function projectSlot(project: Pick<Project, 'portfolio' | 'labels'>): Slot {
  return { portfolio: project.portfolio, segment: null, horizonMonths: project.labels.horizonMonths };
}

function scope(project: Pick<Project, 'tenant' | 'portfolio'>): Scope {
  return { tenant: project.tenant, queues: taskQueues(project) };
}

/** A fresh request to retrain a project's model. */
export function retrainRequest(
  project: Project,
  submitter: string,
  more: Partial<Pick<RetrainInput, 'seed' | 'asOf' | 'approvalDeadlineMs' | 'heartbeatTimeoutMs'>> = {},
): RetrainInput {
  return {
    ...scope(project),
    slot: projectSlot(project),
    requestId: uuidv7(),
    submitter,
    seed: project.training.seed,
    ...more,
  };
}

/** A request to import what is new and publish the next snapshot. */
export function refreshRequest(project: Project, more: Partial<Pick<RefreshInput, 'asOf'>> = {}): RefreshInput {
  return { ...scope(project), ...more };
}

/** A request to score the whole portfolio with its champion. */
export function rescoreRequest(
  project: Project,
  more: Partial<Pick<RescoreInput, 'partitions' | 'concurrency'>> = {},
): RescoreInput {
  return { ...scope(project), slot: projectSlot(project), requestId: uuidv7(), ...more };
}
