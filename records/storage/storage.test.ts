import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import S3rver from 's3rver';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Tenant } from '../../base/index.ts';
import { folderStorage, parseStorageRef, s3Storage, storageRef, type Storage } from './index.ts';

const tenant = 'acme' as Tenant;
let root: string;
let source: string;
let server: S3rver;
let endpoint: string;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'probity-storage-'));
  source = join(root, 'source');
  await mkdir(join(source, 'raw', 'bucket=1'), { recursive: true });
  await writeFile(join(source, 'manifest.json'), '{"a":1}');
  await writeFile(join(source, 'raw', 'bucket=1', 'part.bin'), Buffer.alloc(70_000, 7));
  server = new S3rver({
    port: 0,
    address: '127.0.0.1',
    silent: true,
    directory: join(root, 's3'),
    configureBuckets: [{ name: 'probity', configs: [] }],
  });
  const address = await server.run();
  endpoint = `http://127.0.0.1:${address.port}`;
});

afterAll(async () => {
  await server?.close();
  await rm(root, { recursive: true, force: true });
});

const bucketOptions = (cache: string) => ({
  bucket: 'probity',
  endpoint,
  region: 'us-east-1',
  cache: join(root, cache),
  credentials: { accessKeyId: 'S3RVER', secretAccessKey: 'S3RVER' },
});

const kinds: readonly (readonly [string, () => Storage])[] = [
  ['a folder', () => folderStorage(join(root, 'local'))],
  ['an S3-compatible bucket', () => s3Storage(bucketOptions('cache'))],
];

describe.each(kinds)('storage in %s', (_name, open) => {
  it('gives back what was published, byte for byte, and the same again changes nothing', async () => {
    const storage = open();
    const ref = await storage.publish(tenant, 'snapshots', 'one', source);
    expect(await storage.publish(tenant, 'snapshots', 'one', source)).toBe(ref);
    const folder = await storage.materialise(ref);
    expect(await readFile(join(folder, 'manifest.json'), 'utf8')).toBe('{"a":1}');
    expect((await readFile(join(folder, 'raw', 'bucket=1', 'part.bin'))).equals(Buffer.alloc(70_000, 7))).toBe(true);
    expect(await storage.list(tenant, 'snapshots')).toEqual(['one']);
    expect(await storage.list('other' as Tenant, 'snapshots')).toEqual([]);
  });

  it('removes what an erasure takes out, its copies on this machine too, and nothing beside it', async () => {
    const storage = open();
    const gone = await storage.publish(tenant, 'snapshots', 'gone', source);
    const kept = await storage.publish(tenant, 'snapshots', 'gone-not', source);
    const folder = await storage.materialise(gone);
    await storage.remove(gone);
    await storage.remove(gone);
    expect([await storage.has(gone), await storage.has(kept)]).toEqual([false, true]);
    await expect(readdir(folder)).rejects.toMatchObject({ code: 'ENOENT' });
    await expect(storage.materialise(gone)).rejects.toMatchObject({ code: 'STORAGE_FAILED' });
    expect(await readFile(join(await storage.materialise(kept), 'manifest.json'), 'utf8')).toBe('{"a":1}');
    await storage.remove(kept);
  });

  it('says what is not there', async () => {
    const storage = open();
    expect(await storage.has(storageRef(tenant, 'artefacts', 'none'))).toBe(false);
    await expect(storage.materialise(storageRef(tenant, 'artefacts', 'none'))).rejects.toMatchObject({
      code: 'STORAGE_FAILED',
    });
  });
});

describe('what killed publishers left', () => {
  it('is swept where its process is gone or it is a day old, and nothing else is', async () => {
    const storage = folderStorage(join(root, 'swept'));
    const kind = join(root, 'swept', 'tenants', tenant, 'artefacts');
    const run = join(root, 'swept', 'tenants', tenant, 'runs', 'r1');
    const ref = await storage.publish(tenant, 'runs', 'r1/model', source);
    const gone = spawnSync(process.execPath, ['-e', '']).pid;
    const mine = `.x.tmp-${hostname()}-${process.pid}-0123456789ab`;
    const dead = `.x.tmp-${hostname()}-${gone}-0123456789ab`;
    const elsewhere = `.x.tmp-another-host-${gone}-0123456789ab`;
    const old = 'list.json.0123456789ab.tmp';
    for (const folder of [kind, run])
      for (const name of [mine, dead, elsewhere, old, 'one.tmp.two'])
        await mkdir(join(folder, name), { recursive: true });
    for (const folder of [kind, run]) await utimes(join(folder, old), 1, 1);
    await storage.sweep(tenant);
    expect((await readdir(kind)).sort()).toEqual([elsewhere, mine, 'one.tmp.two'].sort());
    expect((await readdir(run)).sort()).toEqual([elsewhere, mine, 'model', 'one.tmp.two'].sort());
    expect(await storage.has(ref)).toBe(true);
  });
});

describe('storage in a bucket', () => {
  it('refuses content that was altered there, and keeps nothing of it', async () => {
    const first = s3Storage(bucketOptions('cache-a'));
    const ref = await first.publish(tenant, 'artefacts', 'two', source);
    const { S3Client, PutObjectCommand } = await import('@aws-sdk/client-s3');
    const { credentials } = bucketOptions('');
    const client = new S3Client({ endpoint, region: 'us-east-1', forcePathStyle: true, credentials });
    await client.send(new PutObjectCommand({ Bucket: 'probity', Key: `${ref}/manifest.json`, Body: '{"a":2}' }));
    const second = s3Storage(bucketOptions('cache-b'));
    await expect(second.materialise(ref)).rejects.toMatchObject({ code: 'STORAGE_ALTERED' });
    await expect(second.materialise(ref)).rejects.toMatchObject({ code: 'STORAGE_ALTERED' });
  });
});

describe('storage references', () => {
  it('cannot leave their folder', () => {
    for (const id of ['..', '../x', 'a/b', '', '.hidden']) expect(() => storageRef(tenant, 'artefacts', id)).toThrow();
    for (const id of ['r1', 'r1/../x', 'r1/a/b', '/x', 'r1/']) expect(() => storageRef(tenant, 'runs', id)).toThrow();
    for (const ref of ['acme/artefacts/../x', 'acme/artefacts/a/b', 'acme/runs/x', 'acme/other/x', '../artefacts/x'])
      expect(() => parseStorageRef(ref)).toThrow();
  });
});
