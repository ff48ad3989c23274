import { canonicalJson, ProbityError, sha256, type Json, type Tenant } from '../../base/index.ts';
import type { Database } from '../database/index.ts';

/** What ratings were computed with, kept for ever by content hash: standards, rules. Artefacts are kept by the storage. */
export interface Parts {
  /** Keeps a part; answers its content hash. Keeping it again changes nothing. */
  keep(role: string, content: Json): Promise<string>;
  /** The content of a part. Throws PART_MISSING where it is not kept, EVIDENCE_ALTERED where it no longer has its hash. */
  content(hash: string): Promise<Json>;
}

export function createParts(database: Database, tenant: Tenant): Parts {
  const { db } = database;
  return {
    async keep(role, content) {
      const text = canonicalJson(content);
      const hash = sha256(text);
      await db
        .insertInto('parts')
        .values({ tenant, hash, role, content: text })
        .onConflict((conflict) => conflict.columns(['tenant', 'hash']).doNothing())
        .execute();
      return hash;
    },
    async content(hash) {
      const row = await db
        .selectFrom('parts')
        .select('content')
        .where('tenant', '=', tenant)
        .where('hash', '=', hash)
        .executeTakeFirst();
      if (row === undefined) throw new ProbityError('PART_MISSING', `No part with the hash ${hash} is kept.`);
      if (sha256(row.content) !== hash)
        throw new ProbityError('EVIDENCE_ALTERED', `The part ${hash} no longer has the hash that names it.`);
      return JSON.parse(row.content) as Json;
    },
  };
}
