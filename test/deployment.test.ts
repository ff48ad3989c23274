import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { ENVIRONMENT, packageRoot, parseProject } from '../base/index.ts';
import { QUEUE_KINDS } from '../pipelines/task-queues.ts';

const root = packageRoot();
const read = (name: string) => readFile(join(root, name), 'utf8');

const composeSchema = z.object({
  services: z.record(
    z.string(),
    z.object({
      image: z.string(),
      build: z.string().optional(),
      command: z.array(z.string()).optional(),
      environment: z.record(z.string(), z.string()).optional(),
      ports: z.array(z.string()).optional(),
      volumes: z.array(z.string()).optional(),
      depends_on: z.record(z.string(), z.unknown()).optional(),
    }),
  ),
  volumes: z.record(z.string(), z.unknown()),
});

const text = await read('compose.yaml');
const compose = composeSchema.parse(parse(text, { merge: true }));
const services = Object.entries(compose.services);
const ours = services.filter(([, service]) => service.build !== undefined);

async function commandOf(name: string): Promise<Command> {
  const module = (await import(`../cli/commands/${name}.ts`)) as Record<string, () => Command>;
  const make = module[`${name}Command`];
  if (!make) throw new Error(`cli/commands/${name}.ts has no ${name}Command`);
  return make();
}

describe('compose.yaml', () => {
  it('runs the API, one worker per task queue, and the servers that they need', () => {
    expect(ours.map(([name]) => name).sort()).toEqual(['api', 'features', 'training']);
    const queues = ours.flatMap(([, { command = [] }]) => {
      const at = command.indexOf('--queues');
      return at < 0 ? [] : (command[at + 1] ?? '').split(',');
    });
    expect(queues.sort()).toEqual([...QUEUE_KINDS].sort());
    expect(Object.keys(compose.services)).toEqual(expect.arrayContaining(['postgres', 'temporal', 'storage']));
  });

  it('calls commands that exist, with options that exist', async () => {
    for (const [, { command: [name = '', ...args] = [] }] of ours) {
      const options = (await commandOf(name)).options.map((option) => option.long);
      for (const arg of args.filter((word) => word.startsWith('--'))) expect(options).toContain(arg);
    }
  });

  it('sets only environment variables that the project file knows, with values that it takes', () => {
    const filled = (value: string) => value.replaceAll(/\$\{[^}]*\}/g, 'filled');
    for (const [, { environment = {} }] of ours) {
      const set = Object.keys(environment).filter((name) => !name.startsWith('AWS_'));
      for (const name of set) expect(Object.keys(ENVIRONMENT)).toContain(name);
      const env = Object.fromEntries(Object.entries(environment).map(([name, value]) => [name, filled(value)]));
      const project = parseProject('', '/project', env);
      expect(project.databaseUrl).toBe('postgres://probity:filled@postgres:5432/probity');
      expect(project.storage).toMatchObject({ kind: 's3', bucket: 'probity', endpoint: 'http://storage:9000' });
    }
  });

  it('publishes ports on loopback only', () => {
    const ports = services.flatMap(([, service]) => service.ports ?? []);
    expect(ports.length).toBeGreaterThan(0);
    for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:\d+:\d+$/);
  });

  it('holds no secret: each comes from a variable that must be set, and that the example names', async () => {
    const example = await read('deploy.env.example');
    const named = [...text.matchAll(/\$\{([A-Z0-9_]+)/g)].map(([, name]) => name);
    for (const name of named) expect(example).toMatch(new RegExp(`^${name}=`, 'm'));
    const secrets = services.flatMap(([, { environment = {} }]) =>
      Object.entries(environment).filter(([name]) => /PASSWORD|SECRET|ACCESS_KEY/.test(name)),
    );
    expect(secrets.length).toBeGreaterThan(0);
    for (const [, value] of secrets) expect(value).toMatch(/^\$\{[A-Z0-9_]+:\?/);
  });

  it('depends on services, mounts volumes and names addresses that are there', () => {
    const names = Object.keys(compose.services);
    for (const [, { depends_on = {}, volumes = [], environment = {} }] of services) {
      for (const name of Object.keys(depends_on)) expect(names).toContain(name);
      for (const volume of volumes.filter((mount) => /^[a-z]/.test(mount))) {
        expect(Object.keys(compose.volumes)).toContain(volume.split(':')[0]);
      }
      const hosts = Object.values(environment).flatMap((value) => [...value.matchAll(/(?:@|\/\/|^)([a-z]+):\d{4}/g)]);
      for (const [, host] of hosts) expect(names).toContain(host);
    }
  });
});

describe('Dockerfile', () => {
  it('copies what is there, and every folder that the build compiles', async () => {
    const lines = (await read('Dockerfile')).split('\n');
    const copied = lines
      .filter((line) => line.startsWith('COPY ') && !line.includes('--from'))
      .flatMap((line) => line.split(' ').slice(1, -1));
    for (const path of copied) expect(existsSync(join(root, path)), path).toBe(true);
    const build = JSON.parse(await read('tsconfig.build.json')) as { include: string[] };
    expect(copied).toEqual(expect.arrayContaining(build.include));
  });

  it('uses a Node.js that the package supports, and does not run as root', async () => {
    const dockerfile = await read('Dockerfile');
    const versions = [...dockerfile.matchAll(/^FROM node:(\d+)/gm)].map(([, major]) => major);
    expect(new Set(versions)).toEqual(new Set(['22']));
    expect(dockerfile).toMatch(/^USER node$/m);
  });
});
