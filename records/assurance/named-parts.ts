import { contentHash, isProbityError, type ErrorCode, type Json, type Tenant } from '../../base/index.ts';
import type { StoredRecord } from '../audit/index.ts';
import type { Database } from '../database/index.ts';
import { createParts, MODEL_ROLES, partLoader } from '../parts/index.ts';
import { RATING_KIND } from '../ratings/index.ts';
import { createRegistry } from '../registry/index.ts';
import type { Storage } from '../storage/index.ts';

/** A part that is not what evidence names. */
export interface BadPart {
  /** Content hash by which it is named. */
  readonly hash: string;
  /** What it is to the ratings: `model`, `standards`, `rules`, ...; `rule-set`: a set of the rules' registry. */
  readonly role: string;
  /** The first rating whose evidence names it; null: no rating looked at does. */
  readonly sequence: number | null;
  readonly message: string;
}

/** What holding parts against their names found. */
export interface HeldParts {
  /** How many were there and had their hash. */
  readonly held: number;
  /** Artefacts that were not looked at, for want of a storage. */
  readonly unseen: number;
  /** The first that was not, in order of the ratings that name them, rule sets last; null: none. */
  readonly bad: BadPart | null;
}

/** Gathers the parts that ratings name, each once, with the first rating that names it. */
export interface NamedParts {
  /** The next record that was found right, in order of sequence. */
  note(record: StoredRecord): void;
  /** Looks at each once, artefacts in `storage`, and at every rule set of the registry. */
  hold(database: Database, tenant: Tenant, storage: Storage | null): Promise<HeldParts>;
}

/** What loading a part throws where it is gone or not what it was. */
const WRONG: readonly ErrorCode[] = [
  'PART_MISSING',
  'EVIDENCE_ALTERED',
  'NOT_REGISTERED',
  'FILE_NOT_FOUND',
  'ARTEFACT_ALTERED',
  'INVALID_ARTEFACT',
  'STORAGE_FAILED',
  'STORAGE_ALTERED',
];

export function namedParts(): NamedParts {
  const named = new Map<string, { readonly role: string; readonly hash: string; readonly sequence: number }>();
  const seen = new Set<string>();
  return {
    note({ kind, sequence, body }) {
      if (kind !== RATING_KIND || body === null) return;
      const text = partsText(body.bytes);
      // Most ratings name the same parts as one before.
      if (text === null || seen.has(text)) return;
      seen.add(text);
      for (const [role, hash] of Object.entries(JSON.parse(text) as Record<string, string>)) {
        const name = `${role} ${hash}`;
        if (!named.has(name)) named.set(name, { role, hash, sequence });
      }
    },

    async hold(database, tenant, storage) {
      const parts = createParts(database, tenant);
      const content = (hash: string): Promise<Json> => parts.content(hash);
      const registry = createRegistry(database, tenant);
      const load =
        storage === null ? (_: string, hash: string) => content(hash) : partLoader({ registry, storage }, content);
      let held = 0;
      let unseen = 0;
      for (const part of named.values()) {
        if (storage === null && MODEL_ROLES.has(part.role)) {
          unseen += 1;
          continue;
        }
        try {
          await load(part.role, part.hash);
        } catch (error) {
          if (!WRONG.some((code) => isProbityError(error, code))) throw error;
          return { held, unseen, bad: { ...part, message: (error as Error).message } };
        }
        held += 1;
      }
      for await (const { hash, isSound } of ruleSets(database, tenant)) {
        if (isSound) {
          held += 1;
          continue;
        }
        const message = 'The rule set no longer has the hash that names it.';
        return { held, unseen, bad: { hash, role: 'rule-set', sequence: null, message } };
      }
      return { held, unseen, bad: null };
    },
  };
}

const HEX = /^\{(?:"[a-z-]+":"[0-9a-f]{64}",?)*\}$/;

/** The parts of an evidence as its bytes end with them (rating/engine/evidence.ts: keys in order, `parts` last); null: it names none. */
function partsText(bytes: Uint8Array): string | null {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const at = text.lastIndexOf('"parts":{');
  if (at < 0) return null;
  const parts = text.toString('latin1', at + '"parts":'.length, text.length - 1);
  return HEX.test(parts) ? parts : null;
}

const PAGE = 20;

/** The rule sets of a tenant's registry, oldest first, and whether each has its hash. */
async function* ruleSets(
  { db }: Database,
  tenant: Tenant,
): AsyncGenerator<{ readonly hash: string; readonly isSound: boolean }> {
  const all = await db
    .selectFrom('rule_sets')
    .select('rules_hash')
    .where('tenant', '=', tenant)
    .orderBy('created_at')
    .orderBy('rules_hash')
    .execute();
  for (let i = 0; i < all.length; i += PAGE) {
    const hashes = all.slice(i, i + PAGE).map(({ rules_hash }) => rules_hash);
    const rows = await db
      .selectFrom('rule_sets')
      .select(['rules_hash', 'files'])
      .where('tenant', '=', tenant)
      .where('rules_hash', 'in', hashes)
      .execute();
    const files = new Map(rows.map((row) => [row.rules_hash, row.files]));
    for (const hash of hashes) {
      const found = files.get(hash);
      yield { hash, isSound: found !== undefined && contentHash(found) === hash };
    }
  }
}
