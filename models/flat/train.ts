import { join } from 'node:path';
import { contentHash, packageVersion, silent, writeFileAtomic, type Json, type Progress } from '../../base/index.ts';
import type { FlatSpec } from '../../features/specs/flat-spec.ts';
import { artefactHash, buildArtefact, saveArtefact, type ArtefactDetails } from '../artefact/artefact.ts';
import type { Artefact } from '../artefact/glass-box.ts';
import type { FlatData } from '../dataset/flat.ts';
import { proveEngines, requireProof, type GoldenReport } from '../golden/index.ts';
import { protectedUse } from '../protected/index.ts';
import { trainGlassBox, type Checkpoint, type FittedGlassBox, type TrainingOptions } from '../training/index.ts';
import { SPEC_FILE } from './model-folder.ts';
import { trainingRows, type TrainingRows } from './training-rows.ts';

/** What a training run over a flat file needs. */
export interface FlatTraining {
  readonly spec: FlatSpec;
  /** Path of the training file. */
  readonly train: string;
  readonly seed: number;
  /** Settings other than the defaults. */
  readonly settings?: Partial<Omit<TrainingOptions, 'seed'>>;
  readonly onProgress?: Progress;
  readonly checkpoint?: Checkpoint;
  readonly signal?: AbortSignal;
}

/** A model trained on a flat file, proven, not yet saved. */
export interface TrainedFlat {
  readonly hash: string;
  readonly artefact: Artefact;
  readonly spec: FlatSpec;
  readonly fitted: FittedGlassBox;
  readonly counts: FlatData['counts'];
  readonly golden: GoldenReport;
}

/**
 * Trains a glass box on a flat file, joins it into an artefact and proves that all engines score it alike. The same file, spec, settings
 * and seed give the same hash. Throws INVALID_INPUT, NOT_TRAINABLE, PROTECTED_ATTRIBUTE or ENGINES_DISAGREE.
 */
export async function trainFlat(run: FlatTraining): Promise<TrainedFlat> {
  const { spec, seed, onProgress = silent } = run;
  const ground = await readTraining(run);
  const { counts } = ground;
  const fitted = await trainGlassBox(
    ground.dataset,
    { ...run.settings, seed },
    {
      onProgress,
      ...(run.checkpoint ? { checkpoint: run.checkpoint } : {}),
      ...(run.signal ? { signal: run.signal } : {}),
    },
  );
  const artefact = buildArtefact(fitted, await detailsOf(run, ground, fitted));
  onProgress({ step: 'proving', message: 'TypeScript, SQL and TensorFlow on golden vectors' });
  const golden = await proveEngines(artefact);
  requireProof(artefact, golden);
  return { hash: artefactHash(artefact), artefact, spec, fitted, counts, golden };
}

/** Rows to train on, what they predict and may be used for, and what was noticed about them. */
export interface TrainingGround extends TrainingRows {
  /** Null: no restriction. */
  readonly use: 'benchmark-only' | null;
}

/** Reads the training file of a run: copies of rows kept together, protected attributes refused or flagged. Throws INVALID_INPUT or PROTECTED_ATTRIBUTE. */
export async function readTraining(
  run: Pick<FlatTraining, 'spec' | 'train' | 'seed' | 'onProgress'>,
): Promise<TrainingGround> {
  const { spec, onProgress = silent } = run;
  onProgress({ step: 'reading', message: run.train });
  const rows = await trainingRows(run);
  const { dataset, warnings } = rows;
  const { use, warnings: uses } = protectedUse(
    dataset.columns.map(({ name }) => name),
    {
      jurisdictions: spec.jurisdictions ?? null,
      columns: [],
      permitted: spec.permitted ?? [],
      benchmarkOnly: spec.use === 'benchmark-only',
    },
  );
  return { ...rows, use, warnings: [...warnings, ...uses] };
}

/** What a run over a flat file says of where its model comes from. */
export async function detailsOf(
  { spec, seed }: Pick<FlatTraining, 'spec' | 'seed'>,
  { dataset, target, period, bads, use, warnings }: TrainingGround,
  fitted: { readonly options: object; readonly warnings: Artefact['warnings'] },
): Promise<ArtefactDetails> {
  return {
    name: spec.name,
    target,
    provenance: {
      seed,
      trainingSetHash: dataset.hash,
      specHash: contentHash(spec as unknown as Json),
      featureViews: {},
      rows: dataset.rows,
      bads,
      period,
      trainer: { version: await packageVersion(), options: { ...fitted.options } },
    },
    protected: spec.protected,
    ...(use ? { use } : {}),
    warnings: [...warnings, ...fitted.warnings],
  };
}

/** Writes a trained model into a folder: the artefact, its spec, and the proof that engines agree. */
export async function saveTrained(trained: TrainedFlat, folder: string): Promise<void> {
  const write = (name: string, value: unknown): Promise<void> =>
    writeFileAtomic(join(folder, name), `${JSON.stringify(value, null, 2)}\n`);
  await write(SPEC_FILE, trained.spec);
  await write('golden.json', trained.golden);
  await write('training.json', {
    counts: trained.counts,
    outOfFold: trained.fitted.outOfFold,
    calibration: trained.fitted.calibration,
    history: trained.fitted.history,
  });
  await saveArtefact(trained.artefact, folder);
}
