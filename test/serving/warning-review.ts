import { instant } from '../../base/index.ts';
import {
  loadWarningHandling,
  raiseWarning,
  reviewWarnings,
  type EarlyWarning,
  type WarningFate,
} from '../../rating/index.ts';
import type { ReviewWarnings } from '../../serving/warnings/review.ts';

const at = (day: number): string => new Date(Date.UTC(2026, 5, 1 + day)).toISOString();
const handling = loadWarningHandling(null);

/** A warning of a customer, what came of it, whether something was done, and whether it was let lie. */
function fateOf(code: string, i: number, bad: boolean | null, done: boolean, ignored: boolean): WarningFate {
  const sighting = { ratingId: `1-${i}`, level: 'warning', exposure: 1000, pd: 0.09, grade: 'C1', at: at(0) } as const;
  const request = { warningId: `${code}-${i}`, customerId: `c-${i}`, segment: null, code, sighting };
  const raised = raiseWarning(request, handling, at(0));
  const measures = raised.measures.map((each) => ({
    ...each,
    state: done ? ('confirmed' as const) : ('proposed' as const),
  }));
  const warning: EarlyWarning = { ...raised, ignored, measures };
  if (bad === null) return { warning, fate: null };
  return { warning, fate: bad ? { kind: 'default', at: at(20 + ((i * 37) % 200)) } : { kind: 'none' } };
}

const many = (count: number, of: (i: number) => WarningFate): readonly WarningFate[] =>
  Array.from({ length: count }, (_, i) => of(i));

/** A review of made-up warnings under the real law: a rule that helps, one that never does, one with countermeasures, one of too few, one of an industry. */
export const reviewedMonth: ReviewWarnings = async (period) => ({
  period,
  outcomes: { knownUntil: instant('2027-07-01') },
  unwarned: 900,
  ...reviewWarnings(
    [
      ...many(120, (i) => fateOf('PAYMENT_TURNS_LATE', i, i % 4 === 0, i >= 80 && i < 116, i % 9 === 0)),
      ...many(40, (i) => fateOf('PAYMENT_TURNS_LATE', i, i % 5 === 0, false, false)),
      ...many(400, (i) => fateOf('COMPLAINTS', i, i < 2, false, i % 3 === 0)),
      ...many(60, (i) => fateOf('ORDER_PATTERN_BREAK', i, i % 12 === 0, false, false)),
      ...many(9, (i) => fateOf('BUST_OUT', i, i < 4 ? true : null, false, i === 0)),
      ...many(2, (i) => fateOf('INDUSTRY_WORSENING', i, null, false, false)),
    ],
    { unwarned: Array.from({ length: 900 }, (_, i) => ({ customerId: `without-${i}`, bad: i < 54 })) },
  ),
});
