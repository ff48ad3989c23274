import { concernedCustomers, type StandingWarning } from '../../rating/index.ts';
import { concernedBy, type SignalRecords } from '../../records/signals/index.ts';
import type { StoredWarning, Warnings } from '../../records/warnings/index.ts';

const AT_ONCE = 1_000;

/** All warnings that stand, each with everybody whom it concerns: of one that a group or a ring shares all its customers. */
export async function standingWarnings(
  warnings: Pick<Warnings, 'page'>,
  signals: Pick<SignalRecords, 'shared'>,
): Promise<readonly StandingWarning[]> {
  const all: StandingWarning[] = [];
  let last: StoredWarning | undefined;
  do {
    const after =
      last === undefined ? undefined : { openedAt: last.warning.openedAt, warningId: last.warning.warningId };
    const read = await warnings.page({ state: 'standing', limit: AT_ONCE, after });
    for (const { warning } of read) all.push({ ...warning, concerned: await concernedBy(warning, signals) });
    last = read.length < AT_ONCE ? undefined : read.at(-1);
  } while (last !== undefined);
  return all;
}

/** The customers whom a warning above watch concerns, each once, in order of their ids. */
export const warnedAboveWatch = (standing: readonly StandingWarning[]): readonly string[] =>
  [
    ...new Set(
      standing
        .filter(({ level }) => level !== 'watch')
        .flatMap(concernedCustomers)
        .map(({ customerId }) => customerId),
    ),
  ].toSorted();
