import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { isName, ProbityError, sha256, sha256File, temporaryName, writeFileAtomic } from '../../base/index.ts';
import type { WithheldOfCustomers } from '../../rating/portfolio/book.ts';
import { addWithheld } from '../../rating/portfolio/withheld.ts';
import type { Slot } from '../../models/registry/slot.ts';
import type { RescoreOutcome } from '../messages.ts';
import type { PipelineDependencies } from './dependencies.ts';
import { withHeartbeat } from './heartbeat.ts';

interface BucketStamp {
  readonly file: string;
  readonly hash: string;
  readonly rows: number;
  readonly sumPd: number;
  /** Features that were not used of some customers for want of a legal basis; absent: none. */
  readonly withheld?: readonly WithheldOfCustomers[];
}

/** Activities that score a published snapshot bucket by bucket; each bucket is a Parquet file beside its stamp. */
export function scoreActivities({ scoring, scores }: PipelineDependencies) {
  const folderOf = (requestId: string): string => {
    if (!isName(requestId)) throw new ProbityError('INVALID_INPUT', 'This is not a request id.');
    return join(scores, requestId);
  };
  const nameOf = (bucket: number) => `bucket-${String(bucket).padStart(6, '0')}`;
  return {
    /** Which snapshot and which champion a rescoring uses, fixed once at its start. */
    rescoreTarget: (request: { slot: Slot }): Promise<{ readonly snapshotId: string; readonly modelHash: string }> =>
      withHeartbeat(() => scoring.target(request.slot)),

    /** Scores one bucket of customers; a bucket that is finished is not scored again. */
    scoreBucket: (request: {
      requestId: string;
      snapshotId: string;
      modelHash: string;
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
          const { snapshotId, modelHash, bucket, buckets } = request;
          const result = await scoring.scoreBucket(
            { snapshotId, modelHash, bucket, buckets, file: temporary },
            context,
          );
          const file = join(folder, `${name}.parquet`);
          const hash = await sha256File(temporary);
          await rename(temporary, file);
          const { rows, sumPd, withheld } = result;
          const done: BucketStamp = { file: basename(file), hash, rows, sumPd, ...(withheld ? { withheld } : {}) };
          await writeFileAtomic(join(folder, `${name}.json`), `${JSON.stringify(done)}\n`);
          return { rows };
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
        const rows = stamps.reduce((sum, stamp) => sum + stamp.rows, 0);
        const sumPd = stamps.reduce((sum, stamp) => sum + stamp.sumPd, 0);
        const { snapshotId, modelHash } = request;
        const meanPd = rows === 0 ? null : sumPd / rows;
        const withheld = addWithheld(stamps.map((stamp) => stamp.withheld ?? []));
        const all = {
          snapshotId,
          modelHash,
          rows,
          meanPd,
          ...(withheld.length > 0 ? { withheld } : {}),
          files: stamps,
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
        };
      }),
  };
}

async function readStamp(path: string): Promise<BucketStamp | null> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as BucketStamp;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
