import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import { readFile, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { canonicalJson, ProbityError, type Instant, type Tenant } from '../../base/index.ts';
import { appendDurably } from '../checkpoints/index.ts';
import { ERASURE_GROUNDS, type ErasureGround } from './grounds.ts';

const FORMAT = 'probity.erasures/1';

/** One erasure as the file outside the database lists it. */
export interface ListedErasure {
  /** The customer's pseudonym, 32 hexadecimal digits: it tells nothing without the tenant's pseudonym key. */
  readonly subject: string;
  readonly ground: ErasureGround;
  readonly at: Instant;
}

const lineSchema = z.strictObject({
  format: z.literal(FORMAT),
  subject: z.string().regex(/^[0-9a-f]{32}$/),
  ground: z.enum(ERASURE_GROUNDS),
  at: z.iso.datetime(),
  mac: z.string().regex(/^[0-9a-f]{64}$/),
});

/** The file of a tenant's erasures, in its audit folder. */
export const erasuresFile = (audit: string): string => join(audit, 'erasures.jsonl');

/**
 * The list of erasures of one tenant, outside the database, so that a restored backup of the database forgets none. One JSON object a line:
 * `format`, `subject`, `ground`, `at`, and `mac`, the HMAC-SHA-256 of the canonical JSON of the others, under a key derived (RFC 5869) from the pseudonym key.
 */
export interface ErasuresFile {
  /** Throws ERASURES_ALTERED for a line that was not written here; a part of a last line, which a crash leaves, is passed over. */
  read(): Promise<readonly ListedErasure[]>;
  /** Adds those that are not listed yet, durably; answers how many were. */
  add(erasures: readonly ListedErasure[]): Promise<number>;
}

export function openErasuresFile(path: string, tenant: Tenant, pseudonymKey: Uint8Array): ErasuresFile {
  const key = Buffer.from(hkdfSync('sha256', pseudonymKey, tenant, 'probity erasures file', 32));
  const macOf = (content: object): Buffer =>
    createHmac('sha256', key)
      .update(canonicalJson(content as never))
      .digest();

  const parse = (line: string, number: number): ListedErasure => {
    const parsed = lineSchema.safeParse(jsonOf(line));
    if (parsed.success) {
      const { mac, ...content } = parsed.data;
      const { subject, ground, at } = content;
      if (timingSafeEqual(macOf(content), Buffer.from(mac, 'hex'))) return { subject, ground, at: at as Instant };
    }
    throw new ProbityError(
      'ERASURES_ALTERED',
      `Line ${number} of the list of erasures was not written by this project.`,
    );
  };

  const text = async (): Promise<string> => {
    try {
      return await readFile(path, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
      throw error;
    }
  };
  const read = async (): Promise<readonly ListedErasure[]> => {
    const lines = (await text()).split('\n');
    const last = lines.length - 1;
    return lines.flatMap((line, i) => (line === '' || i === last ? [] : [parse(line, i + 1)]));
  };
  return {
    read,
    async add(erasures) {
      const known = new Set((await read()).map(({ subject }) => subject));
      const fresh = erasures.filter(({ subject }) => !known.has(subject));
      // What a crash left of a line was acknowledged to nobody.
      const before = await text();
      if (before !== '' && !before.endsWith('\n'))
        await truncate(path, Buffer.byteLength(before.slice(0, before.lastIndexOf('\n') + 1)));
      for (const { subject, ground, at } of fresh) {
        const content = { format: FORMAT, subject, ground, at };
        await appendDurably(path, JSON.stringify({ ...content, mac: macOf(content).toString('hex') }));
      }
      return fresh.length;
    },
  };
}

function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}
