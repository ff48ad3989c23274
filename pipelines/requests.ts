import { ProbityError, uuidv7, type Project } from '../base/index.ts';
import type { Slot } from '../models/registry/slot.ts';
import type {
  MonitorInput,
  ReconcileInput,
  RefreshInput,
  RescoreInput,
  RetentionInput,
  RetrainInput,
  Scope,
  ShadowScoreInput,
  SignalsInput,
} from './messages.ts';
import { taskQueues } from './task-queues.ts';

/** What a model predicts: default, a payment that is late, or default by age. */
export const MODEL_TARGETS = ['default', 'late-payment', 'term-structure'] as const;
export type ModelTarget = (typeof MODEL_TARGETS)[number];

/**
 * The slot that a project trains for: its portfolio, all segments, the horizon of its labels; for late payment and a term structure, the horizon and
 * the days or steps that the project names. Throws INVALID_SPEC where it names none.
 */
export function projectSlot(
  project: Pick<Project, 'portfolio' | 'labels' | 'latePayment' | 'termStructure'>,
  target: ModelTarget = 'default',
): Slot {
  const slot = { portfolio: project.portfolio, segment: null };
  if (target === 'default') return { ...slot, horizonMonths: project.labels.horizonMonths };
  const { latePayment, termStructure } = project;
  if (target === 'term-structure') {
    if (termStructure !== null) return { ...slot, ...termStructure };
    throw new ProbityError('INVALID_SPEC', 'This project does not say over which ages a term structure is wanted.', {
      fix: 'Write, for example, `termStructure: { stepMonths: 3, horizonMonths: 36 }` into probity.yaml.',
    });
  }
  if (latePayment === null) {
    throw new ProbityError('INVALID_SPEC', 'This project does not say what a late payment is.', {
      fix: 'Write, for example, `latePayment: { days: 30, horizonMonths: 6 }` into probity.yaml.',
    });
  }
  return { ...slot, horizonMonths: latePayment.horizonMonths, lateDays: latePayment.days };
}

function scope(project: Pick<Project, 'tenant' | 'portfolio'>): Scope {
  return { tenant: project.tenant, queues: taskQueues(project) };
}

/** A fresh request to retrain a project's model: of all customers, or of one segment's. */
export function retrainRequest(
  project: Project,
  submitter: string,
  more: Partial<Pick<RetrainInput, 'seed' | 'asOf' | 'approvalDeadlineMs' | 'heartbeatTimeoutMs'>> = {},
  target: ModelTarget = 'default',
  segment: string | null = null,
): RetrainInput {
  return {
    ...scope(project),
    slot: { ...projectSlot(project, target), segment },
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

/** A request to score the whole portfolio, each customer with the champion that would rate them. */
export function rescoreRequest(
  project: Project,
  more: Partial<Pick<RescoreInput, 'partitions' | 'concurrency'>> = {},
  target: ModelTarget = 'default',
): RescoreInput {
  return { ...scope(project), slot: projectSlot(project, target), requestId: uuidv7(), ...more };
}

/** A request to score the portfolio with its champions, and to look at the model of every slot. */
export function monitorRequest(project: Project): MonitorInput {
  return { ...scope(project), slot: projectSlot(project) };
}

/** A request to score what was rated since the last time by the challengers in shadow. */
export function shadowScoreRequest(project: Project): ShadowScoreInput {
  return scope(project);
}

/** A request to look at the signals of every customer; `rescore`: score the portfolio first. */
export function signalsRequest(
  project: Project,
  more: Partial<Pick<SignalsInput, 'partitions' | 'concurrency' | 'rescore'>> = {},
): SignalsInput {
  return { ...scope(project), slot: projectSlot(project), ...more };
}

/** A request to compare every copy of what sources reported. */
export function reconcileRequest(project: Project): ReconcileInput {
  return scope(project);
}

/** A request to apply the project's retention rules. */
export function retentionRequest(
  project: Project,
  actor: string,
  more: Partial<Pick<RetentionInput, 'asOf' | 'graceMs'>> = {},
): RetentionInput {
  return { ...scope(project), actor, ...more };
}
