import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, sep } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { z } from 'zod';
import { messageOf, ProbityError, removeAbandoned, sha256File, temporaryName, type Tenant } from '../../base/index.ts';
import { parseStorageRef, storageRef } from './reference.ts';
import type { Storage, StoredKind } from './storage.ts';
import { sweepKinds } from './sweep.ts';

/** Written last: a folder without it is not there. */
const MANIFEST = 'storage-manifest.json';
const manifestSchema = z.object({
  files: z.array(z.object({ path: z.string(), bytes: z.int().nonnegative(), sha256: z.string() })),
});
type Manifest = z.infer<typeof manifestSchema>;

export interface S3Options {
  readonly bucket: string;
  /** Base URL of an S3-compatible server, or null: Amazon's. */
  readonly endpoint: string | null;
  readonly region: string;
  /** Folder that keeps what was fetched. */
  readonly cache: string;
  /** Null: the environment's usual AWS credentials. */
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string } | null;
}

/** Storage in an S3-compatible bucket: one object per file, a manifest with their hashes last, and a local cache of what was fetched. */
export function s3Storage(options: S3Options): Storage & { close(): void } {
  const client = new S3Client({
    region: options.region,
    ...(options.endpoint === null ? {} : { endpoint: options.endpoint, forcePathStyle: true }),
    ...(options.credentials === null ? {} : { credentials: options.credentials }),
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  });
  const bucket = options.bucket;

  const has = async (ref: string): Promise<boolean> => {
    parseStorageRef(ref);
    try {
      await client.send(new HeadObjectCommand({ Bucket: bucket, Key: `${ref}/${MANIFEST}` }));
      return true;
    } catch (error) {
      if (isMissing(error)) return false;
      throw failed(error);
    }
  };

  const fetchFile = async (ref: string, file: Manifest['files'][number], folder: string): Promise<void> => {
    const path = safePath(folder, file.path);
    await mkdir(dirname(path), { recursive: true });
    const answer = await client.send(new GetObjectCommand({ Bucket: bucket, Key: `${ref}/${file.path}` }));
    if (!(answer.Body instanceof Readable))
      throw new ProbityError('STORAGE_FAILED', `The bucket sent no content for a file of ${ref}.`);
    await pipeline(answer.Body, createWriteStream(path));
    if ((await sha256File(path)) !== file.sha256) {
      throw new ProbityError('STORAGE_ALTERED', `A file of ${ref} in the bucket is not what was stored.`);
    }
  };

  return {
    has,
    close: () => client.destroy(),

    async publish(tenant, kind, id, folder) {
      const ref = storageRef(tenant, kind, id);
      if (await has(ref)) return ref;
      const files = await describe(folder);
      try {
        for (const file of files) {
          const body = createReadStream(join(folder, file.path));
          await client.send(
            new PutObjectCommand({ Bucket: bucket, Key: `${ref}/${file.path}`, Body: body, ContentLength: file.bytes }),
          );
        }
        const manifest = JSON.stringify({ files } satisfies Manifest);
        await client.send(new PutObjectCommand({ Bucket: bucket, Key: `${ref}/${MANIFEST}`, Body: manifest }));
      } catch (error) {
        throw failed(error);
      }
      return ref;
    },

    async sweep(tenant) {
      await sweepKinds((kind) => join(options.cache, tenant, kind));
    },

    async materialise(ref) {
      const { tenant, kind, id } = parseStorageRef(ref);
      const target = join(options.cache, tenant, kind, ...id.split('/'));
      if (await exists(target)) return target;
      await removeAbandoned(dirname(target));
      const temporary = join(dirname(target), `.${temporaryName(basename(target))}`);
      try {
        const answer = await client.send(new GetObjectCommand({ Bucket: bucket, Key: `${ref}/${MANIFEST}` }));
        const manifest = manifestSchema.parse(JSON.parse((await answer.Body?.transformToString()) ?? ''));
        await mkdir(temporary, { recursive: true });
        for (const file of manifest.files) await fetchFile(ref, file, temporary);
        await rename(temporary, target);
      } catch (error) {
        await rm(temporary, { recursive: true, force: true });
        if (await exists(target)) return target;
        throw failed(error);
      }
      return target;
    },

    async remove(ref) {
      const { tenant, kind, id } = parseStorageRef(ref);
      try {
        // The manifest first: from then on the folder is not there.
        await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: `${ref}/${MANIFEST}` }));
        for (;;) {
          const page = await client.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: `${ref}/` }));
          for (const { Key } of page.Contents ?? [])
            await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: Key ?? '' }));
          if (page.IsTruncated !== true) break;
        }
      } catch (error) {
        throw failed(error);
      }
      await rm(join(options.cache, tenant, kind, ...id.split('/')), { recursive: true, force: true });
    },

    async list(tenant: Tenant, kind: StoredKind) {
      const prefix = `${tenant}/${kind}/`;
      const ids: string[] = [];
      let token: string | undefined;
      do {
        const page = await client
          .send(
            new ListObjectsV2Command({
              Bucket: bucket,
              Prefix: prefix,
              Delimiter: '/',
              ...(token === undefined ? {} : { ContinuationToken: token }),
            }),
          )
          .catch((error: unknown) => {
            throw failed(error);
          });
        for (const entry of page.CommonPrefixes ?? []) ids.push((entry.Prefix ?? '').slice(prefix.length, -1));
        token = page.NextContinuationToken;
      } while (token !== undefined);
      const whole = await Promise.all(ids.map(async (id) => has(`${prefix}${id}`)));
      return ids.filter((_, i) => whole[i]).sort();
    },
  };
}

async function describe(folder: string): Promise<Manifest['files']> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const files = [];
  for (const path of paths.sort()) {
    const { size } = await stat(path);
    files.push({
      path: path.slice(folder.length + 1).replaceAll(sep, '/'),
      bytes: size,
      sha256: await sha256File(path),
    });
  }
  return files;
}

function safePath(folder: string, path: string): string {
  const target = join(folder, path);
  if (!target.startsWith(folder + sep))
    throw new ProbityError('STORAGE_ALTERED', 'A stored manifest names a file outside its folder.');
  return target;
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

function isMissing(error: unknown): boolean {
  return error instanceof S3ServiceException && error.$metadata.httpStatusCode === 404;
}

function failed(error: unknown): ProbityError {
  if (error instanceof ProbityError) return error;
  return new ProbityError('STORAGE_FAILED', `The bucket did not answer as expected: ${messageOf(error)}`, {
    cause: error,
  });
}
