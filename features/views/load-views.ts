import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { contentHash, packageRoot, ProbityError, type Problem } from '../../base/index.ts';
import { readableColumns } from '../asof/statement.ts';
import { contractOf, type TableContract } from '../contracts/index.ts';
import { PEER_RULE } from '../asof/segment-peers.ts';
import { columnsOf, statementProblems } from './check-statement.ts';
import { customAttributesView, type CustomAttribute } from './custom-attributes.ts';
import type { FeatureView } from './feature-view.ts';
import { normaliseSql } from './normalise-sql.ts';
import { parseView, type ParsedView } from './parse-view.ts';

export interface LoadOptions {
  /** Folder of the project's own views: each `.sql` file adds a view, or replaces the built-in one of the same name. */
  readonly projectViewsDir?: string | null;
  /** Attributes that import specs declare; they become the view `custom_attributes`. */
  readonly attributes?: readonly CustomAttribute[];
}

/**
 * Reads, checks and hashes the feature views, in dependency order (then by name). A view's hash covers its statement, its result
 * columns, the columns of the tables that it reads, and the hashes of the views that it depends on; comments and layout do not
 * count. Throws VIEW_INVALID with every problem of every view.
 */
export async function loadViews(options: LoadOptions = {}): Promise<readonly FeatureView[]> {
  const problems: Problem[] = [];
  const parsed = await readViews([join(packageRoot(), 'features', 'views'), options.projectViewsDir ?? null], problems);
  if (options.attributes && options.attributes.length > 0) {
    const view = customAttributesView(options.attributes);
    if (parsed.has(view.name)) problems.push({ at: view.name, message: 'This name is kept for attributes of specs.' });
    parsed.set(view.name, view);
  }
  if (problems.length > 0) throw invalid(problems);
  return checkViews([...parsed.values()]);
}

/** The package's views and those of a project's folder (null: none) as their files say, neither checked nor hashed; a file that is no view is left out: no snapshot was made with it. */
export async function parsedViews(projectViewsDir: string | null): Promise<readonly ParsedView[]> {
  return [...(await readViews([join(packageRoot(), 'features', 'views'), projectViewsDir], [])).values()];
}

/** The views of folders, by name: a later folder's replaces an earlier one's. */
async function readViews(folders: readonly (string | null)[], problems: Problem[]): Promise<Map<string, ParsedView>> {
  const parsed = new Map<string, ParsedView>();
  for (const folder of folders) {
    if (!folder) continue;
    for (const file of (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort()) {
      try {
        const view = parseView(await readFile(join(folder, file), 'utf8'), file);
        if (basename(file, '.sql') !== view.name)
          problems.push({ at: file, message: `The file holds view ${view.name}; name the file ${view.name}.sql.` });
        parsed.set(view.name, view);
      } catch (error) {
        if (!(error instanceof ProbityError)) throw error;
        problems.push(...error.problems);
      }
    }
  }
  return parsed;
}

/**
 * The views of one folder, read, checked and hashed; `tableOf` says which tables they may read. `apart`: each stands alone, and names of
 * columns may repeat. Throws VIEW_INVALID with every problem.
 */
export async function loadViewFolder(
  folder: string,
  {
    tableOf,
    apart = false,
  }: { readonly tableOf: (name: string) => TableContract | undefined; readonly apart?: boolean },
): Promise<readonly FeatureView[]> {
  const problems: Problem[] = [];
  const parsed = [...(await readViews([folder], problems)).values()];
  if (problems.length > 0) throw invalid(problems);
  if (!apart) return checkViews(parsed, tableOf);
  const checked: FeatureView[] = [];
  for (const view of parsed) checked.push(...(await checkViews([view], tableOf)));
  return checked;
}

/** Checks, orders and hashes parsed views; `tableOf` says which tables they may read: those of the contracts unless told. */
export async function checkViews(
  views: readonly ParsedView[],
  tableOf: (name: string) => TableContract | undefined = contractOf,
): Promise<readonly FeatureView[]> {
  const problems: Problem[] = [...nameProblems(views)];
  const ordered = inDependencyOrder(views, problems);
  if (problems.length > 0) throw invalid(problems);
  const byName = new Map(ordered.map((view) => [view.name, view]));
  const statistics = new Map<string, readonly (readonly [string, string])[]>();
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await instance.connect();
  try {
    for (const view of ordered) {
      const found = await statementProblems(connection, view, byName, statistics, tableOf);
      problems.push(...found.map((message) => ({ at: view.name, message })));
      if (view.kind === 'statistics' && found.length === 0)
        statistics.set(view.name, await columnsOf(connection, view, byName, statistics));
    }
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
  if (problems.length > 0) throw invalid(problems);
  return withHashes(ordered);
}

/** Adds each view's hash; `views` are in dependency order. */
export function withHashes(views: readonly ParsedView[]): readonly FeatureView[] {
  const hashes = new Map<string, string>();
  return views.map((view) => {
    const hash = contentHash({
      format: 'probity.view/1',
      name: view.name,
      sql: normaliseSql(view.sql),
      columns: view.features.map((feature) => [feature.name, feature.type]),
      tables: Object.fromEntries(view.tables.map((table) => [table, readableColumns(table)])),
      dependsOn: Object.fromEntries(view.dependsOn.map((name) => [name, hashes.get(name)])),
      ...(view.kind === 'statistics' ? { peers: [PEER_RULE, view.peers ?? 0] } : {}),
    });
    hashes.set(view.name, hash);
    return { ...view, hash };
  });
}

function nameProblems(views: readonly ParsedView[]): readonly Problem[] {
  const owners = new Map<string, string>([
    ['party_id', 'every view'],
    ['as_of', 'every view'],
  ]);
  const problems: Problem[] = [];
  for (const view of views) {
    for (const { name } of view.features) {
      const owner = owners.get(name);
      if (owner) problems.push({ at: view.name, message: `Feature ${name} is a feature of ${owner} already.` });
      owners.set(name, view.name);
    }
  }
  return problems;
}

function inDependencyOrder(views: readonly ParsedView[], problems: Problem[]): readonly ParsedView[] {
  const names = new Set(views.map((view) => view.name));
  const rest = [...views].sort((a, b) => (a.name < b.name ? -1 : 1));
  const done: ParsedView[] = [];
  const placed = new Set<string>();
  while (rest.length > 0) {
    const next = rest.findIndex((view) => view.dependsOn.every((name) => placed.has(name) || !names.has(name)));
    if (next < 0) {
      const circle = rest.map((view) => view.name).join(', ');
      problems.push({ at: rest[0]?.name ?? '', message: `These views depend on each other in a circle: ${circle}.` });
      return done;
    }
    const [view] = rest.splice(next, 1);
    if (view) placed.add(view.name);
    if (view) done.push(view);
  }
  return done;
}

function invalid(problems: readonly Problem[]): ProbityError {
  return new ProbityError('VIEW_INVALID', 'The feature views are not valid.', { problems });
}
