import type { GradeClass } from '../master-scale.ts';
import type { PortfolioReport } from './report.ts';

/** What a report is compared with. */
export type EarlierReport = Pick<
  PortfolioReport,
  'customers' | 'exposure' | 'expectedLoss' | 'meanPd' | 'riskIndex' | 'byClass' | 'openWarnings'
> & { readonly reportId: string; readonly asOf: string };

/** Differences to the report before: now less then. */
export interface ReportChange {
  readonly reportId: string;
  readonly asOf: string;
  readonly customers: number;
  readonly exposure: number;
  readonly expectedLoss: number;
  readonly meanPd: number | null;
  readonly riskIndex: number | null;
  /** Change of each class's share of exposure, in shares of 1. */
  readonly classShares: readonly { readonly name: GradeClass; readonly share: number | null }[];
  /** Null: one of the two does not tell. */
  readonly openWarnings: number | null;
}

/** What changed since the report before. */
export function changeSince(
  now: Omit<EarlierReport, 'reportId' | 'asOf'>,
  { reportId, asOf, ...then }: EarlierReport,
): ReportChange {
  const difference = (a: number | null, b: number | null): number | null => (a === null || b === null ? null : a - b);
  const shareOf = ({ byClass, exposure }: Omit<EarlierReport, 'reportId' | 'asOf'>, name: GradeClass): number | null =>
    exposure > 0 ? (byClass.find((each) => each.name === name)?.exposure ?? 0) / exposure : null;
  return {
    reportId,
    asOf,
    customers: now.customers - then.customers,
    exposure: now.exposure - then.exposure,
    expectedLoss: now.expectedLoss - then.expectedLoss,
    meanPd: difference(now.meanPd, then.meanPd),
    riskIndex: difference(now.riskIndex, then.riskIndex),
    classShares: now.byClass.map(({ name }) => ({ name, share: difference(shareOf(now, name), shareOf(then, name)) })),
    openWarnings: difference(now.openWarnings?.warnings ?? null, then.openWarnings?.warnings ?? null),
  };
}
