import { hkdfSync } from 'node:crypto';
import { join } from 'node:path';
import type { Clock, Tenant } from '../../base/index.ts';
import { openPseudonymKey } from '../../records/checkpoints/index.ts';
import { createCreditFiles, createReportLinks, loadAudiences } from '../../records/credit-file/index.ts';
import type { Database } from '../../records/database/index.ts';
import { createDataAccesses, createVault, openMasterKeys, type Vault } from '../../records/privacy/index.ts';
import type { Dossiers } from '../customers/dossiers.ts';

/** The file of a tenant's master keys, among its keys. */
export const masterKeyFile = (keys: string): string => join(keys, 'master-keys.json');

/** Composes what is on file of a tenant's customers. Links are signed by a key of their own, derived from the tenant's pseudonym key (RFC 5869). */
export async function composeDossiers(of: {
  readonly tenant: Tenant;
  readonly database: Database;
  /** The folder of the tenant's keys. */
  readonly keys: string;
  readonly clock: Clock;
  readonly ratingIds: Dossiers['ratingIds'];
}): Promise<Dossiers & { readonly vault: Vault }> {
  const { tenant, database, keys, clock, ratingIds } = of;
  const vault = createVault(database, tenant, await openMasterKeys(masterKeyFile(keys)));
  const secret = hkdfSync('sha256', await openPseudonymKey(keys), tenant, 'probity report links', 32);
  return {
    vault,
    files: createCreditFiles(database, tenant, vault),
    links: createReportLinks(database, tenant, new Uint8Array(secret), clock),
    accesses: createDataAccesses(database, tenant),
    audiences: loadAudiences(),
    isErased: (customerId) => vault.isErased(customerId),
    ratingIds,
  };
}
