import { canonicalJson } from '../../base/index.ts';
import { FEED_START, type Change, type ChangeFeed } from '../../records/changes/index.ts';

/** When everything is recorded, unless told. */
export const AT = '2026-06-01T12:00:00.000Z';

/** What a rating says, where it differs from an approval of 100 minor units over 30 days. */
export interface Said {
  readonly outcome?: 'approve' | 'refer' | 'decline';
  readonly total?: number;
  readonly days?: number;
  readonly warnings?: readonly string[];
  readonly asOf?: string;
  readonly customerId?: string | null;
  readonly owed?: number;
}

/** The parts of a rating's evidence that the feed reads. */
export function evidence({
  outcome = 'approve',
  total = 100,
  days = 30,
  warnings = [],
  asOf = AT,
  customerId = 'c',
  owed = 0,
}: Said) {
  const decision = {
    outcome,
    pd: 0.02,
    score: 600,
    grade: 'B',
    validUntil: AT,
    causes: [{ code: 'PD', outcome, source: 'cutoff', binding: true, missing: [] }],
    warnings: warnings.map((code) => ({ table: 't', row: 'r', code })),
    limit: { row: 'r', base: null, totalMinor: total, existingMinor: owed, availableMinor: total },
    terms: { row: 'r', days, prepayment: 0, guaranteeNeeded: false },
    currency: { code: 'CNY', minorDigits: 2 },
  };
  return Buffer.from(
    canonicalJson({
      inputs: { asOf, request: customerId === null ? {} : { customerId } },
      answer: { pd: 0.01, score: 620, grade: 'A', decision },
    }),
  );
}

/** A customer's pseudonym. */
export const subjectOf = (customer: string): string => Buffer.from(customer.padEnd(16, '.')).toString('hex');
/** A rating as a record to append. */
export const rating = (said: Said = {}) => ({
  kind: 'rating',
  subject: said.customerId === null ? null : subjectOf(said.customerId ?? 'c'),
  body: evidence(said),
});
/** What a change says. */
export const brief = ({ type, before, after }: Pick<Change, 'type' | 'before' | 'after'>) => [type, before, after];
export const types = (changes: readonly Change[]) => changes.map(({ type }) => type);

/** Every change, read in parts of a size. */
export async function all(
  feed: ChangeFeed,
  limit: number,
  more: { types?: readonly Change['type'][]; ofCustomers?: boolean } = {},
) {
  const changes: Change[] = [];
  for (let after = FEED_START; ;) {
    const part = await feed.read(after, { limit, ...more });
    changes.push(...part.changes);
    after = part.next;
    if (!part.more) return { changes, after };
  }
}
