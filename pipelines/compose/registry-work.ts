import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { instant, type Json, type Tenant } from '../../base/index.ts';
import { loadArtefact } from '../../models/artefact/index.ts';
import type { GoldenReport } from '../../models/golden/index.ts';
import type { Champions, Registry } from '../../records/registry/index.ts';
import type { Storage } from '../../records/storage/index.ts';
import type { RegistryWork } from '../activities/dependencies.ts';
import { SYSTEM_ACTOR } from '../messages.ts';
import { ARTEFACT_FOLDER, RESULT_FILE } from './checks-job.ts';

/** The registry and the storage of artefacts, for the activities. */
export function registryWork(tenant: Tenant, registry: Registry, champions: Champions, storage: Storage): RegistryWork {
  return {
    championAt: async (slot, at) => (await champions.championAt(slot, instant(at)))?.modelHash ?? null,

    register: async ({ runId, slot, submitter, model, validation, proof, summary }) => {
      const folder = join(model, ARTEFACT_FOLDER);
      const { hash, artefact } = await loadArtefact(folder);
      const golden = await readJson<GoldenReport>(join(proof, RESULT_FILE));
      const artefactRef = await storage.publish(tenant, 'artefacts', hash, folder);
      await storage.publish(tenant, 'reports', summary.reportHash, validation);
      const { candidateId } = await registry.registerCandidate({
        runId,
        slot,
        submitter,
        modelHash: hash,
        name: artefact.name,
        artefactRef,
        trainingSetHash: artefact.provenance.trainingSetHash,
        featureViews: artefact.provenance.featureViews,
        use: artefact.use ?? 'decisions',
        golden: { proven: golden.passed, report: golden as unknown as Json },
      });
      const report = await readJson<Json>(join(validation, 'validation.json'));
      await registry.recordValidation(candidateId, report, summary.gatesPassed);
      await registry.supersedeOthers(candidateId, SYSTEM_ACTOR);
      return { candidateId };
    },

    decide: async ({ candidateId, kind, actor, reason }) => {
      await registry.decide(candidateId, { kind, actor, reason });
    },

    promote: async ({ candidateId, actor }) => {
      await champions.promote(candidateId, actor);
    },
  };
}

async function readJson<T>(path: string): Promise<T> {
  return JSON.parse(await readFile(path, 'utf8')) as T;
}
