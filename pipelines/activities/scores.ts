import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { isName, ProbityError, sha256, sha256File, temporaryName, writeFileAtomic } from '../../base/index.ts';
import { addWithheld } from '../../rating/portfolio/withheld.ts';
import type { Slot } from '../../models/registry/slot.ts';
import type { RescoreOutcome } from '../messages.ts';
import { parseBucketStamp, totals, type BucketStamp, type ScoreManifest } from '../score-manifest.ts';
import type { PipelineDependencies, Scorer } from './dependencies.ts';
import { withHeartbeat } from './heartbeat.ts';

/** Activities that score a published snapshot bucket by bucket; each bucket is a Parquet file beside its stamp. */
export function scoreActivities({ scoring, scores, clock }: PipelineDependencies) {
  const folderOf = (requestId: string): string => {
    if (!isName(requestId)) throw new ProbityError('INVALID_INPUT', 'This is not a request id.');
    return join(scores, requestId);
  };
  const nameOf = (bucket: number) => `bucket-${String(bucket).padStart(6, '0')}`;
  return {
    /** Which snapshot and whose champions a rescoring uses, fixed once at its start: those of the slots that tell the same of customers as `slot`. */
    rescoreTarget: (request: {
      slot: Slot;
    }): Promise<{
      readonly snapshotId: string;
      readonly modelHash: string;
      readonly models?: readonly Scorer[];
      readonly begunAt?: string;
    }> => withHeartbeat(async () => ({ ...(await scoring.target(request.slot)), begunAt: clock.now() })),

    /** Whether any slot that tells the same of customers as `slot` has a champion. */
    canScore: (request: { slot: Slot }): Promise<boolean> =>
      withHeartbeat(async () => (await scoring.scorers(request.slot)).length > 0),

    /** Scores one bucket of customers; a bucket that is finished is not scored again. */
    scoreBucket: (request: {
      requestId: string;
      snapshotId: string;
      modelHash: string;
      /** Absent: one model scores all. */
      models?: readonly Scorer[];
      bucket: number;
      buckets: number;
    }): Promise<{ readonly rows: number }> =>
      withHeartbeat(async (context) => {
        const folder = folderOf(request.requestId);
        const name = nameOf(request.bucket);
        const stamp = await readStamp(join(folder, `${name}.json`));
        if (stamp) return { rows: stamp.rows };
        await mkdir(folder, { recursive: true });
        for (const left of await readdir(folder)) {
          if (left.startsWith(`${name}.tmp-`)) await rm(join(folder, left), { force: true });
        }
        const temporary = join(folder, temporaryName(name));
        try {
          const { snapshotId, modelHash, models, bucket, buckets } = request;
          const result = await scoring.scoreBucket(
            { snapshotId, modelHash, models, bucket, buckets, file: temporary },
            context,
          );
          const file = join(folder, `${name}.parquet`);
          const hash = await sha256File(temporary);
          await rename(temporary, file);
          const done: BucketStamp = { file: basename(file), hash, ...result };
          await writeFileAtomic(join(folder, `${name}.json`), `${JSON.stringify(done)}\n`);
          return { rows: result.rows };
        } catch (error) {
          await rm(temporary, { force: true });
          throw error;
        }
      }),

    /** Writes the manifest over all buckets and answers with its reference. */
    finishScores: (request: {
      requestId: string;
      snapshotId: string;
      modelHash: string;
      models?: readonly Scorer[];
      begunAt?: string;
      buckets: number;
    }): Promise<RescoreOutcome> =>
      withHeartbeat(async () => {
        const folder = folderOf(request.requestId);
        const stamps: BucketStamp[] = [];
        for (let bucket = 0; bucket < request.buckets; bucket++) {
          const stamp = await readStamp(join(folder, `${nameOf(bucket)}.json`));
          if (!stamp) throw new ProbityError('INTERNAL', `The scores of bucket ${bucket} are missing.`);
          stamps.push(stamp);
        }
        const { snapshotId, modelHash, begunAt } = request;
        const { rows, meanPd, models, files } = totals(stamps, request.models);
        const withheld = addWithheld(stamps.map((stamp) => stamp.withheld ?? []));
        const unscored = stamps.reduce((sum, stamp) => sum + (stamp.unscored ?? 0), 0);
        const by = {
          ...(models === undefined ? {} : { models }),
          ...(unscored === 0 ? {} : { unscored }),
        };
        const all: ScoreManifest = {
          snapshotId,
          modelHash,
          rows,
          meanPd,
          ...(begunAt === undefined ? {} : { begunAt }),
          ...by,
          ...(withheld.length > 0 ? { withheld } : {}),
          files,
        };
        const manifest = `${JSON.stringify(all, null, 2)}\n`;
        await writeFileAtomic(join(folder, 'manifest.json'), manifest);
        return {
          folder,
          manifestHash: sha256(manifest),
          snapshotId,
          modelHash,
          partitions: stamps.length,
          rows,
          meanPd,
          ...by,
        };
      }),
  };
}

async function readStamp(path: string): Promise<BucketStamp | null> {
  try {
    return parseBucketStamp(await readFile(path, 'utf8'), basename(path));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
