import { pino } from 'pino';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createRegistry } from '../records/registry/index.ts';
import { openStorage } from '../records/storage/index.ts';
import { saveArtefact } from '../models/artefact/index.ts';
import { composeServing } from '../serving/compose/index.ts';
import { startServer, type RunningServer } from '../serving/index.ts';
import { challengersSchema } from '../serving/openapi/answers.ts';
import { createKeys } from '../records/keys/index.ts';
import { cliActor } from '../cli/keys-access.ts';
import { smallArtefact } from './serving/world.ts';
import { startTestDatabase, type TestDatabase } from './support/database.ts';
import { probity, ratedProject, type RatedProject } from './support/rated-project.ts';
import { join } from 'node:path';

let server: TestDatabase;
let rated: RatedProject;
let api: RunningServer;
let close: () => Promise<void>;
let candidateId: string;
let viewer: string;

beforeAll(async () => {
  server = await startTestDatabase();
  rated = await ratedProject(server.database, server.url);
  const { project } = rated;
  const folder = join(project.dataDir, 'challenger');
  const artefact = smallArtefact(0.5);
  const modelHash = await saveArtefact(artefact, folder);
  const registry = createRegistry(server.database, project.tenant);
  ({ candidateId } = await registry.registerCandidate({
    runId: 'challenger',
    slot: { portfolio: 'main', segment: null, horizonMonths: 12 },
    modelHash,
    name: artefact.name,
    artefactRef: await openStorage(project).publish(project.tenant, 'artefacts', modelHash, folder),
    trainingSetHash: artefact.provenance.trainingSetHash,
    featureViews: {},
    golden: { proven: true },
    submitter: 'cli:ada',
  }));
  await registry.recordValidation(candidateId, { passed: true }, true);
  const key = { name: 'console', roles: ['viewer'], operations: null, days: 1, actor: 'ada' } as const;
  viewer = `Bearer ${(await createKeys(server.database, project.tenant).create(key)).written}`;
  const composed = await composeServing(project, server.url, pino({ level: 'silent' }));
  ({ close } = composed);
  api = await startServer(composed.deps, { port: 0 });
});

afterAll(async () => {
  await api?.close();
  await close?.();
  await rated?.remove();
  await server?.stop();
});

const rate = () =>
  fetch(`${api.url}/v1/ratings`, {
    method: 'POST',
    headers: { authorization: rated.authorization, 'content-type': 'application/json' },
    body: JSON.stringify({ features: { days_late: 45, sector: 'mining' } }),
  });

it('the command line puts a challenger in shadow, scores, shows, compares and ends it; the API shows the same', async () => {
  const run = (...args: readonly string[]) => probity(rated.project, 'models', ...args);
  const started = await run('shadow', candidateId, '--slot', 'main/*/12m');
  expect(started).toMatchObject({ code: 0, json: { share: 1, slot: { portfolio: 'main' } } });
  const { shadowId } = started.json as { shadowId: string };
  expect((await rate()).status).toBe(200);
  expect(await run('shadows', '--score')).toMatchObject({
    code: 0,
    json: { shadows: [{ shadowId, scored: 1, skipped: {} }], splits: [] },
  });
  // Whoever is rated by features alone has no outcome that could be found later.
  expect(await run('compare', '--shadow', shadowId)).toMatchObject({
    code: 0,
    json: { scored: 0, matured: 0, comparison: null },
  });
  expect(await run('split', candidateId, '--share', '0.2')).toMatchObject({
    code: 0,
    json: { share: 0.2, actor: cliActor() },
  });
  const shown = await fetch(`${api.url}/v1/models/challengers`, { headers: { authorization: viewer } });
  expect(challengersSchema.parse(await shown.json())).toMatchObject({
    shadows: [{ shadowId, slot: 'main/*/12m', scored: 1 }],
    splits: [{ share: 0.2, until: null }],
  });
  expect(await run('unsplit', 'main/*/12m', '--reason', 'enough')).toMatchObject({ code: 0 });
  expect(await run('unshadow', shadowId)).toMatchObject({ code: 0, json: { endedBy: cliActor() } });
});
