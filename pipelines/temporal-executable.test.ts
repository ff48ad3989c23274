import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findTemporalExecutable, temporalExecutable } from './temporal-executable.ts';

let root: string;

async function program(path: string): Promise<string> {
  const full = join(root, path);
  await mkdir(dirname(full), { recursive: true });
  await writeFile(full, '#!/bin/sh\n');
  await chmod(full, 0o755);
  return full;
}

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'probity-locate-'));
});
afterAll(() => rm(root, { recursive: true, force: true }));

describe('the Temporal executable', () => {
  it('is the named one, then that on PATH, then the newest in the cache', async () => {
    const home = join(root, 'home');
    await program('home/temporal/v1.5.1/temporal');
    const newest = await program('home/temporal/v1.10.0/temporal');
    expect(findTemporalExecutable({ PROBITY_HOME: home, PATH: '' })).toBe(newest);
    const onPath = await program('bin/temporal');
    expect(findTemporalExecutable({ PROBITY_HOME: home, PATH: `/nowhere:${dirname(onPath)}` })).toBe(onPath);
    const named = await program('named/temporal');
    expect(findTemporalExecutable({ PROBITY_HOME: home, PATH: dirname(onPath), PROBITY_TEMPORAL: named })).toBe(named);
  });

  it('is not another one where the named one is missing', () => {
    const env = { PROBITY_HOME: join(root, 'home'), PATH: '', PROBITY_TEMPORAL: join(root, 'missing') };
    expect(findTemporalExecutable(env)).toBeNull();
  });

  it('says what to do where there is none', () => {
    expect(() => temporalExecutable({ PROBITY_HOME: join(root, 'empty'), PATH: '' })).toThrow(
      expect.objectContaining({ code: 'TOOL_MISSING' }),
    );
  });
});
