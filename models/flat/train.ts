import { join } from 'node:path';
import { contentHash, packageVersion, silent, writeFileAtomic, type Json, type Progress } from '../../base/index.ts';
import type { FlatSpec } from '../../features/specs/flat-spec.ts';
import { artefactHash, buildArtefact, saveArtefact } from '../artefact/artefact.ts';
import type { Artefact } from '../artefact/glass-box.ts';
import { keepCopiesTogether } from '../dataset/copies.ts';
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
  onProgress({ step: 'reading', message: run.train });
  const data = await loadFlat(run.train, spec, { requireTarget: true, screen: true });
  const { counts } = data;
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
  const fitted = await trainGlassBox(
    dataset,
    { ...run.settings, seed },
    {
      onProgress,
      ...(run.checkpoint ? { checkpoint: run.checkpoint } : {}),
      ...(run.signal ? { signal: run.signal } : {}),
    },
  );
  const artefact = buildArtefact(fitted, {
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
    warnings: [...data.warnings, ...copies, ...uses, ...fitted.warnings],
  });
  onProgress({ step: 'proving', message: 'TypeScript, SQL and TensorFlow on golden vectors' });
  const golden = await proveEngines(artefact);
  requireProof(artefact, golden);
  return { hash: artefactHash(artefact), artefact, spec, fitted, counts, golden };
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
