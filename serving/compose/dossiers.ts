import { hkdfSync } from 'node:crypto';
import type { Clock, Tenant } from '../../base/index.ts';
import { openPseudonymKey } from '../../records/checkpoints/index.ts';
import { createCreditFiles, createReportLinks, loadAudiences } from '../../records/credit-file/index.ts';
import type { Database } from '../../records/database/index.ts';
import {
  createDataAccesses,
  createVault,
  masterKeyFile,
  openMasterKeys,
  type DataAccesses,
  type Vault,
} from '../../records/privacy/index.ts';
import { pseudonymsUnder, type Pseudonyms } from '../../records/ratings/index.ts';
import type { Dossiers } from '../customers/dossiers.ts';

/** Composes what is on file of a tenant's customers. Links are signed by a key of their own, derived from the tenant's pseudonym key (RFC 5869). */
export async function composeDossiers(of: {
  readonly tenant: Tenant;
  readonly database: Database;
  /** The folder of the tenant's keys. */
  readonly keys: string;
  /** The project's rules folder, where it may keep audience profiles of its own. */
  readonly rulesDir?: string | null;
  readonly clock: Clock;
  readonly ratingIds: Dossiers['ratingIds'];
}): Promise<Dossiers & { readonly vault: Vault }> {
  const { tenant, database, keys, clock, ratingIds } = of;
  const pseudonymKey = await openPseudonymKey(keys);
  const pseudonyms = pseudonymsUnder(pseudonymKey);
  const vault = createVault(database, tenant, await openMasterKeys(masterKeyFile(keys)), pseudonyms);
  const secret = hkdfSync('sha256', pseudonymKey, tenant, 'probity report links', 32);
  return {
    vault,
    files: createCreditFiles(database, tenant, vault),
    links: createReportLinks(database, tenant, new Uint8Array(secret), clock),
    accesses: accessesOf(createDataAccesses(database, tenant), (id) => vault.isErased(id), pseudonyms),
    audiences: loadAudiences(of.rulesDir ?? null),
    isErased: (customerId) => vault.isErased(customerId),
    ratingIds,
  };
}

/** Looks at what is left of an erased customer are noted under the pseudonym, and found there with those of before. */
function accessesOf(
  accesses: DataAccesses,
  isErased: (customerId: string) => Promise<boolean>,
  pseudonyms: Pseudonyms,
): DataAccesses {
  return {
    async record(customerId, access) {
      if (!(await isErased(customerId))) return accesses.record(customerId, access);
      return accesses.record(pseudonyms.of(customerId), { ...access, purpose: '(erased)' });
    },
    async recordAll(customerIds, access) {
      const erased = new Set<string>();
      await Promise.all(customerIds.map(async (id) => ((await isErased(id)) ? erased.add(id) : null)));
      await accesses.recordAll(
        customerIds.filter((id) => !erased.has(id)),
        access,
      );
      await accesses.recordAll(
        [...erased].map((id) => pseudonyms.of(id)),
        { ...access, purpose: '(erased)' },
      );
    },
    of: async (customerId) => accesses.of((await isErased(customerId)) ? pseudonyms.of(customerId) : customerId),
  };
}
