import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Tenant } from '../../base/index.ts';
import { folderStorage } from '../../records/storage/index.ts';
import { handOver } from '../compose/hand-over.ts';
import { runFolder } from './run-folder.ts';

let runs: string;

beforeEach(async () => {
  runs = await mkdtemp(join(tmpdir(), 'probity-runs-'));
});
afterEach(() => rm(runs, { recursive: true, force: true }));

describe('a step of a run', () => {
  it('runs once for the same inputs, and again for others', async () => {
    let times = 0;
    const step = (inputs: { a: number }) =>
      runFolder({ runs, handOver: null }, 'r1').step('train', inputs, async (folder) => {
        await writeFile(join(folder, 'out'), String(++times));
        return { times };
      });
    expect(await step({ a: 1 })).toEqual({ times: 1 });
    expect(await step({ a: 1 })).toEqual({ times: 1 });
    expect(await step({ a: 2 })).toEqual({ times: 2 });
    expect(await readFile(join(runs, 'r1', 'train', 'out'), 'utf8')).toBe('2');
  });

  it('leaves nothing when it fails, and keeps its checkpoints for the next attempt', async () => {
    const run = runFolder({ runs, handOver: null }, 'r1');
    const failing = run.step('train', {}, async (folder) => {
      await writeFile(join(folder, 'half'), '');
      await mkdir(run.checkpointPath('train'));
      throw new Error('stop');
    });
    await expect(failing).rejects.toThrow('stop');
    expect(await readdir(run.path)).toEqual(['train.checkpoints']);
    expect(await run.finished('train')).toBeNull();
    await run.step('train', {}, async () => ({ ok: true }));
    expect(await readdir(run.path)).toEqual(['train']);
    expect(await run.finished('train')).toEqual({ ok: true });
  });

  it('removes what a killed attempt of the same step left, and no other', async () => {
    const run = runFolder({ runs, handOver: null }, 'r1');
    await mkdir(join(run.path, 'train.tmp-dead'), { recursive: true });
    await mkdir(join(run.path, 'other.tmp-alive'), { recursive: true });
    await run.step('train', {}, async () => ({}));
    expect((await readdir(run.path)).sort()).toEqual(['other.tmp-alive', 'train']);
    await run.cleanUp();
    expect(await readdir(run.path)).toEqual(['train']);
  });

  it('is fetched from the storage by a worker that shares no folder, and not made again', async () => {
    const storage = folderStorage(join(runs, 'storage'));
    const on = (machine: string) =>
      runFolder({ runs: join(runs, machine), handOver: handOver('acme' as Tenant, storage) }, 'r1');
    await on('one').step('train', { a: 1 }, async (folder) => {
      await writeFile(join(folder, 'out'), 'made once');
      return { modelHash: 'm' };
    });
    const folder = await on('two').finishedFolder('train', { modelHash: 'm' });
    expect(await readFile(join(folder, 'out'), 'utf8')).toBe('made once');
    expect(await on('two').step('train', { a: 1 }, () => Promise.reject(new Error('again')))).toEqual({
      modelHash: 'm',
    });
    await expect(on('two').finishedFolder('train', { modelHash: 'another' })).rejects.toThrow('neither here nor');
    await expect(on('two').finishedFolder('proof', {})).rejects.toThrow('neither here nor');
  });

  it('is never outside its folder', () => {
    for (const id of ['../x', '', 'a/b', '.hidden'])
      expect(() => runFolder({ runs, handOver: null }, id)).toThrow('request id');
  });

  it('cleans up a run that never began', async () => {
    await runFolder({ runs, handOver: null }, 'none').cleanUp();
    expect(existsSync(join(runs, 'none'))).toBe(false);
  });
});
