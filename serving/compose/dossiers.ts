import { hkdfSync } from 'node:crypto';
import type { Clock, Tenant } from '../../base/index.ts';
import { openPseudonymKey } from '../../records/checkpoints/index.ts';
import { createCreditFiles, createReportLinks, loadAudiences } from '../../records/credit-file/index.ts';
import type { Database } from '../../records/database/index.ts';
import {
  createDataAccesses,
  createVault,
  groupedLooks,
  masterKeyFile,
  openMasterKeys,
  type DataAccesses,
  type NewLook,
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
    accesses: accessesOf(createDataAccesses(database, tenant), vault, pseudonyms),
    audiences: loadAudiences(of.rulesDir ?? null),
    isErased: (customerId) => vault.isErased(customerId),
    ratingIds,
  };
}

/** Looks are stored in groups; those at what is left of an erased customer are noted under the pseudonym, and found there with those of before. */
function accessesOf(
  accesses: ReturnType<typeof createDataAccesses>,
  vault: Pick<Vault, 'isErased' | 'erasedAmong'>,
  pseudonyms: Pseudonyms,
): DataAccesses {
  const record = groupedLooks(async (looks) => {
    const erased = await vault.erasedAmong([...new Set(looks.map(({ subject }) => subject))]);
    const stored = (look: NewLook): NewLook =>
      erased.has(look.subject) ? { ...look, subject: pseudonyms.of(look.subject), purpose: '(erased)' } : look;
    await accesses.recordEach(erased.size === 0 ? looks : looks.map(stored));
  });
  return {
    record: (subject, access) => record([{ subject, ...access }]),
    recordAll: (subjects, access) => record(subjects.map((subject) => ({ subject, ...access }))),
    of: async (customerId) => accesses.of((await vault.isErased(customerId)) ? pseudonyms.of(customerId) : customerId),
  };
}
