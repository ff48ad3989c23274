import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { messageOf, writeFileAtomic, type Problem, type Tenant } from '../../base/index.ts';
import type { Claim } from '../audit/index.ts';
import { checkpointProblem, checkpointText, parseCheckpoint, type Checkpoint } from './checkpoint.ts';
import { appendDurably, readCheckpointFile } from './files.ts';
import type { PublicKeys } from './keys.ts';
import { requestTimeStamp, verifyTimeStamp } from './time-stamp.ts';

/** A checkpoint with a time stamp over it: kept beside the checkpoints, and by whoever wants a copy. */
const stampedSchema = z.strictObject({
  format: z.literal('probity.time-stamp/1'),
  checkpoint: z.json(),
  /** The authority's response, DER in base64. */
  response: z.string(),
});

/** What anchors say of the chain, and what is wrong with them. */
export interface Anchors {
  readonly claims: readonly Claim[];
  readonly problems: readonly Problem[];
}

/** Appends a checkpoint to a file that a second party keeps (another system's disk, a write-once share). */
export async function anchorToFile(path: string, checkpoint: Checkpoint): Promise<void> {
  await appendDurably(path, checkpointText(checkpoint));
}

/** Has a checkpoint stamped by an RFC 3161 authority and keeps the stamp in a folder. Answers the file and what the stamp says. */
export async function anchorByTimeStamp(
  folder: string,
  url: string,
  checkpoint: Checkpoint,
): Promise<{ readonly path: string; readonly at: string; readonly authority: string }> {
  const data = Buffer.from(checkpointText(checkpoint));
  const response = await requestTimeStamp(url, data);
  const stamp = await verifyTimeStamp(response, data);
  const name = `${String(checkpoint.sequence).padStart(12, '0')}-${stamp.at.replaceAll(/[:.]/g, '-')}.json`;
  const path = join(folder, name);
  const stamped = {
    format: 'probity.time-stamp/1',
    checkpoint: { ...checkpoint },
    response: Buffer.from(response).toString('base64'),
  } as const;
  await writeFileAtomic(path, `${JSON.stringify(stamped, null, 1)}\n`);
  return { path, ...stamp };
}

/** What the checkpoints in a second party's file claim. */
export async function fileAnchors(path: string, tenant: Tenant, keys: PublicKeys): Promise<Anchors> {
  const { checkpoints, problems } = await readCheckpointFile(path, basename(path), tenant, keys);
  return {
    claims: checkpoints.map(({ sequence, hash, at }) => ({ sequence, hash, source: `the anchor of ${at}` })),
    problems,
  };
}

/** What the time stamps in a folder claim; `authorities`: certificates that they must chain to, where given. */
export async function timeStampAnchors(
  folder: string,
  tenant: Tenant,
  keys: PublicKeys,
  authorities: readonly Uint8Array[] = [],
): Promise<Anchors> {
  const claims: Claim[] = [];
  const problems: Problem[] = [];
  const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith('.json')).sort();
  for (const name of names) {
    try {
      const stamped = stampedSchema.parse(JSON.parse(await readFile(join(folder, name), 'utf8')));
      const checkpoint = parseCheckpoint(JSON.stringify(stamped.checkpoint));
      if (checkpoint === null) throw new Error('It stamps no checkpoint.');
      const data = Buffer.from(checkpointText(checkpoint));
      const { at, authority } = await verifyTimeStamp(Buffer.from(stamped.response, 'base64'), data, authorities);
      const problem = checkpointProblem(checkpoint, tenant, keys);
      if (problem !== null) problems.push({ at: name, message: problem });
      const { sequence, hash } = checkpoint;
      claims.push({ sequence, hash, source: `the time stamp of ${at} by ${authority}` });
    } catch (error) {
      problems.push({ at: name, message: error instanceof z.ZodError ? 'This is no time stamp.' : messageOf(error) });
    }
  }
  return { claims, problems };
}
