import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { packageRoot, parseProject } from '../base/index.ts';
import { parseFlat, parseRelationalSpec, specKind } from '../features/specs/index.ts';

const examples = join(packageRoot(), 'examples');
const folders = await readdir(examples);

describe('examples', () => {
  test.each(folders)('%s: a README, a spec that parses, and no data', async (folder) => {
    const files = await readdir(join(examples, folder));
    expect(files.filter((file) => !/\.(yaml|md)$/.test(file))).toEqual([]);
    expect(existsSync(join(examples, folder, 'README.md'))).toBe(true);
    const file = join(examples, folder, `${folder}.yaml`);
    const text = await readFile(file, 'utf8');
    if (specKind(text, { file }) === 'relational') {
      const spec = parseRelationalSpec(text, { file });
      expect(spec.name).toBe(folder);
      const project = parseProject(
        await readFile(join(examples, folder, 'probity.yaml'), 'utf8'),
        join(examples, folder),
      );
      expect(project.specs).toEqual([file]);
    } else {
      const spec = parseFlat(text, { file });
      expect(spec.name).toBe(folder);
      expect(spec.features?.length).toBeGreaterThan(5);
      for (const name of spec.protected) expect(spec.features?.map((feature) => feature.name)).not.toContain(name);
    }
    const readme = await readFile(join(examples, folder, 'README.md'), 'utf8');
    expect(readme).toMatch(/Where the data are/);
    expect(readme).toMatch(/npx probity/);
  });
});
