import type { Logger } from 'pino';
import { canonicalJson, dataPaths, systemClock, type Project } from '../../base/index.ts';
import { openSnapshot } from '../../features/snapshots/index.ts';
import { composeCustomerReports, reportTeller } from '../../pipelines/compose/index.ts';
import { projectCodec } from '../../pipelines/payload-codec.ts';
import { taskQueues } from '../../pipelines/task-queues.ts';
import {
  afterNoticeEvent,
  loadActs,
  loadAlerting,
  loadControlPolicy,
  loadDisputeDeadlines,
  loadOverrideLaw,
  overrideInForce,
  loadPortfolioAssumptions,
  loadReviewPolicy,
  loadStandards,
  loadWarningHandling,
} from '../../rating/index.ts';
import { meaningsOf, rulesInForce } from './rules.ts';
import { createAgreements } from '../../records/agreements/index.ts';
import { createChangeFeed } from '../../records/changes/index.ts';
import { openDatabase } from '../../records/database/index.ts';
import { createFacts } from '../../records/facts/index.ts';
import { createNotices } from '../../records/notices/index.ts';
import { createReconciliations, createStandingRows, createStatements } from '../../records/reconciliation/index.ts';
import { createOverrides } from '../../records/overrides/index.ts';
import { createReviews } from '../../records/reviews/index.ts';
import { createWarnings } from '../../records/warnings/index.ts';
import { givenUpWebhooks } from '../../records/webhooks/index.ts';
import {
  actionsOfReport,
  createControlReports,
  createMonitoringGaps,
  createMonitoringReports,
  createPortfolioReports,
} from '../../records/reports/index.ts';
import { createRuleSets } from '../../records/rules/index.ts';
import { lawOfProject, modelLoader, viewFeaturesOf } from './law-of-project.ts';
import { effectOnRecord } from './proposed-effect.ts';
import { createKeys } from '../../records/keys/index.ts';
import { masterKeyFile, openFreeTexts, openMasterKeys } from '../../records/privacy/index.ts';
import { createChampions, createRegistry, createSnapshots } from '../../records/registry/index.ts';
import { openStorage } from '../../records/storage/index.ts';
import { createAuthenticator, createTokenVerifier } from '../access/index.ts';
import type { ServingDependencies } from '../dependencies.ts';
import type { OutcomeLookup } from '../overrides/desk.ts';
import { composeAlerts } from './alerts.ts';
import { composeChallengers } from './challengers.ts';
import { createClosers, type Closers } from './closers.ts';
import { composeControl } from './control.ts';
import { reviewOfPeriod } from './warning-review.ts';
import { composeDesks } from './desks.ts';
import { composeDossiers } from './dossiers.ts';
import { composePrivacy } from './privacy.ts';
import { presentAfter } from './facts-tail.ts';
import { featureReader } from './feature-reader.ts';
import { composeNotices } from './notices.ts';
import { composeOverrides } from './overrides.ts';
import { composeRecords } from './records.ts';
import { staffLookup } from './responsible-staff.ts';
import { temporalLink } from './temporal-link.ts';

/**
 * Composes the server's dependencies of a project: its operational database, storage, and published snapshots. `temporalAddress` is asked
 * when a case needs its workflow; without a Temporal server the API rates, and cases wait.
 */
export async function composeServing(
  project: Project,
  databaseUrl: string,
  logger: Logger,
  temporalAddress: () => Promise<string | null> = async () => project.temporalAddress,
  /** Finds out what became of customers, for reports; null: the reports say that it was not looked up. */
  outcomes: OutcomeLookup | null = null,
): Promise<{ readonly deps: ServingDependencies; readonly close: () => Promise<void> }> {
  const closers = createClosers();
  try {
    const deps = await openServing(project, databaseUrl, logger, temporalAddress, outcomes, closers);
    return { deps, close: () => closers.close() };
  } catch (error) {
    // What failed first is what is told.
    await closers.close().catch(() => {});
    throw error;
  }
}

/** Opens everything, and leaves with `closers` how each is closed. */
async function openServing(
  project: Project,
  databaseUrl: string,
  logger: Logger,
  temporalAddress: () => Promise<string | null>,
  outcomes: OutcomeLookup | null,
  closers: Closers,
): Promise<ServingDependencies> {
  const { tenant } = project;
  const { oidc } = project.serving;
  const law = loadOverrideLaw(project.rulesDir);
  const acts = loadActs(project.rulesDir);
  const standards = loadStandards(project.rulesDir);
  const handling = loadWarningHandling(project.rulesDir);
  const deadlines = loadDisputeDeadlines(project.rulesDir);
  const reviewPolicy = loadReviewPolicy(project.rulesDir);
  const assumptions = loadPortfolioAssumptions(project.rulesDir);
  const tokens = oidc === null ? null : await createTokenVerifier(oidc, tenant);
  const keyFolder = dataPaths(project).keys;
  const masterKeys = await openMasterKeys(masterKeyFile(keyFolder));
  const opened = await openDatabase(databaseUrl);
  closers.push(() => opened.close());
  const database = await openFreeTexts(opened, tenant, keyFolder, (code, texts) =>
    logger.error({ code, texts }, 'texts that people wrote do not open: they were altered or moved'),
  );
  const keys = createKeys(database, tenant);
  const registry = createRegistry(database, tenant);
  const champions = createChampions(database, tenant);
  const snapshots = createSnapshots(database, tenant);
  const ruleSets = createRuleSets(database, tenant);
  const facts = createFacts(database, tenant);
  const storage = openStorage(project);
  const clock = presentAfter(() => systemClock.now());
  const recording = await composeRecords(project, { database, storage, registry, standards, acts, logger });
  closers.push(() => recording.close());
  const { records, appender, pseudonyms } = recording;
  const link = temporalLink({
    namespace: project.temporalNamespace,
    codec: () => projectCodec(project),
    address: temporalAddress,
  });
  closers.push(() => link.close());
  const dossiers = await composeDossiers({
    tenant,
    database,
    keys: keyFolder,
    rulesDir: project.rulesDir,
    clock: systemClock,
    ratingIds: (customerId, limit, before) => recording.ratings.newestOf(customerId, limit, before),
  });
  const { vault } = dossiers;
  const privacy = await composePrivacy({ project, database, storage, appender, vault, logger, temporalAddress });
  closers.push(() => privacy.close());
  const notices = composeNotices({
    notices: createNotices(database, tenant, dossiers.vault, afterNoticeEvent),
    mail: project.mail,
    creditor: project.creditor,
    clock: systemClock,
    logger,
  });
  closers.push(() => notices.close());
  const acceptFacts: ServingDependencies['acceptFacts'] = async (incoming) => {
    const stored = await facts.append(incoming);
    for (const { knownFrom } of stored) clock.seen(knownFrom);
    return stored.map(({ sequence, knownFrom, repeated, table, values, happenedAt }, i) => {
      const sent = incoming[i];
      const differs =
        repeated &&
        canonicalJson({ table, values, happenedAt }) !==
          canonicalJson({ table: sent?.table, values: sent?.values, happenedAt: sent?.happenedAt });
      return { sequence, knownFrom, repeated, differs };
    });
  };
  const rules = rulesInForce(ruleSets, project.rulesDir);
  const alerts = composeAlerts({
    tenant,
    database,
    alerting: loadAlerting(project.rulesDir),
    handling,
    appender,
    pseudonyms,
    looks: (limit) => createMonitoringReports(database, tenant).results(limit),
    reconciliations: (limit) => createReconciliations(database, tenant).page({ limit }),
    givenUpWebhooks: () => givenUpWebhooks(database, tenant),
    meanings: meaningsOf(rules, standards.masterScale),
    deadlines: { authority: law.authority, reviewPolicy },
    mail: project.mail,
    clock: systemClock,
    logger,
  });
  closers.push(() => alerts.close());
  const tellOfReport = reportTeller(project, database);
  const feed = createChangeFeed(database, tenant, overrideInForce(law.policy));
  const staff = staffLookup({ tenant, snapshots, storage, facts, logger });
  closers.push(() => staff.close());
  const { desks, ...running } = composeDesks({
    staffOf: (customerId) => staff.of(customerId),
    tenant,
    database,
    records,
    newestOf: (customerId, limit) => recording.ratings.newestOf(customerId, limit),
    appender,
    pseudonyms,
    feed,
    files: dossiers.files,
    masterKeys,
    acceptFacts,
    queues: taskQueues(project),
    link,
    authority: law.authority,
    scale: standards.masterScale,
    handling,
    rulesDir: project.rulesDir,
    deadlines,
    reviewPolicy,
    webhookPolicy: project.serving.webhooks,
    logger,
  });
  closers.push(() => running.close());
  const overriding = composeOverrides({
    tenant,
    database,
    appender,
    pseudonyms,
    law,
    clock: systemClock,
    outcomes,
    logger,
  });
  closers.push(() => overriding.close());
  overriding.start();
  await privacy.start();
  await running.start();
  alerts.start();
  return {
    defaults: { portfolio: project.portfolio, horizonMonths: project.labels.horizonMonths },
    clock,
    standards,
    records,
    ...desks,
    overrides: overriding.desk,
    agreements: createAgreements(database, tenant),
    notices: notices.desk,
    dossiers,
    privacy: privacy.desk,
    changes: feed,
    monitoring: {
      ...createMonitoringReports(database, tenant),
      actionsOf: (reportId) => actionsOfReport(database, tenant, reportId),
      gaps: () => createMonitoringGaps(database, tenant).list(),
    },
    portfolio: { ...createPortfolioReports(database, tenant), assumptions },
    reviewWarnings: (period) => reviewOfPeriod(database, tenant, period, outcomes),
    control: composeControl({
      source: { database, tenant, overrides: createOverrides(database, tenant, appender) },
      reviews: createReviews(database, tenant),
      warnings: createWarnings(database, tenant),
      reports: createControlReports(database, tenant),
      policy: loadControlPolicy(project.rulesDir),
      outcomes,
      tell: (reportId) => tellOfReport({ reportId, report: 'control', customerId: null }),
      clock: systemClock,
    }),
    customerReports: composeCustomerReports({
      project,
      database,
      tell: tellOfReport,
      vault: dossiers.vault,
      ratings: recording.ratings,
    }),
    standingRows: createStandingRows(database, tenant),
    statements: createStatements(database, tenant),
    reconciliations: createReconciliations(database, tenant),
    standardsHash: recording.standardsHash,
    acts,
    actsHash: recording.actsHash,
    champions,
    challengers: composeChallengers(database, tenant),
    rules,
    alerts: alerts.desk,
    ruleSets,
    lawOfRules: await lawOfProject(project),
    viewFeatures: () => viewFeaturesOf(project, snapshots, storage),
    effectOfRules: (proposed) => effectOnRecord(database, project, proposed),
    loadModel: modelLoader(registry, storage),
    snapshots: {
      newestId: async () => (await snapshots.newest())?.snapshotId ?? null,
      async open(snapshotId) {
        const { ref } = await snapshots.get(snapshotId);
        const folder = await storage.materialise(ref);
        return featureReader(await openSnapshot(folder, { expectedHash: snapshotId }), facts, clock.seen);
      },
    },
    acceptFacts,
    authenticate: createAuthenticator({ tenant, keys, tokens, clock: systemClock }),
    keys,
    requestsPerMinute: project.serving.requestsPerMinute,
    customerKeys: project.customerKeys,
    corsOrigins: project.serving.corsOrigins,
    logger,
  };
}
