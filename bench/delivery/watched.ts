import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { dataPaths, instant, type Project } from '../../base/index.ts';
import { loadSignals, lookAtCustomers } from '../../features/signals/index.ts';
import { readManifest } from '../../features/snapshots/index.ts';
import { loadSignalRuleFiles, openSignalRules } from '../../rating/index.ts';

/** Those of `customers` whom complaints warn of, as of now and by the newest snapshot: who is in default already is watched for honesty alone. */
export async function watchedOf(project: Project, customers: readonly string[]): Promise<ReadonlySet<string>> {
  const { snapshots } = dataPaths(project);
  const found = await Promise.all(
    (await readdir(snapshots))
      .filter((name) => /^[0-9a-f]{64}$/.test(name))
      .map(async (name) => {
        const folder = join(snapshots, name);
        return { folder, manifest: await readManifest(folder) };
      }),
  );
  const [newest] = found.sort((a, b) => b.manifest.builtAt.localeCompare(a.manifest.builtAt));
  if (newest === undefined) throw new Error('the project has no snapshot');
  const views = await loadSignals();
  const names = [...views.customers, ...views.industries].flatMap(({ features }) => features.map(({ name }) => name));
  const { leftOut } = await openSignalRules(loadSignalRuleFiles(project.rulesDir), new Set(names));
  const asOf = instant(Date.now());
  const look = await lookAtCustomers(views, { ...newest, asOf, scores: null }, { kind: 'customers', ids: customers });
  try {
    const isLeftOut = (value: number | null | undefined): boolean => leftOut !== null && (value ?? 0) >= leftOut.from;
    const rows = look.rows.filter(({ signals }) => !isLeftOut(Number(signals[leftOut?.signal ?? ''] ?? 0)));
    return new Set(rows.map(({ id }) => id));
  } finally {
    look.close();
  }
}
