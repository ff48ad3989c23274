import { ProbityError, uuidv7, type Project } from '../base/index.ts';
import type { Slot } from '../models/registry/slot.ts';
import type { RefreshInput, RescoreInput, RetrainInput, Scope, ShadowScoreInput, SignalsInput } from './messages.ts';
import { taskQueues } from './task-queues.ts';

/** What a model predicts: default, or a payment that is late. */
export type ModelTarget = 'default' | 'late-payment';

/**
 * The slot that a project trains for: its portfolio, all segments, the horizon of its labels; for late payment, the horizon and the days that
 * the project names. Throws INVALID_SPEC where it names none.
 */
export function projectSlot(
  project: Pick<Project, 'portfolio' | 'labels' | 'latePayment'>,
  target: ModelTarget = 'default',
): Slot {
  const slot = { portfolio: project.portfolio, segment: null };
  if (target === 'default') return { ...slot, horizonMonths: project.labels.horizonMonths };
  const { latePayment } = project;
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

/** A fresh request to retrain a project's model. */
export function retrainRequest(
  project: Project,
  submitter: string,
  more: Partial<Pick<RetrainInput, 'seed' | 'asOf' | 'approvalDeadlineMs' | 'heartbeatTimeoutMs'>> = {},
  target: ModelTarget = 'default',
): RetrainInput {
  return {
    ...scope(project),
    slot: projectSlot(project, target),
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
