import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageVersion, ProbityError, type Json, type Progress, type Tenant } from '../../base/index.ts';
import { loadArtefact } from '../../models/artefact/index.ts';
import { loadDataset } from '../../models/dataset/index.ts';
import {
  buildDeep,
  directionsOf,
  fitDeep,
  proveDeep,
  requireDeepProof,
  saveDeep,
  type DeepOptions,
} from '../../models/deep/index.ts';
import { slotKey, type Slot } from '../../models/registry/index.ts';
import type { GradeBand } from '../../models/validation/index.ts';
import type { Candidate, Champions, Registry } from '../../records/registry/index.ts';
import type { Storage } from '../../records/storage/index.ts';
import { TRAINING_SET } from './checks-job.ts';
import { handOver } from './hand-over.ts';
import { runValidation } from './validate.ts';

export interface ChallengeParts {
  readonly tenant: Tenant;
  readonly registry: Pick<Registry, 'candidates' | 'model' | 'registerCandidate' | 'recordValidation' | 'candidate'>;
  readonly champions: Pick<Champions, 'standing'>;
  readonly storage: Storage;
  /** The master scale's grades, or null where it is for another horizon. */
  readonly grades: readonly GradeBand[] | null;
}

export interface ChallengeRequest {
  readonly slot: Slot;
  readonly options: Partial<DeepOptions> & { readonly seed: number };
  readonly submitter: string;
  readonly onProgress: Progress;
  readonly signal?: AbortSignal;
}

/**
 * Trains a deep challenger on the slot's newest stored training set, proves its engines, validates it beside the champion and registers it as
 * challenger-only: it may be compared, and is never seated. The same training set, seed and machine give the same candidate.
 * Throws NOT_REGISTERED where no retraining of the slot has left a training set.
 */
export async function registerChallenger(parts: ChallengeParts, request: ChallengeRequest): Promise<Candidate> {
  const { tenant, registry, champions, storage } = parts;
  const { slot, options, onProgress, signal } = request;
  const { trainingSet, incumbent } = await newestTrainingSet(parts, slot);
  const train = await loadDataset(join(trainingSet, TRAINING_SET.train));
  const fitted = await fitDeep(train, options, { onProgress, ...(signal ? { signal } : {}) });
  const { name, target, provenance, use } = incumbent;
  const artefact = buildDeep(fitted, {
    name,
    target,
    provenance: {
      ...provenance,
      seed: options.seed,
      trainer: { version: await packageVersion(), options: { ...fitted.options } },
    },
    protected: incumbent.protected,
    ...(use ? { use } : {}),
    warnings: fitted.warnings,
  });
  onProgress({ step: 'prove', message: 'TypeScript and TensorFlow on golden vectors' });
  const proof = await proveDeep(artefact);
  requireDeepProof(artefact, proof);
  const folder = await mkdtemp(join(tmpdir(), 'probity-challenge-'));
  try {
    const [model, validation] = [join(folder, 'model'), join(folder, 'validation')];
    await mkdir(validation);
    const modelHash = await saveDeep(artefact, model);
    onProgress({ step: 'validate', message: 'challenger and champion on the same rows' });
    const champion = (await champions.standing()).find((reign) => slotKey(reign.slot) === slotKey(slot));
    const rival = champion ? await materialised(parts, champion.modelHash) : null;
    const { grades } = parts;
    const job = {
      kind: 'validate',
      trainingSet,
      artefact: model,
      champion: rival,
      grades,
      folder: validation,
    } as const;
    const summary = await runValidation(job);
    const artefactRef = await storage.publish(tenant, 'artefacts', modelHash, model);
    await storage.publish(tenant, 'reports', summary.reportHash, validation);
    const { candidateId } = await registry.registerCandidate({
      runId: `deep-${modelHash.slice(0, 32)}`,
      slot,
      submitter: request.submitter,
      modelHash,
      name,
      artefactRef,
      trainingSetHash: provenance.trainingSetHash,
      featureViews: provenance.featureViews,
      use: 'challenger-only',
      golden: { proven: proof.passed, report: proof as unknown as Json, directions: { ...directionsOf(artefact) } },
    });
    const report = JSON.parse(await readFile(join(validation, 'validation.json'), 'utf8')) as Json;
    await registry.recordValidation(candidateId, report, summary.gatesPassed);
    return await registry.candidate(candidateId);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The newest training set of the slot that is stored, and the glass box that was trained on it. */
async function newestTrainingSet(parts: ChallengeParts, slot: Slot) {
  for (const { runId, modelHash, use } of await parts.registry.candidates({ slot })) {
    if (use === 'challenger-only') continue;
    const trainingSet = await handOver(parts.tenant, parts.storage).take(runId, 'training-set');
    if (trainingSet === null) continue;
    const { artefact } = await loadArtefact(await materialised(parts, modelHash), { expectedHash: modelHash });
    return { trainingSet, incumbent: artefact };
  }
  throw new ProbityError('NOT_REGISTERED', `No retraining of ${slotKey(slot)} has left a training set.`, {
    fix: 'Retrain first: `probity retrain`.',
  });
}

async function materialised({ registry, storage }: ChallengeParts, modelHash: string): Promise<string> {
  return storage.materialise((await registry.model(modelHash)).artefactRef);
}
