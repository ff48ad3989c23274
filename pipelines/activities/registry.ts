import type { Slot } from '../../models/registry/slot.ts';
import type { RetrainInput, ValidationSummary } from '../messages.ts';
import type { PipelineDependencies } from './dependencies.ts';
import { withHeartbeat } from './heartbeat.ts';
import { runFolder } from './run-folder.ts';

/** Activities on the model registry; the registry makes each of them safe to repeat. */
export function registryActivities({ registry, runs, handOver, submitRetrain }: PipelineDependencies) {
  return {
    /** The hash of the slot's champion at an instant, or null. */
    championAt: (request: { slot: Slot; instant: string }): Promise<string | null> =>
      withHeartbeat(() => registry.championAt(request.slot, request.instant)),

    /** Stores the artefact and registers it as a candidate of the slot. */
    registerCandidate: (request: {
      requestId: string;
      slot: Slot;
      submitter: string;
      modelHash: string;
      validation: ValidationSummary;
    }): Promise<{ readonly candidateId: string }> =>
      withHeartbeat(async () => {
        const run = runFolder({ runs, handOver }, request.requestId);
        const { modelHash } = request;
        const { reportHash } = request.validation;
        return registry.register({
          runId: request.requestId,
          slot: request.slot,
          submitter: request.submitter,
          model: await run.finishedFolder('model', { modelHash }),
          validation: await run.finishedFolder('validation', { reportHash }),
          proof: await run.finishedFolder('proof', { modelHash }),
          summary: request.validation,
        });
      }),

    /** Records a decision about a waiting candidate. */
    decideCandidate: (request: {
      candidateId: string;
      kind: 'approve' | 'reject' | 'expire' | 'supersede';
      actor: string;
      reason: string | null;
    }): Promise<void> => withHeartbeat(() => registry.decide(request)),

    /** Makes an approved candidate the champion of its slot. */
    promoteCandidate: (request: { candidateId: string; slot: Slot; actor: string }): Promise<void> =>
      withHeartbeat(() => registry.promote(request)),

    /** Hands a scheduled retraining to the slot's workflow, under the same policy as a person's. */
    submitRetrain: (input: RetrainInput): Promise<{ readonly workflowId: string }> =>
      withHeartbeat(() => submitRetrain(input)),
  };
}
