import { existsSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Instant, Tenant } from '../../base/index.ts';
import { loadDataset } from '../../models/dataset/index.ts';
import { slotKey } from '../../models/registry/index.ts';
import type { Champions, Registry } from '../../records/registry/index.ts';
import { storageRef, type Storage } from '../../records/storage/index.ts';
import { TRAINING_SET } from './checks-job.ts';
import { handOver } from './hand-over.ts';
import { readTrainingSet } from './training-set-files.ts';

export interface TrainingSetsParts {
  readonly tenant: Tenant;
  /** Folder of run folders. */
  readonly runs: string;
  readonly storage: Storage;
  readonly registry: Pick<Registry, 'candidates'>;
  readonly champions: Pick<Champions, 'standing'>;
}

/** Training sets whose data end before an instant, and those of them that stay because a customer on legal hold is in them. */
export interface OldTrainingSets {
  readonly due: readonly string[];
  readonly held: readonly string[];
}

const STEP = 'training-set';

/**
 * Runs with a training set whose cut-off is before an instant. One that something still reads stays and is not among them: that of a model that stands as
 * champion or challenger of a slot (monitoring compares with it), of a candidate that waits or is approved, and the newest of each slot (challengers
 * are fitted to it).
 */
export async function oldTrainingSets(
  parts: TrainingSetsParts,
  before: Instant,
  onHold: ReadonlySet<string>,
): Promise<OldTrainingSets> {
  const candidates = await parts.registry.candidates({ limit: 100_000 });
  const standing = new Set(
    (await parts.champions.standing()).flatMap(({ modelHash, split }) => [
      modelHash,
      ...(split === undefined ? [] : [split.modelHash]),
    ]),
  );
  const take = takeFrom(parts);
  const read = new Set<string>();
  const newest = new Set<string>();
  for (const { runId, slot, state, modelHash } of candidates) {
    if (standing.has(modelHash) || state === 'waiting' || state === 'approved') read.add(runId);
    const key = slotKey(slot);
    if (newest.has(key) || (await take(runId)) === null) continue;
    newest.add(key);
    read.add(runId);
  }
  const local = (await readdir(parts.runs).catch(() => [])).filter((name) => /^[A-Za-z0-9][\w.-]*$/.test(name));
  const due: string[] = [];
  const held: string[] = [];
  for (const runId of [...new Set([...local, ...candidates.map((each) => each.runId)])].sort()) {
    const folder = read.has(runId) ? null : await take(runId);
    if (folder === null || (await readTrainingSet(folder)).report.cutoff >= before) continue;
    ((await names(folder, onHold)) ? held : due).push(runId);
  }
  return { due, held };
}

/** Removes the training set of a run, here and in the storage; what else the run left stays. */
export async function removeTrainingSet({ tenant, runs, storage }: TrainingSetsParts, runId: string): Promise<void> {
  await rm(join(runs, runId, STEP), { recursive: true, force: true });
  await storage.remove(storageRef(tenant, 'runs', `${runId}/${STEP}`));
}

/** Finds a run's finished training set, here or in the storage. */
function takeFrom({ tenant, runs, storage }: TrainingSetsParts): (runId: string) => Promise<string | null> {
  const steps = handOver(tenant, storage);
  return async (runId) => {
    const own = join(runs, runId, STEP);
    const folder = existsSync(own) ? own : await steps.take(runId, STEP);
    return folder !== null && existsSync(join(folder, TRAINING_SET.report)) ? folder : null;
  };
}

async function names(folder: string, customers: ReadonlySet<string>): Promise<boolean> {
  if (customers.size === 0) return false;
  for (const side of [TRAINING_SET.train, TRAINING_SET.test]) {
    const { ids } = await loadDataset(join(folder, side));
    if (ids.some((id) => customers.has(id.replace(/\/[^/]*$/, '')))) return true;
  }
  return false;
}
