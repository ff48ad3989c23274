import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import type { Tenant } from '../base/index.ts';
import { freePort } from '../cli/stack/ports.ts';
import { startTemporal, type TemporalServer } from '../cli/stack/temporal.ts';

const folders: string[] = [];
const servers: TemporalServer[] = [];
afterAll(async () => {
  for (const { pid } of servers) process.kill(pid, 'SIGKILL');
  await Promise.all(servers.map(({ ended }) => ended));
  await Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true })));
});

it(
  'two Temporal servers that want the same ports at the same moment each get their own',
  { timeout: 120_000 },
  async () => {
    const ports = { port: await freePort(), uiPort: await freePort() };
    const start = async (): Promise<TemporalServer> => {
      const dataDir = await mkdtemp(join(tmpdir(), 'probity-temporal-'));
      folders.push(dataDir);
      const server = await startTemporal({ dataDir, tenant: 'test' as Tenant, temporalNamespace: 'default' }, ports);
      servers.push(server);
      return server;
    };
    const both = await Promise.all([start(), start()]);
    const taken = both.flatMap(({ port, uiPort }) => [port, uiPort]);
    expect(new Set(taken).size).toBe(4);
    for (const { pid } of both) expect(() => process.kill(pid, 0)).not.toThrow();
  },
);
