import { join } from 'node:path';
import { ProbityError, silent, writeFileAtomic } from '../../base/index.ts';
import {
  buildDeep,
  deepHash,
  directionsOf,
  fitDeep,
  proveDeep,
  requireDeepProof,
  saveDeep,
  type DeepArtefact,
  type DeepOptions,
  type DeepProof,
  type FittedDeep,
} from '../deep/index.ts';
import type { FlatData } from '../dataset/flat.ts';
import { SPEC_FILE } from './model-folder.ts';
import { detailsOf, readTraining, type FlatTraining, type TrainedFlat } from './train.ts';

/** What a training of a deep challenger over a flat file needs. */
export interface DeepFlatTraining extends Omit<FlatTraining, 'settings'> {
  /** Settings other than the defaults. */
  readonly settings?: Partial<Omit<DeepOptions, 'seed'>>;
}

/** A deep challenger trained on a flat file, proven, not yet saved. */
export interface TrainedDeepFlat {
  readonly hash: string;
  readonly artefact: DeepArtefact;
  readonly spec: TrainedFlat['spec'];
  readonly fitted: FittedDeep;
  readonly counts: FlatData['counts'];
  readonly golden: DeepProof;
}

/**
 * Trains a deep challenger on a flat file and proves that TypeScript and TensorFlow score it alike. The same file, spec, settings, seed and machine
 * give the same hash. Throws INVALID_INPUT, NOT_TRAINABLE, PROTECTED_ATTRIBUTE or ENGINES_DISAGREE.
 */
export async function trainDeepFlat(run: DeepFlatTraining): Promise<TrainedDeepFlat> {
  const { spec, seed, onProgress = silent } = run;
  if (spec.target.kind === 'hazard') {
    throw new ProbityError('INVALID_INPUT', 'A deep challenger has no term structure.', {
      fix: 'Train the glass box: leave the deep option out.',
    });
  }
  const ground = await readTraining(run);
  const fitted = await fitDeep(
    ground.dataset,
    { ...run.settings, seed },
    {
      onProgress,
      ...(run.checkpoint ? { checkpoint: run.checkpoint } : {}),
      ...(run.signal ? { signal: run.signal } : {}),
    },
  );
  const artefact = buildDeep(fitted, await detailsOf(run, ground, fitted));
  onProgress({ step: 'proving', message: 'TypeScript and TensorFlow on golden vectors' });
  const golden = await proveDeep(artefact);
  requireDeepProof(artefact, golden);
  return { hash: deepHash(artefact), artefact, spec, fitted, counts: ground.counts, golden };
}

/** Writes a trained challenger into a folder: the artefact, its spec, the proof that both engines agree, and how training went. */
export async function saveTrainedDeep(trained: TrainedDeepFlat, folder: string): Promise<void> {
  const write = (name: string, value: unknown): Promise<void> =>
    writeFileAtomic(join(folder, name), `${JSON.stringify(value, null, 2)}\n`);
  await write(SPEC_FILE, trained.spec);
  await write('golden.json', trained.golden);
  await write('training.json', {
    counts: trained.counts,
    outOfFold: trained.fitted.outOfFold,
    calibration: trained.fitted.calibration,
    directions: directionsOf(trained.artefact),
    history: trained.fitted.history,
  });
  await saveDeep(trained.artefact, folder);
}
