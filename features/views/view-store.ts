import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ProbityError, writeFileAtomic } from '../../base/index.ts';
import type { FeatureView } from './feature-view.ts';

/** A view as it is kept: itself and the hashes of the views that it depends on. */
interface StoredView {
  readonly format: 'probity.view/1';
  readonly view: FeatureView;
  readonly dependencies: { readonly [name: string]: string };
}

/** Keeps views by hash under `<folder>/views/`, so that each version stays executable; views that are there stay as they are. */
export async function storeViews(folder: string, views: readonly FeatureView[]): Promise<void> {
  const hashes = new Map(views.map((view) => [view.name, view.hash]));
  for (const view of views) {
    const dependencies = Object.fromEntries(view.dependsOn.map((name) => [name, hashes.get(name) ?? '']));
    const stored: StoredView = { format: 'probity.view/1', view, dependencies };
    await writeFileAtomic(fileOf(folder, view.hash), `${JSON.stringify(stored, null, 2)}\n`);
  }
}

/**
 * The views with these hashes and everything that they depend on, in dependency order, from the store under `folder`.
 * Throws VIEW_MISMATCH, naming each view that the store lacks or that contradicts another one.
 */
export async function viewsFor(
  folder: string,
  wanted: { readonly [name: string]: string },
): Promise<readonly FeatureView[]> {
  const loaded = new Map<string, StoredView>();
  const problems: { at: string; message: string }[] = [];
  const queue = Object.entries(wanted);
  for (let next = queue.shift(); next; next = queue.shift()) {
    const [name, hash] = next;
    const before = loaded.get(name);
    if (before) {
      if (before.view.hash !== hash)
        problems.push({
          at: name,
          message: `Two versions are asked for: ${short(before.view.hash)} and ${short(hash)}.`,
        });
      continue;
    }
    const stored = await read(folder, hash);
    if (!stored || stored.view.name !== name) {
      problems.push({ at: name, message: `Version ${short(hash)} is not in the store of views.` });
      continue;
    }
    loaded.set(name, stored);
    queue.push(...Object.entries(stored.dependencies));
  }
  if (problems.length > 0)
    throw new ProbityError(
      'VIEW_MISMATCH',
      `Feature views are not as asked for: ${problems.map(({ at }) => at).join(', ')}.`,
      { problems },
    );
  return inOrder([...loaded.values()].map(({ view }) => view));
}

/** Throws VIEW_MISMATCH, naming each view of `wanted` that `views` lacks or holds in another version. */
export function requireViews(views: readonly FeatureView[], wanted: { readonly [name: string]: string }): void {
  const present = new Map(views.map((view) => [view.name, view.hash]));
  const problems = Object.entries(wanted).flatMap(([name, hash]) => {
    const given = present.get(name);
    if (given === hash) return [];
    return [
      {
        at: name,
        message: given
          ? `Version ${short(hash)} is wanted, version ${short(given)} is there.`
          : `Version ${short(hash)} is wanted, the view is not there.`,
      },
    ];
  });
  if (problems.length > 0)
    throw new ProbityError(
      'VIEW_MISMATCH',
      `These feature views are not the ones that the model was trained with: ${problems.map(({ at }) => at).join(', ')}.`,
      { problems },
    );
}

/** The hashes of views by name: what a model keeps to name the very views that it was trained with. */
export function viewHashes(views: readonly FeatureView[]): { readonly [name: string]: string } {
  return Object.fromEntries(views.map((view) => [view.name, view.hash]));
}

function inOrder(views: readonly FeatureView[]): readonly FeatureView[] {
  const rest = [...views].sort((a, b) => (a.name < b.name ? -1 : 1));
  const done: FeatureView[] = [];
  while (rest.length > 0) {
    const next = rest.findIndex((view) => view.dependsOn.every((name) => done.some((each) => each.name === name)));
    done.push(...rest.splice(Math.max(next, 0), 1));
  }
  return done;
}

async function read(folder: string, hash: string): Promise<StoredView | null> {
  if (!/^[0-9a-f]{64}$/.test(hash)) return null;
  try {
    return JSON.parse(await readFile(fileOf(folder, hash), 'utf8')) as StoredView;
  } catch {
    return null;
  }
}

function fileOf(folder: string, hash: string): string {
  return join(folder, 'views', `${hash}.json`);
}

function short(hash: string): string {
  return hash.slice(0, 12);
}
