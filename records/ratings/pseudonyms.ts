import { createHmac, hkdfSync } from 'node:crypto';
import { ProbityError, type Tenant } from '../../base/index.ts';
import type { Database } from '../database/index.ts';

/** Names of customers that tell nothing without the tenant's key. */
export interface Pseudonyms {
  /** The pseudonym of a customer: 32 hexadecimal digits, always the same. */
  of(customerId: string): string;
}

/** Pseudonyms under a secret key of 32 bytes: the first half of HMAC-SHA-256 (RFC 2104) of the customer's id. */
export function pseudonymsUnder(key: Uint8Array): Pseudonyms {
  return { of: (customerId) => createHmac('sha256', key).update(customerId).digest('hex').slice(0, 32) };
}

/**
 * The same, once it is certain that every process of the tenant uses the same key: the first one leaves a check value in the database.
 * Throws KEY_UNUSABLE where the key is another: a customer would get a second pseudonym, and an erasure would miss the first.
 */
export async function sharedPseudonyms(database: Database, tenant: Tenant, key: Uint8Array): Promise<Pseudonyms> {
  const check = Buffer.from(hkdfSync('sha256', key, tenant, 'probity pseudonym key check', 32));
  await database.db
    .insertInto('pseudonym_keys')
    .values({ tenant, check_value: check })
    .onConflict((conflict) => conflict.column('tenant').doNothing())
    .execute();
  const { check_value } = await database.db
    .selectFrom('pseudonym_keys')
    .select('check_value')
    .where('tenant', '=', tenant)
    .executeTakeFirstOrThrow();
  if (!check.equals(check_value))
    throw new ProbityError('KEY_UNUSABLE', 'The pseudonym key of this project is not the one that its database knows.');
  return pseudonymsUnder(key);
}
