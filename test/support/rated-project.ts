import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compiledEntry, loadProject, type Project } from '../../base/index.ts';
import { saveArtefact, type Artefact } from '../../models/artefact/index.ts';
import type { Database } from '../../records/database/index.ts';
import { createKeys } from '../../records/keys/index.ts';
import { createChampions, createRegistry } from '../../records/registry/index.ts';
import { openStorage } from '../../records/storage/index.ts';
import { smallArtefact } from '../serving/world.ts';

/** A project whose champion rates by features, so that it needs no snapshot. */
export interface RatedProject {
  readonly project: Project;
  readonly modelHash: string;
  /** Header of an application that may rate and recall. */
  readonly authorization: string;
  /** Seats another model. */
  promote(artefact: Artefact): Promise<string>;
  remove(): Promise<void>;
}

/** Makes it in a folder of its own, with `database` (migrated) at `url`. */
export async function ratedProject(database: Database, url: string, tenant = 'acme'): Promise<RatedProject> {
  const root = await mkdtemp(join(tmpdir(), 'probity-rated-'));
  const text = [`tenant: ${tenant}`, `database: ${JSON.stringify(url)}`, 'serving: { port: 0 }', ''];
  await writeFile(join(root, 'probity.yaml'), text.join('\n'));
  const project = await loadProject(root, {});
  await mkdir(project.dataDir, { recursive: true });
  const promote = (artefact: Artefact) => promoteTo(project, database, artefact);
  const modelHash = await promote(smallArtefact());
  const key = await createKeys(database, project.tenant).create({
    name: 'crm',
    roles: ['applicant-system'],
    operations: null,
    days: 30,
    actor: 'ada',
  });
  const authorization = `Bearer ${key.written}`;
  return { project, modelHash, authorization, promote, remove: () => rm(root, { recursive: true, force: true }) };
}

/** Seats a model in a project's main slot. */
export async function promoteTo(project: Project, database: Database, artefact: Artefact): Promise<string> {
  const made = await mkdtemp(join(project.root, 'artefact-'));
  const modelHash = await saveArtefact(artefact, made);
  const registry = createRegistry(database, project.tenant);
  const { candidateId } = await registry.registerCandidate({
    runId: modelHash.slice(0, 12),
    slot: { portfolio: 'main', segment: null, horizonMonths: 12 },
    modelHash,
    name: artefact.name,
    artefactRef: await openStorage(project).publish(project.tenant, 'artefacts', modelHash, made),
    trainingSetHash: artefact.provenance.trainingSetHash,
    featureViews: {},
    golden: { proven: true },
    submitter: 'ada',
  });
  await registry.recordValidation(candidateId, { passed: true }, true);
  await registry.decide(candidateId, { kind: 'approve', actor: 'grace', reason: null });
  await createChampions(database, project.tenant).promote(candidateId, 'grace');
  return modelHash;
}

/** Runs the compiled command line in a project with `--json`; answers exit code and what it printed. */
export function probity(
  project: Project,
  ...args: readonly string[]
): Promise<{ readonly code: number; readonly json: unknown }> {
  const command = [compiledEntry('cli/main.ts'), ...args, '--json', '--project', project.root];
  return new Promise((resolve) => {
    execFile(process.execPath, command, { maxBuffer: 1 << 26 }, (error, stdout, stderr) => {
      const code = error === null ? 0 : Number((error as { code?: unknown }).code ?? 1);
      const text = stdout.trim() === '' ? stderr : stdout;
      let json: unknown = text;
      try {
        json = JSON.parse(text);
      } catch {
        // Not JSON: the test shows the text.
      }
      resolve({ code, json });
    });
  });
}
