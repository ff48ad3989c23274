import type { ConcernedCustomer, EarlyWarning } from '../../rating/index.ts';
import type { SignalRecords } from './signals.ts';

/**
 * Everybody whom a warning concerns: of one that a group or a ring shares all its customers, of another one its own. The customer by whom it goes is always among them, with an
 * exposure only where it is its own and no sum.
 */
export async function concernedBy(
  { warningId, customerId, exposure, lastSeen }: EarlyWarning,
  signals: Pick<SignalRecords, 'shared'>,
): Promise<readonly ConcernedCustomer[]> {
  if (lastSeen.signals?.circle === undefined) return [{ customerId, exposure }];
  const { customers } = await signals.shared(warningId);
  return customers.some((each) => each.customerId === customerId)
    ? customers
    : [{ customerId, exposure: null }, ...customers];
}
