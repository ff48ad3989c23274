import type { Project } from '../../base/index.ts';
import { customerReport } from '../../rating/index.ts';
import type { Database } from '../../records/database/index.ts';
import type { Vault } from '../../records/privacy/index.ts';
import type { Ratings } from '../../records/ratings/index.ts';
import { createCustomerReports, type CustomerReports } from '../../records/reports/index.ts';
import { createRuleSets } from '../../records/rules/index.ts';
import { createWarnings } from '../../records/warnings/index.ts';
import { portfolioStandards } from './portfolio-standards.ts';

/** Standing warnings of one customer that a report tells of, at most. */
const MOST_WARNINGS = 200;

/** Reports on single customers of a project; whoever subscribed to them is told of each. */
export function composeCustomerReports(of: {
  readonly project: Project;
  readonly database: Database;
  /** Tells those who subscribed. */
  readonly tell: (told: {
    readonly reportId: string;
    readonly report: 'customer';
    readonly customerId: string;
  }) => Promise<void>;
  readonly vault: Pick<Vault, 'seal' | 'open'>;
  readonly ratings: Pick<Ratings, 'newestOf' | 'find'>;
}): CustomerReports {
  const { project, database, tell, vault, ratings } = of;
  const { tenant } = project;
  const warnings = createWarnings(database, tenant);
  const reports = createCustomerReports({
    database,
    tenant,
    vault,
    ratings,
    report: customerReport,
    warningsOf: async (customerId) =>
      (await warnings.page({ customerId, state: 'standing', limit: MOST_WARNINGS })).map(({ warning }) => warning),
    standards: () => portfolioStandards(project, createRuleSets(database, tenant)),
  });
  return {
    ...reports,
    async make(customerId, at) {
      const made = await reports.make(customerId, at);
      await tell({ reportId: made.reportId, report: 'customer', customerId });
      return made;
    },
  };
}
