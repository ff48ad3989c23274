import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { packageRoot } from '../base/index.ts';
import { workflowBundle } from './bundle.ts';

it('bundles the workflows once for each content of their sources', async () => {
  const home = await mkdtemp(join(tmpdir(), 'probity-bundle-'));
  try {
    const [first, second] = await Promise.all([workflowBundle(home), workflowBundle(home)]);
    expect(second).toBe(first);
    expect(await readdir(join(home, 'workflow-bundles'))).toHaveLength(1);
    const code = await readFile(first, 'utf8');
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
