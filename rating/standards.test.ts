import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { defaultStandards, loadStandards } from './index.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'probity-rules-'));
});
afterAll(async () => rm(folder, { recursive: true, force: true }));

describe("a project's rules", () => {
  it('are its own files where it has them, and the package’s otherwise', async () => {
    const { policy, masterScale } = defaultStandards();
    await writeFile(join(folder, 'policy.json'), JSON.stringify({ ...policy, name: 'ours', version: 7 }));
    const own = loadStandards(folder);
    expect(own.policy).toMatchObject({ name: 'ours', version: 7 });
    expect(own.masterScale).toEqual(masterScale);
  });

  it('are refused when they cannot be read', async () => {
    expect(() => loadStandards(join(folder, 'none'))).toThrow(expect.objectContaining({ code: 'FILE_NOT_FOUND' }));
    await writeFile(join(folder, 'points.json'), '{');
    expect(() => loadStandards(folder)).toThrow(expect.objectContaining({ code: 'INVALID_SPEC' }));
    await writeFile(join(folder, 'points.json'), '{}');
    expect(() => loadStandards(folder)).toThrow(expect.objectContaining({ code: 'INVALID_SPEC' }));
  });
});
