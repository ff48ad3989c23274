import type { Logger } from 'pino';
import { messageOf, type Tenant } from '../../base/index.ts';
import { openPublishedRows, type PublishedRows } from '../../features/snapshots/index.ts';
import { responsibleOf, type ResponsibleStaff, type StaffAssignment } from '../../rating/index.ts';
import type { Facts } from '../../records/facts/index.ts';
import type { Snapshots } from '../../records/registry/index.ts';
import type { Storage } from '../../records/storage/index.ts';

/** Finds out who looks after a customer. */
export interface StaffLookup {
  of(customerId: string): Promise<ResponsibleStaff | null>;
  close(): Promise<void>;
}

const TABLE = 'staff_assignments';

/**
 * Looks up responsible staff in the newest snapshot and in the facts acknowledged since. Where that cannot be read now, nobody is known to look after
 * the customer: a warning does not wait for it.
 */
export function staffLookup(of: {
  readonly tenant: Tenant;
  readonly snapshots: Pick<Snapshots, 'newest'>;
  readonly storage: Pick<Storage, 'materialise'>;
  readonly facts: Pick<Facts, 'about'>;
  readonly logger: Logger;
}): StaffLookup {
  const { snapshots, storage, facts, logger } = of;
  let open: { readonly id: string; readonly rows: Promise<PublishedRows> } | null = null;
  const newest = async (): Promise<PublishedRows | null> => {
    const found = await snapshots.newest();
    if (found === null) return null;
    const { snapshotId: id, ref } = found;
    if (open?.id !== id) {
      const old = open;
      open = { id, rows: storage.materialise(ref).then(openPublishedRows) };
      open.rows.catch(() => (open = null));
      void old?.rows.then((rows) => rows.close()).catch(() => {});
    }
    return open.rows;
  };
  // One at a time: a snapshot is not closed while somebody reads it.
  let turn: Promise<unknown> = Promise.resolve();
  const look = async (customerId: string): Promise<ResponsibleStaff | null> => {
    const rows = await newest();
    const published = rows === null ? [] : await rows.of(customerId, [TABLE]);
    const since = await facts.about(customerId, TABLE, rows?.manifest.content.factsThrough ?? 0);
    const assignments: StaffAssignment[] = [
      ...published.map(({ values }) => ({
        role: values['role'] ?? '',
        staffId: values['staff_id'] ?? '',
        ended: values['known_until'] !== undefined && values['known_until'] !== 'infinity',
      })),
      ...since.map(({ values }) => ({
        role: String(values['role']),
        staffId: String(values['staff_id']),
        ended: false,
      })),
    ];
    return responsibleOf(assignments);
  };
  return {
    of(customerId) {
      const found = turn
        .then(() => look(customerId))
        .catch((error: unknown) => {
          logger.warn({ problem: messageOf(error) }, 'responsible staff could not be looked up');
          return null;
        });
      turn = found;
      return found;
    },
    async close() {
      await turn;
      (await open?.rows.catch(() => null))?.close();
    },
  };
}
