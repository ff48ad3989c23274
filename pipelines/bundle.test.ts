import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { expect, it } from 'vitest';
import { packageRoot } from '../base/index.ts';
import { workflowBundle, workflowSources } from './bundle.ts';

it('bundles the workflows once for each content of their sources', async () => {
  const home = await mkdtemp(join(tmpdir(), 'probity-bundle-'));
  try {
    const [first, second] = await Promise.all([workflowBundle(home), workflowBundle(home)]);
    expect(second).toBe(first);
    expect(await readdir(join(home, 'workflow-bundles'))).toHaveLength(1);
    const code = await readFile(first, 'utf8');
    // Whatever of ours the code holds is in its key: with one left out, an old bundle would run an old law.
    const ours = (await workflowSources()).map((file) => `./${relative(packageRoot(), file)}`);
    const held = [...code.matchAll(/"(\.\/(?:base|models|pipelines|rating)\/[\w./-]+\.ts)"/g)].map(([, path]) => path);
    expect(new Set(held)).toEqual(new Set(ours));
    expect(ours).toEqual(expect.arrayContaining(['./rating/cases/case.ts', './rating/warnings/warning.ts']));
    for (const type of ['retrain', 'eraseCustomers', 'refreshFeatures', 'rescorePortfolio', 'scheduledRetrain']) {
      expect(code).toContain(`function ${type}(`);
    }
  } finally {
    await rm(home, { recursive: true, force: true });
  }
});

it('lets workflow files run no activity and no part of Node', async () => {
  const folder = join(packageRoot(), 'pipelines', 'workflows');
  for (const name of await readdir(folder)) {
    const text = await readFile(join(folder, name), 'utf8');
    expect(text, name).not.toMatch(/from 'node:/);
    expect(text, name).not.toMatch(/^import (?!type )[^;]*activities\//m);
  }
});
