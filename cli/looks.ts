import { ProbityError, type Tenant } from '../base/index.ts';
import { storedRecord } from '../records/audit/index.ts';
import { ratedFacts } from '../records/changes/index.ts';
import type { Database } from '../records/database/index.ts';
import { createDataAccesses } from '../records/privacy/index.ts';
import { parseRatingId } from '../records/ratings/index.ts';
import { customersIn, lookOf, type OperationId } from '../serving/access/index.ts';
import { cliActor } from './keys-access.ts';

/** The option of commands that show customers' data. */
export const PURPOSE_OPTION = ['--purpose <text>', 'why it is looked at, for the record of looks'] as const;

/** What such a command is given. */
export interface LookOptions {
  readonly purpose?: string;
}

/**
 * Puts on record that whoever runs this command is shown data of the customers that `shown` names, as the operation of the API that shows the same does. Called before anything is
 * shown: where it cannot be recorded, nothing is. Without a purpose, that of the operation as a rule.
 */
export async function recordCliLook(
  database: Database,
  tenant: Tenant,
  operationId: OperationId,
  { purpose }: LookOptions,
  shown: readonly unknown[],
): Promise<void> {
  const look = lookOf(operationId);
  if (look === null) throw new TypeError(`${operationId} shows no data of customers`);
  const why = purpose?.trim() ?? look.purpose;
  if (why === '' || why.length > 200)
    throw new ProbityError('USAGE', 'A purpose has 1 to 200 characters.', { fix: 'Say why with --purpose TEXT.' });
  const access = { actor: cliActor(), purpose: why, what: look.what };
  await createDataAccesses(database, tenant).recordAll([...customersIn(shown)], access);
}

/** Whose ratings these are, for `recordCliLook`; erased ones are nobody's. */
export async function customersOfRatings(
  database: Database,
  tenant: Tenant,
  ratingIds: readonly string[],
): Promise<readonly { readonly customerId: string | null }[]> {
  const found: { readonly customerId: string | null }[] = [];
  for (const ratingId of ratingIds) {
    const named = parseRatingId(ratingId);
    const record = named === null ? null : await storedRecord(database, tenant, named.sequence);
    if (record === null || record.body === null) continue;
    const facts = ratedFacts(Buffer.from(record.body.bytes).toString('utf8'));
    if (facts !== null) found.push({ customerId: facts.customerId });
  }
  return found;
}
