import { existsSync } from 'node:fs';
import type { Project } from '../../base/index.ts';
import { readManifest } from '../../features/snapshots/index.ts';
import { parsedViews } from '../../features/views/index.ts';
import { loadArtefact, type NamedArtefact } from '../../models/artefact/index.ts';
import { protectedPolicy } from '../../models/protected/index.ts';
import { featuresOfProtected } from '../../models/training-set/index.ts';
import { loadStandards, type LawOfRules, type RuleFiles, type RuleSet } from '../../rating/index.ts';
import type { Database } from '../../records/database/index.ts';
import {
  createChampions,
  createRegistry,
  createSnapshots,
  type Registry,
  type Snapshots,
} from '../../records/registry/index.ts';
import { openStorage, type Storage } from '../../records/storage/index.ts';
import { requireKnownFeatures } from '../live/known-features.ts';
import { requireLawfulBeside } from '../live/lawful-rules.ts';

/** What rules of a project may not read: what its word and the laws that it names call protected, and features of views that read a protected column, whatever they are called. */
export async function lawOfProject(project: Project): Promise<LawOfRules> {
  return protectedPolicy(project, featuresOfProtected(await viewsOf(project)));
}

/** The names of all features that the package's and a project's views give, and those of its newest snapshot: attributes of the project's own are among these. */
export async function viewFeaturesOf(
  project: Project,
  snapshots: Pick<Snapshots, 'newest'>,
  storage: Pick<Storage, 'has' | 'materialise'>,
): Promise<readonly string[]> {
  const newest = await snapshots.newest();
  const published =
    newest !== null && (await storage.has(newest.ref))
      ? (await readManifest(await storage.materialise(newest.ref), newest.snapshotId)).content.views
      : [];
  return [...(await viewsOf(project)), ...published].flatMap(({ features }) => features.map(({ name }) => name));
}

function viewsOf(project: Project): ReturnType<typeof parsedViews> {
  const own = project.viewsDir !== null && existsSync(project.viewsDir) ? project.viewsDir : null;
  return parsedViews(own);
}

/** Loads registered models by their hash. */
export function modelLoader(registry: Registry, storage: Storage): (modelHash: string) => Promise<NamedArtefact> {
  return async (modelHash) => {
    const { artefactRef } = await registry.model(modelHash);
    return loadArtefact(await storage.materialise(artefactRef), { expectedHash: modelHash });
  };
}

/** Whether views and models of a project's database give what a proposed set asks for; throws INVALID_RULES, naming every feature, where they do not. */
export async function requireKnownOnRecord(database: Database, project: Project, set: RuleSet): Promise<void> {
  const { tenant } = project;
  await requireKnownFeatures(set, {
    champions: createChampions(database, tenant),
    loadModel: modelLoader(createRegistry(database, tenant), openStorage(project)),
    viewFeatures: () => viewFeaturesOf(project, createSnapshots(database, tenant), openStorage(project)),
  });
}

/** Whether a proposed set may decide beside the models of a project's database; throws PROTECTED_ATTRIBUTE, naming every place, where it may not. */
export async function requireLawfulOnRecord(database: Database, project: Project, files: RuleFiles): Promise<void> {
  const { tenant } = project;
  await requireLawfulBeside(files, {
    champions: createChampions(database, tenant),
    loadModel: modelLoader(createRegistry(database, tenant), openStorage(project)),
    lawOfRules: await lawOfProject(project),
    standards: loadStandards(project.rulesDir),
  });
}
