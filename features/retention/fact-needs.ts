import { epochMillis, instant, type Instant } from '../../base/index.ts';
import { CONTRACTS } from '../contracts/index.ts';

/** The newest row of each group, among rows with a value in `where`, is kept however old it is. */
export interface NewestKept {
  readonly by: readonly string[];
  readonly where?: string;
}

/** What the views of the package read of old rows of an event table: everything within `days`, and of what is older the newest of each group. */
export interface EventNeed {
  readonly days: number;
  readonly newest: readonly NewestKept[];
}

/**
 * Event tables whose old rows features leave alone, and what they do read of them: the balance before the first booking of a window, the last login, the
 * last penalty, whether there was any at all. Rows of every other table (open invoices, loans, statements, relations) are read at any age: of those only
 * replaced versions ever go.
 */
export const EVENT_NEEDS: { readonly [table: string]: EventNeed } = {
  transactions: {
    days: 366,
    newest: [
      { by: ['party_id', 'account_id'] },
      { by: ['party_id', 'account_id'], where: 'balance' },
      { by: ['party_id', 'category'] },
    ],
  },
  behaviour_events: { days: 366, newest: [{ by: ['party_id', 'kind'] }] },
  communications: { days: 366, newest: [{ by: ['party_id'] }] },
  orders: { days: 366, newest: [{ by: ['party_id'] }] },
};

const DAY = 86_400_000;
/** A comparison with peers reads the last but one month end. */
const PEERS_DAYS = 62;

/** The earliest instant that features as of `keptFrom` or later look at: the month end of their peers. */
export function lookedAtFrom(keptFrom: Instant): Instant {
  return instant(epochMillis(keptFrom) - PEERS_DAYS * DAY);
}

/** What happened in an event table before then is in no window of a feature as of `keptFrom` or later; null for other tables. */
export function windowsFrom(table: string, keptFrom: Instant): Instant | null {
  const need = EVENT_NEEDS[table];
  return need === undefined ? null : instant(epochMillis(lookedAtFrom(keptFrom)) - need.days * DAY);
}

/** A feature counts the versions of contacts, replaced ones too. */
const VERSIONS_COUNT = new Set(['contacts']);

/** Tables of facts that a rule may name. */
export const FACT_TABLES: readonly string[] = CONTRACTS.map(({ name }) => name).filter(
  (name) => !VERSIONS_COUNT.has(name),
);
