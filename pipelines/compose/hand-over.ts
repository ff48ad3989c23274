import type { Tenant } from '../../base/index.ts';
import { storageRef, type Storage } from '../../records/storage/index.ts';
import type { HandOver } from '../activities/dependencies.ts';

/**
 * Passes the steps of runs through the storage. In a folder storage they lie where the run wrote them, so that nothing is copied and
 * workers need a data folder in common; through a bucket they need none.
 */
export function handOver(tenant: Tenant, storage: Storage): HandOver {
  return {
    give: async (requestId, step, folder) => {
      await storage.publish(tenant, 'runs', `${requestId}/${step}`, folder);
    },
    take: async (requestId, step) => {
      const ref = storageRef(tenant, 'runs', `${requestId}/${step}`);
      return (await storage.has(ref)) ? storage.materialise(ref) : null;
    },
  };
}
