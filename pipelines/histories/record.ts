import { join } from 'node:path';
import type { Client } from '@temporalio/client';
import type { PayloadCodec } from '@temporalio/common';
import { packageRoot, ProbityError, writeFileAtomic } from '../../base/index.ts';
import { connectPipelines } from '../client.ts';
import { openMasterKeys } from '../../records/privacy/index.ts';
import { payloadCodec } from '../payload-codec.ts';
import { formatHistory, openHistory } from './format.ts';

/** Where the committed histories lie; the replay test runs every one of them against today's workflow code. */
export const HISTORIES = join(packageRoot(), 'pipelines', 'histories');

/** Writes the history of a workflow run as `pipelines/histories/<name>.json`, its payloads opened, without process names and stack traces. */
export async function recordHistory(
  client: Client,
  codec: PayloadCodec,
  workflowId: string,
  name: string,
  runId?: string,
): Promise<string> {
  const history = await openHistory(await client.workflow.getHandle(workflowId, runId).fetchHistory(), codec);
  const path = join(HISTORIES, `${name}.json`);
  await writeFileAtomic(path, formatHistory(history));
  return path;
}

/** `node dist/pipelines/histories/record.js HOST:PORT NAMESPACE KEY_FILE WORKFLOW_ID NAME [RUN_ID]`: records one run for the replay tests of a release. */
async function main(words: readonly string[]): Promise<void> {
  const [address, namespace, keyFile, workflowId, name, runId] = words;
  if (!address || !namespace || !keyFile || !workflowId || !name) {
    throw new ProbityError('USAGE', 'Name HOST:PORT, NAMESPACE, the file of payload keys, WORKFLOW_ID and the NAME of the file.');
  }
  const codec = await payloadCodec(() => openMasterKeys(keyFile));
  const pipelines = await connectPipelines(address, namespace, codec);
  try {
    process.stdout.write(`${await recordHistory(pipelines.client, codec, workflowId, name, runId)}\n`);
  } finally {
    await pipelines.close();
  }
}

if (process.argv[1]?.endsWith(join('histories', 'record.js'))) await main(process.argv.slice(2));
