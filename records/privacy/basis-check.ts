import type { Instant } from '../../base/index.ts';
import { EVERY_SOURCE, type BasisPolicy } from './basis-policy.ts';
import type { BasisPeriod, LegalBases } from './legal-basis.ts';

/** What allows data to be used: the policy for everyone, and what customers gave and took back. */
export interface BasisSources {
  readonly policy: BasisPolicy;
  readonly bases: Pick<LegalBases, 'periods'>;
}

/** A row that data of a customer are used for, and the instants that each need a basis. */
export interface UsedRow {
  readonly customerId: string;
  readonly instants: readonly Instant[];
}

/** By table, a 1 for each row that the table may not be used for; a table that every row may use is not there. */
export type LackingRows = ReadonlyMap<string, Uint8Array>;

const CUSTOMERS_AT_ONCE = 5_000;

/**
 * The rows for which tables lack a basis for a purpose at any of a row's instants. The database is asked only where the policy leaves a table to each customer, and only
 * about customers whose rows need it.
 */
export async function lackingRows(
  { policy, bases }: BasisSources,
  purpose: string,
  tables: Iterable<string>,
  rows: readonly UsedRow[],
): Promise<LackingRows> {
  const asked = [...new Set(tables)].sort();
  const openAt = new Map<string, readonly string[]>();
  const open = (at: Instant): readonly string[] => {
    let found = openAt.get(at);
    if (found === undefined) openAt.set(at, (found = policy.lacking(asked, purpose, at)));
    return found;
  };
  const left = rows.filter(({ instants }) => instants.some((at) => open(at).length > 0));
  if (left.length === 0) return new Map();
  const periods = await periodsOf(bases, purpose, [...new Set(left.map(({ customerId }) => customerId))]);
  const everyone = periods.get(null) ?? [];
  const lacking = new Map<string, Uint8Array>();
  for (const [row, { customerId, instants }] of rows.entries()) {
    for (const at of instants) {
      for (const table of open(at)) {
        if ([...everyone, ...(periods.get(customerId) ?? [])].some((period) => allows(period, table, at))) continue;
        const marks = lacking.get(table) ?? new Uint8Array(rows.length);
        marks[row] = 1;
        lacking.set(table, marks);
      }
    }
  }
  return lacking;
}

function allows({ source, from, until }: BasisPeriod, table: string, at: Instant): boolean {
  return (source === table || source === EVERY_SOURCE) && from <= at && (until === null || at < until);
}

async function periodsOf(
  bases: BasisSources['bases'],
  purpose: string,
  customers: readonly string[],
): Promise<ReadonlyMap<string | null, readonly BasisPeriod[]>> {
  const found = new Map<string | null, BasisPeriod[]>();
  for (let start = 0; start < customers.length; start += CUSTOMERS_AT_ONCE) {
    const some = await bases.periods(customers.slice(start, start + CUSTOMERS_AT_ONCE), purpose);
    for (const period of some) {
      // Those of everyone come with each batch.
      if (period.subject === null && start > 0) continue;
      found.set(period.subject, [...(found.get(period.subject) ?? []), period]);
    }
  }
  return found;
}
