import type { Logger } from 'pino';
import { canonicalJson, dataPaths, systemClock, type Project } from '../../base/index.ts';
import { openSnapshot } from '../../features/snapshots/index.ts';
import { loadArtefact } from '../../models/artefact/index.ts';
import { projectCodec } from '../../pipelines/payload-codec.ts';
import { taskQueues } from '../../pipelines/task-queues.ts';
import { wakeWebhook } from '../../pipelines/webhooks.ts';
import {
  afterNoticeEvent,
  loadActs,
  loadDisputeDeadlines,
  loadOverrideLaw,
  loadPortfolioAssumptions,
  loadReviewPolicy,
  loadStandards,
  loadWarningHandling,
} from '../../rating/index.ts';
import { rulesInForce } from './rules.ts';
import { createAgreements } from '../../records/agreements/index.ts';
import { createChangeFeed } from '../../records/changes/index.ts';
import { openDatabase } from '../../records/database/index.ts';
import { createFacts } from '../../records/facts/index.ts';
import { createNotices } from '../../records/notices/index.ts';
import { createStandingRows } from '../../records/reconciliation/index.ts';
import { createPortfolioReports } from '../../records/reports/index.ts';
import { createReviewCalendar, createReviews } from '../../records/reviews/index.ts';
import { createRuleSets } from '../../records/rules/index.ts';
import { createKeys } from '../../records/keys/index.ts';
import { masterKeyFile, openMasterKeys } from '../../records/privacy/index.ts';
import { createChampions, createRegistry, createSnapshots } from '../../records/registry/index.ts';
import { openStorage } from '../../records/storage/index.ts';
import { createDisputes } from '../../records/disputes/index.ts';
import { createWarnings } from '../../records/warnings/index.ts';
import { createDeliveries, createWebhooks } from '../../records/webhooks/index.ts';
import { createAuthenticator, createTokenVerifier } from '../access/index.ts';
import type { ServingDependencies } from '../dependencies.ts';
import type { OutcomeLookup } from '../overrides/desk.ts';
import { temporalCases } from './case-workflows.ts';
import { composeCases } from './cases.ts';
import { composeChallengers } from './challengers.ts';
import { composeDossiers } from './dossiers.ts';
import { composePrivacy } from './privacy.ts';
import { presentAfter } from './facts-tail.ts';
import { featureReader } from './feature-reader.ts';
import { composeNotices } from './notices.ts';
import { composeOverrides } from './overrides.ts';
import { composeRecords } from './records.ts';
import { temporalReviews } from './review-workflows.ts';
import { composeReviews } from './reviews.ts';
import { temporalLink } from './temporal-link.ts';
import { composeDisputes, temporalDisputes } from './disputes.ts';
import { temporalWarnings } from './warning-workflows.ts';
import { composeWarnings } from './warnings.ts';
import { composeWebhooks } from './webhooks.ts';

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
  const { tenant } = project;
  const { oidc } = project.serving;
  const law = loadOverrideLaw(project.rulesDir);
  const acts = loadActs(project.rulesDir);
  const tokens = oidc === null ? null : await createTokenVerifier(oidc, tenant);
  const database = await openDatabase(databaseUrl);
  const keys = createKeys(database, tenant);
  const registry = createRegistry(database, tenant);
  const champions = createChampions(database, tenant);
  const snapshots = createSnapshots(database, tenant);
  const ruleSets = createRuleSets(database, tenant);
  const facts = createFacts(database, tenant);
  const storage = openStorage(project);
  const clock = presentAfter(() => systemClock.now());
  const standards = loadStandards(project.rulesDir);
  const handling = loadWarningHandling(project.rulesDir);
  const deadlines = loadDisputeDeadlines(project.rulesDir);
  const reviewPolicy = loadReviewPolicy(project.rulesDir);
  const recording = await composeRecords(project, { database, storage, registry, standards, acts, logger }).catch(
    async (error: unknown) => {
      await database.close();
      throw error;
    },
  );
  const { authority } = law;
  const { appender, pseudonyms } = recording;
  const queues = taskQueues(project);
  const link = temporalLink({
    namespace: project.temporalNamespace,
    codec: () => projectCodec(project),
    address: temporalAddress,
  });
  const dossiers = await composeDossiers({
    tenant,
    database,
    keys: dataPaths(project).keys,
    clock: systemClock,
    ratingIds: (customerId, limit) => recording.ratings.newestOf(customerId, limit),
  }).catch(async (error: unknown) => {
    await recording.close();
    await database.close();
    throw error;
  });
  const privacy = await composePrivacy({
    project,
    database,
    storage,
    appender,
    logger,
    temporalAddress,
  });
  const { vault } = dossiers;
  const notices = composeNotices({
    notices: createNotices(database, tenant, vault, afterNoticeEvent),
    mail: project.mail,
    clock: systemClock,
    logger,
  });
  const cases = composeCases({
    tenant,
    database,
    appender,
    pseudonyms,
    authority,
    workflows: temporalCases({ tenant, queues, authority, link }),
    logger,
  });
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
  const disputes = composeDisputes({
    tenant,
    disputes: createDisputes(database, tenant),
    deadlines,
    acceptFacts,
    appender,
    pseudonyms,
    workflows: temporalDisputes({ tenant, queues, link }),
    clock: systemClock,
    logger,
  });
  const feed = createChangeFeed(database, tenant);
  const warnings = composeWarnings({
    tenant,
    warnings: createWarnings(database, tenant),
    feed,
    records: recording.records,
    appender,
    pseudonyms,
    handling,
    workflows: temporalWarnings({ tenant, queues, handling, link }),
    logger,
  });
  await (async () => {
    await privacy.start();
    await cases.start();
  })().catch(async (error: unknown) => {
    await notices.close();
    await privacy.close();
    await cases.close();
    await link.close();
    await recording.close();
    await database.close();
    throw error;
  });
  warnings.start();
  const webhooks = composeWebhooks({
    webhooks: createWebhooks(database, tenant, await openMasterKeys(masterKeyFile(dataPaths(project).keys))),
    deliveries: createDeliveries(database, tenant),
    feed,
    policy: project.serving.webhooks,
    wake: (webhookId) => link.within((client) => wakeWebhook(client, { tenant, queues, webhookId })),
    logger,
  });
  webhooks.start();
  disputes.start();
  const reviews = composeReviews({
    clock: systemClock,
    calendar: createReviewCalendar(database, tenant),
    reviews: createReviews(database, tenant),
    records: recording.records,
    policy: reviewPolicy,
    authority,
    scale: standards.masterScale,
    logger,
    feed,
    files: dossiers.files,
    appender,
    pseudonyms,
    workflows: temporalReviews({ tenant, queues, authority, link }),
  });
  const deps: ServingDependencies = {
    defaults: { portfolio: project.portfolio, horizonMonths: project.labels.horizonMonths },
    clock,
    standards,
    records: recording.records,
    cases: cases.desk,
    overrides: composeOverrides({ tenant, database, appender, pseudonyms, law, clock: systemClock, outcomes }),
    agreements: createAgreements(database, tenant),
    notices: notices.desk,
    dossiers,
    privacy: privacy.desk,
    changes: feed,
    disputes: disputes.desk,
    warnings: warnings.desk,
    webhooks: webhooks.desk,
    reviews,
    portfolio: {
      ...createPortfolioReports(database, tenant),
      assumptions: loadPortfolioAssumptions(project.rulesDir),
    },
    standingRows: createStandingRows(database, tenant),
    standardsHash: recording.standardsHash,
    acts,
    actsHash: recording.actsHash,
    champions,
    challengers: composeChallengers(database, tenant),
    rules: rulesInForce(ruleSets, project.rulesDir),
    ruleSets,
    async loadModel(modelHash) {
      const { artefactRef } = await registry.model(modelHash);
      return loadArtefact(await storage.materialise(artefactRef), { expectedHash: modelHash });
    },
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
    corsOrigins: project.serving.corsOrigins,
    logger,
  };
  return {
    deps,
    close: async () => {
      try {
        await webhooks.close();
        await notices.close();
        await privacy.close();
        await reviews.end();
        await warnings.close();
        await disputes.close();
        await cases.close();
        await link.close();
        await recording.close();
      } finally {
        await database.close();
      }
    },
  };
}
