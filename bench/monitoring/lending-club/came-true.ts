import { exactInterval, type Bounded } from '../../../models/metrics/index.ts';
import type { Estimated, EstimatedPerformance } from '../../../models/monitoring/index.ts';
import { HORIZON, monthName } from './book.ts';
import type { MonthReport } from './follow.ts';

type Method = EstimatedPerformance['method'];
type Figure = 'badRate' | 'auc';

/** An estimate beside what came true a year later. */
export interface CameTrue {
  readonly vintage: string;
  /** The month whose run estimated it, and the one whose run knew. */
  readonly saidIn: string;
  readonly knownIn: string;
  readonly loans: number;
  readonly said: readonly { readonly method: Method; readonly figure: Figure; readonly estimated: Estimated }[];
  readonly realised: { readonly bads: number; readonly badRate: number; readonly auc: number | null };
}

/** Every vintage that was estimated in one report and known in a later one, oldest first. */
export function cameTrue(reports: readonly MonthReport[]): readonly CameTrue[] {
  const matured = new Map(reports.flatMap(({ month, matured: one }) => (one ? [[one.vintage!, { month, one }]] : [])));
  return reports
    .flatMap(({ month, estimates }) =>
      estimates.flatMap(({ vintage, estimated }): CameTrue[] => {
        const known = matured.get(monthName(vintage));
        if (known === undefined || !known.one.badRate.known) return [];
        const { badRate, auc } = known.one;
        return [
          {
            vintage: monthName(vintage),
            saidIn: month,
            knownIn: monthName(vintage + HORIZON),
            loans: known.one.matured,
            said: estimated.flatMap((each) =>
              (['badRate', 'auc'] as const).map((figure) => ({
                method: each.method,
                figure,
                estimated: each[figure],
              })),
            ),
            realised: {
              bads: Math.round(badRate.value.rate * known.one.matured),
              badRate: badRate.value.rate,
              auc: auc.known ? auc.value : null,
            },
          },
        ];
      }),
    )
    .sort((a, b) => (a.vintage < b.vintage ? -1 : 1));
}

/** Of the intervals of a method for a figure, how many held what came true; the interval of that share is exact. */
export function coverage(
  rows: readonly CameTrue[],
  method: Method,
  figure: Figure,
): { readonly held: number; readonly of: number; readonly above: number; readonly share: Bounded } {
  let [held, of, above] = [0, 0, 0];
  for (const { said, realised } of rows) {
    const value = realised[figure];
    const one = said.find((each) => each.method === method && each.figure === figure);
    if (value === null || one === undefined) continue;
    of++;
    if (value >= one.estimated.low && value <= one.estimated.high) held++;
    else if (value > one.estimated.high) above++;
  }
  return { held, of, above, share: exactInterval(held, of) };
}
