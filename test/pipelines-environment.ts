import { spawn, type ChildProcess } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { PayloadCodec } from '@temporalio/common';
import { dataPaths, type Project } from '../base/index.ts';
import { connectPipelines, type PipelineClient } from '../pipelines/client.ts';
import { payloadCodec, payloadKeyFile } from '../pipelines/payload-codec.ts';
import { temporalExecutable } from '../pipelines/temporal-executable.ts';
import { openMasterKeys } from '../records/privacy/index.ts';

/** A Temporal server of its own on loopback, over a database file, that can be killed and started again. */
export interface TestServer {
  readonly address: string;
  readonly folder: string;
  readonly client: PipelineClient;
  /** Seals what its client sends and opens what that reads. */
  readonly codec: PayloadCodec;
  /** Gives a project the keys of this codec, so that its workers and the client open each other's payloads. */
  shareKeys(project: Pick<Project, 'dataDir' | 'tenant'>): Promise<void>;
  /** kill -9, then a new server over the same file and port. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts a server with its data in a temporary folder. */
export async function testServer(): Promise<TestServer> {
  const folder = await mkdtemp(join(tmpdir(), 'probity-temporal-'));
  const port = await freePort();
  const address = `127.0.0.1:${port}`;
  let server = await start(folder, port);
  const keyFile = join(folder, 'payload-keys.json');
  const codec = await payloadCodec(() => openMasterKeys(keyFile));
  let client = await connectWhenUp(address, codec);
  return {
    address,
    codec,
    shareKeys: async (project) => {
      const { keys } = dataPaths(project);
      await mkdir(keys, { recursive: true });
      await copyFile(keyFile, payloadKeyFile(keys));
    },
    folder,
    get client() {
      return client;
    },
    restart: async () => {
      await client.close();
      await end(server);
      server = await start(folder, port);
      client = await connectWhenUp(address, codec);
    },
    stop: async () => {
      await client.close();
      await end(server);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function start(folder: string, port: number): Promise<ChildProcess> {
  const options = ['--ip', '127.0.0.1', '--port', String(port), '--headless', '--log-level', 'error'];
  return spawn(
    temporalExecutable(),
    ['server', 'start-dev', ...options, '--db-filename', join(folder, 'temporal.db')],
    { stdio: 'ignore' },
  );
}

async function end(server: ChildProcess): Promise<void> {
  const exited = new Promise((resolve) => server.once('exit', resolve));
  if (server.exitCode === null && server.signalCode === null) {
    server.kill('SIGKILL');
    await exited;
  }
}

async function connectWhenUp(address: string, codec: PayloadCodec): Promise<PipelineClient> {
  for (let tries = 0; ; tries++) {
    try {
      const connected = await connectPipelines(address, 'default', codec);
      await connected.client.workflowService.describeNamespace({ namespace: 'default' });
      await connected.client.workflow.count();
      return connected;
    } catch (error) {
      if (tries > 100) throw error;
      await sleep(200);
    }
  }
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

/** Looks every 50 ms until `look` answers something other than null or undefined. */
export async function until<T>(
  look: () => Promise<T | null | undefined> | T | null | undefined,
  ms = 30_000,
): Promise<T> {
  const end = Date.now() + ms;
  for (;;) {
    const found = await look();
    if (found !== null && found !== undefined) return found;
    if (Date.now() > end) throw new Error('waited in vain');
    await sleep(50);
  }
}
