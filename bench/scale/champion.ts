import { cp, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { dataPaths, ProbityError, uuidv7, type Project } from '../../base/index.ts';
import { loadArtefact, saveArtefact, type Artefact } from '../../models/artefact/index.ts';
import type { Slot } from '../../models/registry/index.ts';
import { createChampions, createRegistry } from '../../records/registry/index.ts';
import type { Database } from '../../records/database/index.ts';
import { openStorage } from '../../records/storage/index.ts';

/**
 * Seats a champion of so many features: those of the present champion that move log-odds most, with their pairs. It takes the present one's training set for its own.
 * What is measured is the work; its predictions are nobody's. Answers its features.
 */
export async function seatChampion(
  project: Project,
  database: Database,
  slot: Slot,
  features: number,
): Promise<readonly string[]> {
  const { tenant } = project;
  const storage = openStorage(project);
  const registry = createRegistry(database, tenant);
  const [present] = (await registry.candidates({ slot })).filter(({ state }) => state === 'promoted');
  if (!present)
    throw new ProbityError('NO_CHAMPION', 'The project has no champion: make it with `npm run demo -- --once`.');
  const model = await registry.model(present.modelHash);
  const { artefact } = await loadArtefact(await storage.materialise(model.artefactRef));
  const few = strongest(artefact, features);
  const runId = uuidv7();
  const { runs } = dataPaths(project);
  await mkdir(join(runs, runId), { recursive: true });
  await cp(join(runs, present.runId, 'training-set'), join(runs, runId, 'training-set'), { recursive: true });
  const folder = join(runs, runId, 'artefact');
  await mkdir(folder);
  const modelHash = await saveArtefact(few, folder);
  const artefactRef = await storage.publish(tenant, 'artefacts', modelHash, folder);
  const { featureViews, trainingSetHash, name } = model;
  const golden = { proven: true, by: 'nobody: a measurement of work' };
  const submitter = 'bench';
  const candidate = { runId, slot, modelHash, artefactRef, trainingSetHash, featureViews, golden, name, submitter };
  const { candidateId } = await registry.registerCandidate(candidate);
  await registry.recordValidation(candidateId, {}, true);
  await registry.decide(candidateId, { kind: 'approve', actor: 'bench approver', reason: 'a measurement' });
  await createChampions(database, tenant).promote(candidateId, 'bench approver', 'a measurement');
  return few.model.terms.map((term) => term.name);
}

/** The model without all but its strongest terms, by the spread of their contributions over training rows. */
function strongest(artefact: Artefact, features: number): Artefact {
  const { terms, pairs } = artefact.model;
  const spread = terms.map(({ shape, support }, t) => {
    const weight = support.reduce((sum, each) => sum + each, 0);
    const mean = shape.reduce((sum, value, b) => sum + value * (support[b] ?? 0), 0) / weight;
    return { t, variance: shape.reduce((sum, value, b) => sum + (value - mean) ** 2 * (support[b] ?? 0), 0) / weight };
  });
  const kept = spread
    .sort((a, b) => b.variance - a.variance)
    .slice(0, features)
    .map(({ t }) => t)
    .sort((a, b) => a - b);
  const place = new Map(kept.map((t, at) => [t, at]));
  return {
    ...artefact,
    model: {
      ...artefact.model,
      terms: kept.flatMap((t) => terms[t] ?? []),
      pairs: pairs.flatMap((pair) => {
        const [a, b] = [place.get(pair.a), place.get(pair.b)];
        return a === undefined || b === undefined ? [] : [{ ...pair, a, b }];
      }),
    },
  };
}
