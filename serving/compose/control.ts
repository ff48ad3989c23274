import { ProbityError, type Clock, type Instant } from '../../base/index.ts';
import { controlReport, type ControlPolicy } from '../../rating/index.ts';
import type { ControlReports, StoredControlReport } from '../../records/reports/index.ts';
import type { Reviews } from '../../records/reviews/index.ts';
import type { Warnings } from '../../records/warnings/index.ts';
import type { ControlDesk } from '../portfolio/control-desk.ts';
import type { OutcomeLookup } from '../overrides/desk.ts';
import { decisionsWithFates, type OverrideSource } from './override-report.ts';

/** Composes the control reports of a project: made of reviews, warnings and overrides on record, kept, and told to who subscribed. */
export function composeControl(of: {
  readonly source: OverrideSource;
  readonly reviews: Pick<Reviews, 'due'>;
  readonly warnings: Pick<Warnings, 'opened'>;
  readonly reports: ControlReports;
  readonly policy: ControlPolicy;
  /** What became of customers; null: it is not looked up, and the report says so. */
  readonly outcomes: OutcomeLookup | null;
  readonly tell: (reportId: string) => Promise<void>;
  readonly clock: Clock;
}): ControlDesk {
  const { source, reviews, warnings, reports, policy, outcomes, tell, clock } = of;
  return {
    policy,
    find: (reportId) => reports.find(reportId),
    page: (options) => reports.page(options),
    async make(from: Instant, until: Instant): Promise<StoredControlReport> {
      if (until <= from) throw new ProbityError('INVALID_INPUT', 'The period must end after it begins.');
      const asOf = clock.now();
      const decided = await decisionsWithFates(source, { from, until }, asOf, outcomes);
      const report = controlReport(
        {
          from,
          until,
          asOf,
          reviews: await reviews.due(from, until),
          warnings: await warnings.opened(from, until),
          overrides: decided.overridden,
          own: decided.own,
          outcomes: { why: null, ...decided.outcomes },
        },
        policy,
      );
      const stored = await reports.keep(report);
      await tell(stored.reportId);
      return stored;
    },
  };
}
