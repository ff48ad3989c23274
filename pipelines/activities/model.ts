import type { Slot } from '../../models/registry/slot.ts';
import type { ProofSummary, TrainingSummary, ValidationSummary } from '../messages.ts';
import type { PipelineDependencies } from './dependencies.ts';
import { withHeartbeat } from './heartbeat.ts';
import { runFolder } from './run-folder.ts';

/** Activities that train and check one model; they read and write run folders only. */
export function modelActivities({ model, runs, handOver }: PipelineDependencies) {
  const runOf = (requestId: string) => runFolder({ runs, handOver }, requestId);
  return {
    /** Trains in a process of its own, resuming from checkpoints of a killed attempt. */
    trainModel: (request: {
      requestId: string;
      slot: Slot;
      seed: number;
      trainHash: string;
    }): Promise<TrainingSummary> =>
      withHeartbeat((context) => {
        const run = runOf(request.requestId);
        const inputs = { slot: { ...request.slot }, seed: request.seed, trainHash: request.trainHash };
        return run.step('model', inputs, async (folder) =>
          model.train(
            {
              trainingSet: await run.finishedFolder('training-set', { trainHash: request.trainHash }),
              folder,
              checkpoints: run.checkpointPath('model'),
              seed: request.seed,
              slot: request.slot,
            },
            context,
          ),
        );
      }),

    /** Validates the model on the test set, beside the champion. */
    validateModel: (request: {
      requestId: string;
      slot: Slot;
      modelHash: string;
      testHash: string;
      champion: string | null;
    }): Promise<ValidationSummary> =>
      withHeartbeat((context) => {
        const run = runOf(request.requestId);
        const { modelHash, testHash, champion, slot } = request;
        return run.step('validation', { modelHash, testHash, champion, slot: { ...slot } }, async (folder) =>
          model.validate(
            {
              trainingSet: await run.finishedFolder('training-set', { testHash }),
              model: await run.finishedFolder('model', { modelHash }),
              folder,
              slot,
              champion,
            },
            context,
          ),
        );
      }),

    /** Proves that TypeScript, SQL and TensorFlow score alike. */
    proveEngines: (request: { requestId: string; modelHash: string }): Promise<ProofSummary> =>
      withHeartbeat((context) => {
        const run = runOf(request.requestId);
        const { modelHash } = request;
        return run.step('proof', { modelHash }, async (folder) => {
          const trained = await run.finishedFolder('model', { modelHash });
          return model.proveEngines({ model: trained, folder }, context);
        });
      }),

    /** Removes temporary folders and checkpoints of a run that ends early. */
    cleanUpRun: (request: { requestId: string }): Promise<void> =>
      withHeartbeat(() => runOf(request.requestId).cleanUp()),
  };
}
