import { readdir, readFile, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import {
  asOf,
  dataPaths,
  epochMillis,
  instant,
  isGone,
  isProbityError,
  writeFileAtomic,
  type Instant,
  type Progress,
  type Project,
} from '../../base/index.ts';
import type { ErasedCustomers } from '../../features/erasure/index.ts';
import {
  importFacts,
  importSpec,
  parseRelationalSpec,
  type ImportOptions,
  type ImportReport,
} from '../../features/import/index.ts';
import { dataCutoff } from '../../features/labels/index.ts';
import { keptFrom } from '../../features/retention/index.ts';
import { publishSnapshot, readManifest, type SourceFreshness } from '../../features/snapshots/index.ts';
import { specKind } from '../../features/specs/index.ts';
import {
  storeViews,
  tablesOf,
  viewHashes,
  viewsFor,
  warehouseViews,
  type FeatureView,
} from '../../features/views/index.ts';
import { openWarehouse, sourceHealth, type Warehouse } from '../../features/warehouse/index.ts';
import { saveDataset } from '../../models/dataset/index.ts';
import { protectedPolicy, protectedUse } from '../../models/protected/index.ts';
import { featuresOfProtected, readProtected } from '../../models/training-set/index.ts';
import type { BasisSources } from '../../records/privacy/index.ts';
import type { Facts } from '../../records/facts/index.ts';
import type { Champions, Registry, Snapshots } from '../../records/registry/index.ts';
import type { Storage } from '../../records/storage/index.ts';
import type { WarehouseWork } from '../activities/dependencies.ts';
import type { ImportSummary, TrainingSetSummary } from '../messages.ts';
import { TRAINING_SET } from './checks-job.ts';
import { labelPolicyOf } from './label-policy.ts';
import { buildSet } from './build-set.ts';
import { lawfulAttributes } from './lawful-set.ts';
import { readFactsHead, writeFactsHead } from './facts-head.ts';
import { rememberSnapshot, snapshotKey, snapshotOf } from './snapshot-inputs.ts';
import type { StoredTrainingSet } from './training-set-files.ts';

export interface WarehouseParts {
  readonly project: Project;
  readonly facts: Facts;
  readonly registry: Registry;
  readonly champions: Champions;
  readonly snapshots: Snapshots;
  readonly storage: Storage;
  /** Customers whose rows are left out. */
  readonly erased: () => Promise<ErasedCustomers>;
  /** What allows data to be used for model development. */
  readonly bases: BasisSources;
}

const FACTS_AT_ONCE = 20_000;

/** Everything that opens the warehouse: one call at a time holds it, and a call that finds it held answers WAREHOUSE_BUSY. */
export function warehouseWork(parts: WarehouseParts): WarehouseWork {
  const { project } = parts;
  const paths = dataPaths(project);
  return {
    pullSources: ({ now }, { progress, signal }) =>
      withWarehouse(paths.warehouse, signal, async (warehouse) => {
        const sources: ImportSummary['sources'][number][] = [];
        const erased = await parts.erased();
        const { customerKeys } = project;
        for (const file of project.specs) {
          const text = await readFile(file, 'utf8');
          // A flat spec describes a file for `probity train`; it has no part in the warehouse.
          if (specKind(text, { file }) !== 'relational') continue;
          const options = {
            warehouse,
            now: instant(now),
            progress: named(progress, basename(file)),
            signal,
            erased,
            customerKeys,
          };
          sources.push(...counts(await importSpec(parseRelationalSpec(text, { file }), options)));
        }
        const { facts, factsThrough } = await drainFacts(parts.facts, warehouse, now, { signal, erased, customerKeys });
        return { sources, facts, factsThrough };
      }),

    buildTrainingSet: ({ now, folder, slot, seed }, { progress, signal }) =>
      withWarehouse(paths.warehouse, signal, async (warehouse) => {
        const views = await warehouseViews(warehouse.connection, project.viewsDir);
        await storeViews(paths.snapshots, views);
        const notBefore = await keptFrom(warehouse.connection);
        const options = {
          ...(notBefore === null ? {} : { notBefore }),
          views,
          policy: labelPolicyOf(project, slot),
          embargoDays: project.training.embargoDays,
          everyMonths: project.training.observationMonths,
          cutoff: await endOfData(warehouse, now),
          segment: slot.segment,
          seed,
          progress,
          signal,
        };
        const basis = { lineage: tablesOf(views), now: instant(now), basis: parts.bases };
        const built = await buildSet(warehouse.connection, options, {
          stepMonths: slot.stepMonths ?? null,
          exclude: project.training.exclude,
          basis,
          folder,
        });
        const { report, train, test, trainHash, ages, withheld } = built;
        const protectedFeatures = featuresOfProtected(views);
        protectedUse(
          train.columns.map(({ name }) => name),
          protectedPolicy(project, protectedFeatures),
        );
        const summary: TrainingSetSummary = {
          trainRows: report.train.rows,
          trainBads: report.train.bads,
          testRows: report.test.rows,
          testBads: report.test.bads,
          trainHash,
          testHash: test.hash,
        };
        const stored: StoredTrainingSet = {
          summary,
          report,
          protectedFeatures,
          ...withheld,
          ...(ages ? { ages } : {}),
        };
        await saveDataset(train, join(folder, TRAINING_SET.train));
        await saveDataset(test, join(folder, TRAINING_SET.test));
        const attributes = lawfulAttributes(await readProtected(warehouse.connection, test), built.lawfulTest);
        const beside = attributes.map((each) => ({ ...each, codes: [...each.codes] }));
        await writeFileAtomic(join(folder, TRAINING_SET.protected), JSON.stringify(beside));
        await writeFileAtomic(join(folder, TRAINING_SET.report), `${JSON.stringify(stored, null, 2)}\n`);
        return summary;
      }),

    publishSnapshot: ({ now }, { progress, signal }) =>
      withWarehouse(paths.warehouse, signal, async (warehouse) => {
        const views = await warehouseViews(warehouse.connection, project.viewsDir);
        await removeUnfinished(paths.snapshots);
        const whole = await keptFrom(warehouse.connection);
        const inputs = {
          ...(whole === null ? {} : { keptFrom: whole }),
          asOf: asOf(await endOfData(warehouse, now)),
          factsThrough: await readFactsHead(warehouse.connection),
          views,
          keep: await liveViews(parts, paths.snapshots, views),
          sources: await freshness(warehouse, now),
        };
        const key = await snapshotKey(warehouse.connection, inputs);
        const before = await snapshotOf(paths.snapshots, key);
        if (before !== null && (await announcedAgain(parts, before))) return { snapshotId: before };
        const { content, hash } = await publishSnapshot({
          ...inputs,
          connection: warehouse.connection,
          tenant: project.tenant,
          storageDir: paths.snapshots,
          builtAt: instant(now),
          progress,
          signal,
        });
        const ref = await parts.storage.publish(project.tenant, 'snapshots', hash, join(paths.snapshots, hash));
        await parts.snapshots.announce({
          snapshotId: hash,
          ref,
          asOf: content.asOf,
          factsThrough: content.factsThrough,
          featureViews: viewHashes(content.views),
        });
        await rememberSnapshot(paths.snapshots, key, hash);
        return { snapshotId: hash };
      }),
  };
}

/** Runs work over the warehouse, open for writing; an abort interrupts its statement. */
export async function withWarehouse<T>(
  path: string,
  signal: AbortSignal,
  use: (warehouse: Warehouse) => Promise<T>,
): Promise<T> {
  signal.throwIfAborted();
  const warehouse = await openWarehouse(path, 'write');
  const interrupt = () => warehouse.connection.interrupt();
  signal.addEventListener('abort', interrupt, { once: true });
  try {
    return await use(warehouse);
  } finally {
    signal.removeEventListener('abort', interrupt);
    warehouse.close();
  }
}

/** Takes the facts that the API acknowledged since the last time into the warehouse. */
async function drainFacts(
  facts: Facts,
  warehouse: Warehouse,
  now: string,
  how: Required<Pick<ImportOptions, 'signal' | 'erased' | 'customerKeys'>>,
): Promise<{ readonly facts: number; readonly factsThrough: number }> {
  let head = await readFactsHead(warehouse.connection);
  let taken = 0;
  for (;;) {
    how.signal.throwIfAborted();
    const batch = await facts.since(head, { limit: FACTS_AT_ONCE });
    const last = batch.at(-1);
    if (!last) return { facts: taken, factsThrough: head };
    const rows = batch.map(({ table, values, happenedAt, knownFrom, source, ordered = false }) => ({
      table,
      values,
      happenedAt,
      knownFrom,
      source,
      ordered,
    }));
    await importFacts({ warehouse, now: instant(now), ...how }, rows);
    head = last.sequence;
    taken += batch.length;
    await writeFactsHead(warehouse.connection, head);
  }
}

/** View sets of the standing champions, and of candidates that may become one, where they are not the project's present ones. */
async function liveViews(
  parts: WarehouseParts,
  folder: string,
  current: readonly FeatureView[],
): Promise<readonly (readonly FeatureView[])[]> {
  const { registry, champions, snapshots, storage } = parts;
  const present = new Map(current.map((view) => [view.name, view.hash]));
  const reigns = await champions.standing();
  const candidates = [
    ...(await registry.candidates({ state: 'waiting' })),
    ...(await registry.candidates({ state: 'approved' })),
  ];
  const hashes = [...new Set([...reigns, ...candidates].map((one) => one.modelHash))].sort();
  const sets: (readonly FeatureView[])[] = [];
  for (const hash of hashes) {
    const { featureViews } = await registry.model(hash);
    if (Object.entries(featureViews).every(([name, view]) => present.get(name) === view)) continue;
    sets.push(
      await viewsFor(folder, featureViews).catch(async (error: unknown) => {
        if (!isProbityError(error, 'VIEW_MISMATCH')) throw error;
        const newest = await snapshots.newest();
        if (!newest) throw error;
        // A features worker on a new machine has no store of views; the newest snapshot holds those of every live model.
        const stored = await storage.materialise(newest.ref);
        await storeViews(folder, (await readManifest(stored)).content.views);
        return viewsFor(folder, featureViews).catch(() => viewsFor(stored, featureViews));
      }),
    );
  }
  return sets;
}

/** Makes a snapshot that was published before the one that serving reads; false where the registry or the storage no longer has it. */
async function announcedAgain({ snapshots, storage }: WarehouseParts, snapshotId: string): Promise<boolean> {
  const known = await snapshots.find(snapshotId);
  if (known === null || !(await storage.has(known.ref))) return false;
  await snapshots.announce(known);
  return true;
}

/** The end of what is known: `now`, or the data's own cut-off where that is earlier. */
async function endOfData(warehouse: Warehouse, now: string): Promise<Instant> {
  const cutoff = await dataCutoff(warehouse.connection);
  return epochMillis(cutoff) < epochMillis(instant(now)) ? cutoff : instant(now);
}

/** Removes what publishers that died have left; the name of such a folder carries the process. */
async function removeUnfinished(folder: string): Promise<void> {
  for (const name of await readdir(folder).catch(() => [])) {
    const pid = Number(/^\.unfinished-(\d+)-/.exec(name)?.[1] ?? 0);
    if (pid > 0 && isGone(pid)) await rm(join(folder, name), { recursive: true, force: true });
  }
}

async function freshness(warehouse: Warehouse, now: string): Promise<readonly SourceFreshness[]> {
  return (await sourceHealth(warehouse, instant(now))).map((health) => {
    const { source, table, newestKnownFrom, freshnessMs } = health;
    const incomplete = health.completeness.filter(({ share, expected }) => share < expected);
    return { source, table, newestKnownFrom, freshnessMs, ...(incomplete.length > 0 ? { incomplete } : {}) };
  });
}

function counts(report: ImportReport): ImportSummary['sources'][number][] {
  return report.tables.map(({ source, table, rowsRead, loaded, badRows }) => ({
    source,
    table,
    read: rowsRead,
    loaded,
    quarantined: badRows,
  }));
}

function named(progress: Progress, file: string): Progress {
  return (event) => progress({ ...event, message: event.message ? `${file}: ${event.message}` : file });
}
