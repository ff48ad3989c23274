import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ProbityError } from './errors.ts';
import { findProject, loadProject, parseProject } from './project-file.ts';

const refusal = (text: string, env: NodeJS.ProcessEnv = {}): ProbityError => {
  try {
    parseProject(text, '/project', env);
  } catch (error) {
    if (error instanceof ProbityError) return error;
  }
  throw new Error('the project file was accepted');
};

describe('project file', () => {
  it('gives every key a default: an empty file is a project', () => {
    const project = parseProject('', '/project');
    expect(project).toMatchObject({
      root: '/project',
      tenant: 'default',
      dataDir: '/project/.probity',
      specs: [],
      viewsDir: null,
      rulesDir: null,
      databaseUrl: null,
      temporalAddress: null,
      storage: { kind: 'folder' },
      serving: { host: '127.0.0.1' },
      labels: { horizonMonths: 12, default: { kind: 'dpd', daysPastDue: 90 } },
    });
  });

  it('makes every path absolute, from the folder of the file', () => {
    const project = parseProject('specs: [a/b.yaml, /c.yaml]\nviews: views\ndata: ../data', '/project');
    expect(project.specs).toEqual(['/project/a/b.yaml', '/c.yaml']);
    expect(project.viewsDir).toBe('/project/views');
    expect(project.dataDir).toBe('/data');
  });

  it('refuses unknown keys by name with the nearest known one, at every depth, all at once', () => {
    const error = refusal('tenent: a\nserving: { prot: 1 }\nlabels: { default: { kind: dpd, daysPastDeu: 90 } }');
    expect(error.code).toBe('INVALID_SPEC');
    const fixes = Object.fromEntries(error.problems.map(({ at, fix }) => [at, fix]));
    expect(fixes).toMatchObject({
      tenent: 'did you mean "tenant"?',
      'serving.prot': 'did you mean "port"?',
      'labels.default.daysPastDeu': 'did you mean "daysPastDue"?',
    });
  });

  it('answers all problems of a file at once', () => {
    const error = refusal('tenant: Not A Name\nserving: { port: 70000 }\ntemporal: { address: nowhere }');
    expect(error.problems.map(({ at }) => at).sort()).toEqual(['serving.port', 'temporal.address', 'tenant']);
  });

  it('refuses text that is not YAML, and a document that is not an object', () => {
    expect(refusal('a: [').problems.length).toBeGreaterThan(0);
    expect(refusal('- a').problems.length).toBeGreaterThan(0);
  });

  it('takes tokens of one issuer: asymmetric signatures, a key set by https or from a file, roles that exist', () => {
    const oidc = 'issuer: https://id.example, audience: probity';
    const project = parseProject(
      `serving: { oidc: { ${oidc}, jwks: keys.json, roles: { bosses: admin } } }`,
      '/project',
    );
    expect(project.serving.oidc).toMatchObject({
      jwks: '/project/keys.json',
      algorithms: ['RS256'],
      roles: { bosses: 'admin' },
    });
    const bad = refusal(
      `serving: { oidc: { ${oidc}, jwks: 'http://id.example/jwks', algorithms: [HS256], roles: { x: boss } } }`,
    );
    expect(bad.problems.map(({ at }) => at).sort()).toEqual([
      'serving.oidc.algorithms[0]',
      'serving.oidc.jwks',
      'serving.oidc.roles.x',
    ]);
    expect(refusal('serving: { corsOrigins: ["*"] }').problems[0]?.at).toBe('serving.corsOrigins[0]');
  });

  it('lets the environment overrule the file', () => {
    const project = parseProject('serving: { host: 0.0.0.0, port: 1 }', '/project', {
      PROBITY_DATABASE_URL: 'postgres://u:p@host/db',
      TEMPORAL_ADDRESS: 'host:7233',
      PROBITY_PORT: '9000',
      PROBITY_S3_BUCKET: 'models',
      PROBITY_S3_ENDPOINT: 'http://host:9000',
    });
    expect(project.databaseUrl).toBe('postgres://u:p@host/db');
    expect(project.temporalAddress).toBe('host:7233');
    expect(project.serving).toMatchObject({ host: '0.0.0.0', port: 9000 });
    expect(project.storage).toEqual({
      kind: 's3',
      bucket: 'models',
      endpoint: 'http://host:9000',
      region: 'us-east-1',
    });
    expect(refusal('', { PROBITY_PORT: 'many' }).problems[0]?.at).toBe('serving.port');
  });

  it('never shows a connection string in a message', () => {
    const error = refusal('', { PROBITY_DATABASE_URL: 'mysql://user:secret@host/db' });
    expect(JSON.stringify([error.message, error.problems, error.fix])).not.toContain('secret');
  });

  it('is found from a folder below it, and missed with what to do', async () => {
    const root = await mkdtemp(join(tmpdir(), 'probity-project-'));
    try {
      await expect(loadProject(root, {})).rejects.toMatchObject({ code: 'PROJECT_NOT_FOUND' });
      await writeFile(join(root, 'probity.yaml'), 'portfolio: mine');
      expect(findProject(join(root, 'a', 'b'))).toBe(root);
      await expect(loadProject(root, {})).resolves.toMatchObject({ root, portfolio: 'mine' });
    } finally {
      await rm(root, { recursive: true, force: true });
    }
  });
});
