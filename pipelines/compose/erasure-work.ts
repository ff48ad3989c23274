import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Client } from '@temporalio/client';
import { WorkflowNotFoundError } from '@temporalio/client';
import { dataPaths, instant, type Project } from '../../base/index.ts';
import { eraseParties, type ErasedCustomers } from '../../features/erasure/index.ts';
import { compactWarehouse } from '../../features/warehouse/index.ts';
import { compactTables, type Database } from '../../records/database/index.ts';
import { touchedTables, type Erasures, type Removed } from '../../records/privacy/index.ts';
import type { Snapshots } from '../../records/registry/index.ts';
import { storageRef, type Storage } from '../../records/storage/index.ts';
import type { ErasureWork } from '../activities/dependencies.ts';
import { followedCases, followedDisputes, followedReviews, followedWarnings } from '../followed.ts';
import { eraseFeatureFiles, eraseScores, eraseTrainingSets, snapshotHolds } from './erase-files.ts';
import { withWarehouse } from './warehouse-work.ts';

/** Erasures that one run of the workflow takes together: their pseudonyms fit into a history. */
const MOST_AT_ONCE = 5_000;

export interface ErasureParts {
  readonly project: Project;
  readonly database: Database;
  readonly storage: Storage;
  readonly snapshots: Snapshots;
  /** Opened when first needed: a worker without the tenant's keys can do all other work. */
  readonly erasures: () => Promise<Erasures>;
  readonly pseudonymKey: () => Promise<Uint8Array>;
  /** A client of the Temporal server. */
  readonly client: () => Promise<Client>;
}

/** Everything that an erasure does outside the operational database's tables, each step noted with what it removed. */
export function erasureWork(parts: ErasureParts): ErasureWork {
  const { project, database, storage, snapshots } = parts;
  const { tenant } = project;
  const paths = dataPaths(project);
  const erasedOf = async (subjects: readonly string[]): Promise<ErasedCustomers> => ({
    subjects,
    key: await parts.pseudonymKey(),
  });
  const note: Erasures['note'] = async (...step) => (await parts.erasures()).note(...step);
  const newestHolds = async (erased: ErasedCustomers): Promise<boolean> => {
    const newest = await snapshots.newest();
    if (newest === null || !(await storage.has(newest.ref))) return false;
    return snapshotHolds(await storage.materialise(newest.ref), erased);
  };

  const endWorkflows = async (subjects: readonly string[]): Promise<Removed> => {
    const erasures = await parts.erasures();
    const followed = await erasures.followedIds(subjects);
    const workflowIds = [
      ...(await erasures.caseIds(subjects)).map((caseId) => followedCases.workflowId(tenant, caseId)),
      ...followed.warnings.map((warningId) => followedWarnings.workflowId(tenant, warningId)),
      ...followed.reviews.map((reviewId) => followedReviews.workflowId(tenant, reviewId)),
      ...followed.disputes.map((disputeId) => followedDisputes.workflowId(tenant, disputeId)),
    ];
    let deleted = 0;
    for (const workflowId of workflowIds) {
      const { workflow, workflowService, options } = await parts.client();
      const isThere = await workflow
        .getHandle(workflowId)
        .terminate('erased')
        .then(() => true)
        .catch(async () =>
          workflow
            .getHandle(workflowId)
            .describe()
            .then(() => true)
            .catch((error: unknown) => {
              if (error instanceof WorkflowNotFoundError) return false;
              throw error;
            }),
        );
      if (!isThere) continue;
      await workflowService.deleteWorkflowExecution({
        namespace: options.namespace,
        workflowExecution: { workflowId },
      });
      deleted += 1;
    }
    const removed = { histories: deleted };
    await note(subjects, 'workflows', removed);
    return removed;
  };

  return {
    async unfinished() {
      const waiting = await database.db
        .selectFrom('erasures')
        .select('subject')
        .where('tenant', '=', tenant)
        .where('completed_at', 'is', null)
        .where('hashed', '=', true)
        .orderBy('erased_at')
        .limit(MOST_AT_ONCE)
        .execute();
      return waiting.map(({ subject }) => subject);
    },

    endWorkflows,

    async eraseWarehouse({ subjects, now }, { progress, signal }) {
      const erased = await erasedOf(subjects);
      progress({ step: 'warehouse', message: 'erasing customers' });
      const removed = !existsSync(paths.warehouse)
        ? {}
        : await withWarehouse(paths.warehouse, signal, async (warehouse) => {
            const rows = await eraseParties(warehouse.connection, erased, instant(now));
            // Rows of before may have been deleted and left in blocks, should an attempt have died in between: always anew.
            await compactWarehouse(warehouse);
            return rows;
          });
      await note(subjects, 'warehouse', removed);
      return {
        removed,
        publish: Object.keys(removed).length > 0 ? (await snapshots.newest()) !== null : await newestHolds(erased),
      };
    },

    async eraseFiles(subjects, { progress, signal }) {
      const erased = await erasedOf(subjects);
      const newest = await snapshots.newest();
      let gone = 0;
      for (const id of await storage.list(tenant, 'snapshots')) {
        signal.throwIfAborted();
        progress({ step: 'snapshots', message: id.slice(0, 12) });
        const ref = storageRef(tenant, 'snapshots', id);
        // Folders that are no snapshots stand beside them: views, and notes of inputs.
        if (!/^[0-9a-f]{64}$/.test(id)) continue;
        // In a bucket a look costs a copy: older ones go unseen, as nothing reads them any more.
        const isFree = project.storage.kind === 'folder' || id === newest?.snapshotId;
        if (isFree && !(await snapshotHolds(await storage.materialise(ref), erased))) continue;
        await storage.remove(ref);
        await rm(join(paths.snapshots, id), { recursive: true, force: true });
        gone += 1;
      }
      const removed = {
        snapshots: gone,
        feature_files: await eraseFeatureFiles(join(dirname(paths.snapshots), 'features'), erased),
        training_rows: await eraseTrainingSets(paths.runs, erased, async (requestId) => {
          if (project.storage.kind === 'folder') return;
          const id = `${requestId}/training-set`;
          await storage.remove(storageRef(tenant, 'runs', id));
          await storage.publish(tenant, 'runs', id, join(paths.runs, requestId, 'training-set'));
        }),
      };
      await note(subjects, 'files', removed);
      return removed;
    },

    async eraseScores(subjects) {
      const removed = { scores: await eraseScores(paths.scores, await erasedOf(subjects)) };
      await note(subjects, 'files', removed);
      return removed;
    },

    async finish(subjects, { progress }) {
      const erasures = await parts.erasures();
      const swept = await erasures.sweep(subjects);
      if (Object.keys(swept).length > 0) {
        await erasures.note(subjects, 'records', swept);
        // What came while the erasure ran may have its workflow since; what that brought before it ended goes, too.
        await endWorkflows(subjects);
        await erasures.sweep(subjects);
      }
      progress({ step: 'compaction', message: 'writing tables anew' });
      const { tables, walSegments } = await compactTables(database, await touchedTables(database, tenant, subjects));
      const removed = {
        rewritten_tables: tables,
        ...(walSegments === null ? { log_left: 1 } : { log_segments: walSegments }),
      };
      await erasures.note(subjects, 'compaction', removed);
      await erasures.complete(subjects);
      return removed;
    },
  };
}
