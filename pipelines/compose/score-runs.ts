import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { exactGlob, literal, sha256, type Instant } from '../../base/index.ts';
import { parseSlotKey, ratesCustomers, sameFamily, slotKey, type Slot } from '../../models/registry/index.ts';
import type { Snapshots } from '../../records/registry/index.ts';
import { parseScoreManifest, type ScoreManifest } from '../score-manifest.ts';

/** A finished run of portfolio scores. */
export interface ScoreRun {
  readonly name: string;
  readonly folder: string;
  /** Hash of its manifest. */
  readonly hash: string;
  readonly manifest: ScoreManifest;
}

/** A run and the instant of the snapshot that it scored. */
export interface DatedRun extends ScoreRun {
  readonly asOf: Instant;
}

/** Runs that this process has read, by folder: as long as its manifest says the same, a run is the same. */
const seen = new Map<string, { readonly text: string; readonly run: ScoreRun }>();
const MOST_SEEN = 5_000;

/** The finished runs in a folder of scores, by name; runs that did not finish have no manifest. Throws INVALID_SPEC where a manifest is none. */
export async function scoreRuns(scores: string): Promise<readonly ScoreRun[]> {
  const runs: ScoreRun[] = [];
  for (const name of (await readdir(scores).catch((): string[] => [])).toSorted()) {
    const folder = join(scores, name);
    const text = await readFile(join(folder, 'manifest.json'), 'utf8').catch(() => null);
    if (text === null) continue;
    const known = seen.get(folder);
    const run =
      known?.text === text ? known.run : { name, folder, hash: sha256(text), manifest: parseScoreManifest(text, name) };
    if (known === undefined && seen.size >= MOST_SEEN) seen.clear();
    seen.set(folder, { text, run });
    runs.push(run);
  }
  return runs;
}

/**
 * The finished runs of snapshots that are on record, oldest first: by the instant of the snapshot, then by when the run began, then by name. Runs of before their beginning was kept go
 * first among those of a snapshot. When files were written says nothing: a restore writes them in any order.
 */
export async function datedRuns(
  scores: string,
  snapshots: Pick<Snapshots, 'find'>,
  wanted: (run: ScoreRun) => boolean = () => true,
): Promise<readonly DatedRun[]> {
  const instants = new Map<string, Instant | null>();
  const found: DatedRun[] = [];
  for (const run of (await scoreRuns(scores)).filter(wanted)) {
    const { snapshotId } = run.manifest;
    if (!instants.has(snapshotId)) instants.set(snapshotId, (await snapshots.find(snapshotId))?.asOf ?? null);
    const asOf = instants.get(snapshotId) ?? null;
    if (asOf !== null) found.push({ ...run, asOf });
  }
  const place = ({ asOf, manifest, name }: DatedRun): string => `${asOf} ${manifest.begunAt ?? ''} ${name}`;
  return found.toSorted((a, b) => (place(a) < place(b) ? -1 : 1));
}

/** The champion of a slot that a run scored with; null: none. Runs of before models were kept are of default, and of the slot of all segments. */
export function modelIn({ manifest }: Pick<ScoreRun, 'manifest'>, slot: Slot): string | null {
  const { models, modelHash } = manifest;
  if (models !== undefined) return models.find((one) => one.slot === slotKey(slot))?.modelHash ?? null;
  return ratesCustomers(slot) && slot.segment === null ? modelHash : null;
}

/** Whether a run tells the same of customers as a slot does. */
export function isOfFamily({ manifest }: Pick<ScoreRun, 'manifest'>, slot: Slot): boolean {
  const { models } = manifest;
  if (models === undefined) return ratesCustomers(slot);
  return models.some((one) => sameFamily(parseSlotKey(one.slot), slot));
}

/** Whether two runs tell the same of customers. Runs of before models were kept are all alike, and of default. */
export function areAlike(a: ScoreRun, b: ScoreRun): boolean {
  const kind = ({ manifest: { models } }: ScoreRun): Slot | null =>
    models?.[0] === undefined ? null : parseSlotKey(models[0].slot);
  const [one, other] = [kind(a), kind(b)];
  if (one !== null && other !== null) return sameFamily(one, other);
  return (one === null || ratesCustomers(one)) && (other === null || ratesCustomers(other));
}

/** Query over a run's scores (`party_id, as_of, pd` and what else its files hold): of one slot's customers, or of all. Null: it has no files, or none of that slot. */
export function scoresOf(run: Pick<ScoreRun, 'folder' | 'manifest'>, slot: Slot | null = null): string | null {
  const files = run.manifest.files
    .filter(({ rows }) => rows > 0)
    .map(({ file }) => literal(exactGlob(join(run.folder, file))));
  if (files.length === 0 || (slot !== null && modelIn(run, slot) === null)) return null;
  const only = slot === null || !namesSlots(run) ? '' : ` WHERE slot = ${literal(slotKey(slot))}`;
  return `(SELECT * FROM read_parquet([${files.join(', ')}])${only})`;
}

/** Whether a column of the run's files tells by customer whose champion scored. */
export const namesSlots = ({ manifest: { models } }: Pick<ScoreRun, 'manifest'>): boolean => (models?.length ?? 1) > 1;
