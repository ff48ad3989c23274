import { appendFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { packageRoot, sha256 } from '../base/index.ts';

/** Old ratings with their parts and texts, and workflow histories: what every later version must read, replay and recompute. */
const FOLDERS = [
  'test/ratings-corpus/parts',
  'test/ratings-corpus/ratings',
  'test/ratings-corpus/told',
  'pipelines/histories',
] as const;

/** One line for each file, as `sha256sum` writes and checks it: its SHA-256 and its path from here. */
const MANIFEST = 'test/kept-files.sha256';

/** So many files were named when the manifest was made: it grows, and never shrinks. */
const LISTED = 355;

/** What is wrong with the files that a manifest names; files that it does not name are no matter. */
async function wrongWith(root: string, manifest: string): Promise<readonly string[]> {
  const problems = manifest
    .split('\n')
    .filter((line) => line !== '')
    .map(async (line) => {
      const named = /^([0-9a-f]{64}) {2}(\S.*)$/.exec(line);
      if (named === null) return `${line}: not a line of a manifest`;
      const [, hash, path = ''] = named;
      const bytes = await readFile(join(root, path)).catch(() => null);
      return bytes === null ? `${path}: missing` : sha256(bytes) === hash ? null : `${path}: altered`;
    });
  return (await Promise.all(problems)).filter((problem) => problem !== null);
}

it('no file that was ever kept is missing or altered', async () => {
  const manifest = await readFile(join(packageRoot(), MANIFEST), 'utf8');
  for (const folder of FOLDERS) expect([folder, manifest.includes(`  ${folder}/`)]).toEqual([folder, true]);
  expect(manifest.trimEnd().split('\n').length).toBeGreaterThanOrEqual(LISTED);
  expect(await wrongWith(packageRoot(), manifest)).toEqual([]);
});

it('a file that is taken away or changed by a byte is named, and one that is added is not', async () => {
  const root = await mkdtemp(join(tmpdir(), 'probity-kept-'));
  try {
    const names = ['a.json', 'b.json', 'c.json'];
    for (const name of names) await writeFile(join(root, name), name);
    const manifest = names.map((name) => `${sha256(name)}  ${name}\n`).join('');
    await writeFile(join(root, 'd.json'), 'new');
    expect(await wrongWith(root, manifest)).toEqual([]);
    await rm(join(root, 'a.json'));
    await appendFile(join(root, 'c.json'), '\n');
    expect(await wrongWith(root, manifest)).toEqual(['a.json: missing', 'c.json: altered']);
  } finally {
    await rm(root, { recursive: true });
  }
});

/** `PROBITY_WRITE_CORPUS=1 npx vitest run test/kept-files.test.ts` names files that were added; lines that stand are not touched. */
it.runIf(process.env['PROBITY_WRITE_CORPUS'] === '1')('names files that were added', async () => {
  const path = join(packageRoot(), MANIFEST);
  const manifest = await readFile(path, 'utf8').catch(() => '');
  const lines = manifest.split('\n').filter((line) => line !== '');
  const named = new Set(lines.map((line) => line.slice(66)));
  for (const folder of FOLDERS)
    for (const name of await readdir(join(packageRoot(), folder))) {
      const file = `${folder}/${name}`;
      if (!name.endsWith('.json') || named.has(file)) continue;
      lines.push(`${sha256(await readFile(join(packageRoot(), file)))}  ${file}`);
    }
  const ordered = lines.toSorted((a, b) => (a.slice(66) < b.slice(66) ? -1 : 1));
  await writeFile(path, `${ordered.join('\n')}\n`);
});
