import { dataPaths, instant, isProbityError, systemClock, type Project } from '../../base/index.ts';
import { loadAlerting, mailedPeople, reportAlerts, type ReportKind } from '../../rating/index.ts';
import { createAppender } from '../../records/audit/index.ts';
import { openPseudonymKey } from '../../records/checkpoints/index.ts';
import {
  createLegalBases,
  createVault,
  loadBasisPolicy,
  masterKeyFile,
  openMasterKeys,
} from '../../records/privacy/index.ts';
import { createRatings, sharedPseudonyms } from '../../records/ratings/index.ts';
import { createAlerts } from '../../records/alerts/index.ts';
import type { Database } from '../../records/database/index.ts';
import { createSnapshots } from '../../records/registry/index.ts';
import { createPortfolioReports, type CustomerReports } from '../../records/reports/index.ts';
import { createRuleSets } from '../../records/rules/index.ts';
import { openStorage } from '../../records/storage/index.ts';
import { createSignals } from '../../records/signals/index.ts';
import { createWarnings } from '../../records/warnings/index.ts';
import type { PortfolioWork } from '../activities/dependencies.ts';
import { projectSlot } from '../requests.ts';
import { composeCustomerReports } from './customer-reports.ts';
import { portfolioStandards } from './portfolio-standards.ts';
import { portfolioWork } from './portfolio-work.ts';
import { standingWarnings, warnedAboveWatch } from './standing-warnings.ts';

/** What reports on the portfolio of a project are made of and whom they are told to. */
export function composePortfolio(project: Project, database: Database): PortfolioWork {
  const customers = customersWork(project, database);
  const { tenant } = project;
  const tell = reportTeller(project, database);
  const { report } = portfolioWork({
    slot: projectSlot(project),
    scores: dataPaths(project).scores,
    snapshots: createSnapshots(database, tenant),
    storage: openStorage(project),
    reports: createPortfolioReports(database, tenant),
    clock: systemClock,
    bases: { policy: loadBasisPolicy(project.rulesDir), bases: createLegalBases(database, tenant) },
    warnings: () => standingWarnings(createWarnings(database, tenant), createSignals(database, tenant)),
    tell: (reportId) => tell({ reportId, report: 'portfolio', customerId: null }),
    standards: () => portfolioStandards(project, createRuleSets(database, tenant)),
  });
  return { report, customers };
}

/** Reports on customers whom a standing warning above watch concerns. Who was never rated, or is erased, has none. */
function customersWork(project: Project, database: Database): PortfolioWork['customers'] {
  const { tenant } = project;
  return async ({ at }, { progress, signal }) => {
    const reports = await customerReportsOf(project, database);
    const warned = warnedAboveWatch(
      await standingWarnings(createWarnings(database, tenant), createSignals(database, tenant)),
    );
    let made = 0;
    for (const customerId of warned) {
      signal.throwIfAborted();
      try {
        await reports.make(customerId, instant(at));
        made++;
      } catch (error) {
        if (!isProbityError(error) || !['CUSTOMER_NOT_RATED', 'SUBJECT_ERASED'].includes(error.code)) throw error;
      }
      progress({ step: 'customer reports', message: `${made} of ${warned.length}` });
    }
    return { reports: made };
  };
}

/** Reports on single customers, with the keys of the project. */
export async function customerReportsOf(project: Project, database: Database): Promise<CustomerReports> {
  const { tenant } = project;
  const { keys } = dataPaths(project);
  const pseudonyms = await sharedPseudonyms(database, tenant, await openPseudonymKey(keys));
  return composeCustomerReports({
    project,
    database,
    tell: reportTeller(project, database),
    vault: createVault(database, tenant, await openMasterKeys(masterKeyFile(keys)), pseudonyms),
    ratings: createRatings(database, tenant, createAppender(database, tenant), pseudonyms),
  });
}

/** Tells those who subscribed to a kind of report of a new one; of one that they know, nothing. */
export function reportTeller(
  project: Project,
  database: Database,
): (told: {
  readonly reportId: string;
  readonly report: ReportKind;
  readonly customerId: string | null;
}) => Promise<void> {
  const alerting = loadAlerting(project.rulesDir);
  const alerts = createAlerts(database, project.tenant, (alert) =>
    project.mail === null ? [] : mailedPeople(alert, alerting),
  );
  return (told) => alerts.put(reportAlerts({ ...told, at: systemClock.now() }, alerting));
}
