import { join } from 'node:path';
import { contentHash, packageVersion, silent, writeFileAtomic, type Json, type Progress } from '../../base/index.ts';
import type { FlatSpec } from '../../features/specs/flat-spec.ts';
import { artefactHash, buildArtefact, saveArtefact, type ArtefactDetails } from '../artefact/artefact.ts';
import type { Artefact } from '../artefact/glass-box.ts';
import { keepCopiesTogether } from '../dataset/copies.ts';
import type { Dataset } from '../dataset/dataset.ts';
import { loadFlat, type FlatData } from '../dataset/flat.ts';
import { proveEngines, requireProof, type GoldenReport } from '../golden/index.ts';
import { protectedUse } from '../protected/index.ts';
import { trainGlassBox, type Checkpoint, type FittedGlassBox, type TrainingOptions } from '../training/index.ts';
import { SPEC_FILE } from './model-folder.ts';

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

/** Rows to train on, what they may be used for, and what was noticed about them. */
export interface TrainingGround {
  readonly dataset: Dataset;
  readonly counts: FlatData['counts'];
  /** Null: no restriction. */
  readonly use: 'benchmark-only' | null;
  readonly warnings: Artefact['warnings'];
}

/** Reads the training file of a run: copies of rows kept together, protected attributes refused or flagged. Throws INVALID_INPUT or PROTECTED_ATTRIBUTE. */
export async function readTraining({
  spec,
  train,
  onProgress = silent,
}: Pick<FlatTraining, 'spec' | 'train' | 'onProgress'>): Promise<TrainingGround> {
  onProgress({ step: 'reading', message: train });
  const data = await loadFlat(train, spec, { requireTarget: true, screen: true });
  const { dataset, warnings: copies } = keepCopiesTogether(data.dataset);
  const { use, warnings: uses } = protectedUse(
    dataset.columns.map(({ name }) => name),
    {
      jurisdictions: spec.jurisdictions ?? null,
      columns: [],
      permitted: spec.permitted ?? [],
      benchmarkOnly: spec.use === 'benchmark-only',
    },
  );
  return { dataset, counts: data.counts, use, warnings: [...data.warnings, ...copies, ...uses] };
}

/** What a run over a flat file says of where its model comes from. */
export async function detailsOf(
  { spec, seed }: Pick<FlatTraining, 'spec' | 'seed'>,
  { dataset, counts, use, warnings }: TrainingGround,
  fitted: { readonly options: object; readonly warnings: Artefact['warnings'] },
): Promise<ArtefactDetails> {
  return {
    name: spec.name,
    target: { kind: 'default', definition: targetDefinition(spec), horizonMonths: spec.horizonMonths },
    provenance: {
      seed,
      trainingSetHash: dataset.hash,
      specHash: contentHash(spec as unknown as Json),
      featureViews: {},
      rows: dataset.rows,
      bads: counts.bad,
      period: periodOf(dataset.time),
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

function targetDefinition({ target }: FlatSpec): string {
  const good = target.good === null ? '' : `; good: ${target.good.join(', ')}`;
  return `${target.column}: bad: ${target.bad.join(', ')}${good}`;
}

function periodOf(time: Float64Array | null): readonly [string, string] | null {
  if (time === null || time.length === 0) return null;
  const bound = (pick: (a: number, b: number) => number): string => new Date(time.reduce(pick)).toISOString();
  return [bound((a, b) => Math.min(a, b)), bound((a, b) => Math.max(a, b))];
}
