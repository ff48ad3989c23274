import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../base/index.ts';

const { checkAll, importsOf, violations } = (await import(
  pathToFileURL(join(packageRoot(), 'setup', 'boundaries.mjs')).href
)) as {
  checkAll: () => Promise<string[]>;
  importsOf: (text: string) => { module: string; typeOnly: boolean; line: number }[];
  violations: (path: string, text: string) => string[];
};

describe('folder boundaries', () => {
  it('hold in the whole package', async () => {
    expect(await checkAll()).toEqual([]);
  });

  const planted: [string, string, RegExp][] = [
    ['base/a.ts', `import { x } from '../features/index.ts';`, /base\/ may import nothing/],
    ['features/a.ts', `import { x } from '../models/index.ts';`, /features\/ may import base/],
    ['models/binning/a.ts', `export * from '../../rating/index.ts';`, /models\/ may import/],
    ['models/a.ts', `const x = await import('../serving/index.ts');`, /models\/ may import/],
    ['models/a.ts', `import {\n  a,\n  b,\n} from '../cli/main.ts';`, /models\/ may import/],
    ['simulator/a.ts', `import { x } from '../features/asof/index.ts';`, /simulator\/ may import/],
    ['records/a.ts', `import { rate } from '../rating/index.ts';`, /records\/ may import/],
    ['serving/a.ts', `import { x } from '../pipelines/activities/index.ts';`, /activities/],
    ['cli/a.ts', `import { x } from '../test/fixtures.ts';`, /nothing imports test/],
    ['cli/a.ts', `import { x } from '../../elsewhere/a.ts';`, /outside the package/],
    ['pipelines/workflows/a.ts', `import { createActivities } from '../activities/index.ts';`, /import type/],
    ['pipelines/workflows/a.ts', `import { readFile } from 'node:fs/promises';`, /no Node built-in/],
    ['pipelines/workflows/a.ts', `import fs from 'fs';`, /no Node built-in/],
    ['setup/a.mjs', `import { parse } from 'yaml';`, /before anything is installed/],
    ['setup/a.mjs', `import { x } from '../base/index.ts';`, /setup\/ may import nothing/],
  ];

  it.each(planted)('refuse what is planted in %s: %s', (path, text, reason) => {
    const found = violations(path, text);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(reason);
  });

  it('allow what the table allows', () => {
    const allowed: [string, string][] = [
      ['features/a.ts', `import { x } from '../base/index.ts';\nimport { y } from './b.ts';\nimport { z } from 'zod';`],
      ['records/a.ts', `import type { Rating } from '../rating/index.ts';`],
      ['pipelines/workflows/a.ts', `import type { Activities } from '../activities/index.ts';`],
      ['simulator/a.ts', `import { x } from '../features/contracts/index.ts';`],
      ['base/a.test.ts', `import { x } from '../features/index.ts';`],
      ['models/a.ts', `// import { x } from '../cli/main.ts';`],
    ];
    for (const [path, text] of allowed) expect(violations(path, text)).toEqual([]);
  });

  it('see every form of import, with its line', () => {
    const text = `import a from './a.ts';\nimport type { B } from './b.ts';\nexport { c } from './c.ts';\nimport './d.ts';\nawait import('./e.ts');`;
    expect(importsOf(text).map(({ module, typeOnly, line }) => `${line} ${module}${typeOnly ? ' type' : ''}`)).toEqual([
      '1 ./a.ts',
      '2 ./b.ts type',
      '3 ./c.ts',
      '4 ./d.ts',
      '5 ./e.ts',
    ]);
  });
});
