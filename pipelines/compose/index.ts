import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PayloadCodec } from '@temporalio/common';
import { dataPaths, instant, messageOf, type Project, removeAbandonedBelow, systemClock } from '../../base/index.ts';
import type { ErasedCustomers } from '../../features/erasure/index.ts';
import { auditPlaces, openSignedAppender, type SignedAppender } from '../../records/assurance/index.ts';
import { createCases } from '../../records/cases/index.ts';
import { openPseudonymKey } from '../../records/checkpoints/index.ts';
import { createDisputes } from '../../records/disputes/index.ts';
import { createMonitoringActions, createMonitoringGaps, createMonitoringReports } from '../../records/reports/index.ts';
import { createShadows } from '../../records/shadows/index.ts';
import { loadActionPolicy, readRegimesFile } from '../../rating/index.ts';
import { createReviews } from '../../records/reviews/index.ts';
import { createRuleSets } from '../../records/rules/index.ts';
import { createSignals } from '../../records/signals/index.ts';
import { createChangeFeed, createGrantedLimits } from '../../records/changes/index.ts';
import { masterKeyFile, openFreeTexts, openMasterKeys } from '../../records/privacy/index.ts';
import { createWarnings } from '../../records/warnings/index.ts';
import { createDeliveries, createWebhooks, deliverDue } from '../../records/webhooks/index.ts';
import { migrate, openDatabase, type Database } from '../../records/database/index.ts';
import { createFacts } from '../../records/facts/index.ts';
import { createReconciliations, createStandingRows, createStatements } from '../../records/reconciliation/index.ts';
import { createErasures, createLegalBases, loadBasisPolicy, type Erasures } from '../../records/privacy/index.ts';
import { loadOverrideLaw, overrideInForce } from '../../rating/index.ts';
import { pseudonymsUnder, sharedPseudonyms } from '../../records/ratings/index.ts';
import {
  createChampions,
  createRegistry,
  createRulesOnlySlots,
  createSnapshots,
} from '../../records/registry/index.ts';
import { openStorage } from '../../records/storage/index.ts';
import type { PipelineDependencies } from '../activities/index.ts';
import { connectPipelines, submitRetrain, type PipelineClient } from '../client.ts';
import { projectSlot } from '../requests.ts';
import { projectCodec } from '../payload-codec.ts';
import { runChecks } from './checks.ts';
import { composePortfolio } from './compose-portfolio.ts';
import { erasureWork } from './erasure-work.ts';
import { handOver } from './hand-over.ts';
import { modelWork } from './model-work.ts';
import { monitoringWork } from './monitoring-work.ts';
import { registryWork } from './registry-work.ts';
import { rulesInForce } from './portfolio-standards.ts';
import { reconciliationWork } from './reconciliation-work.ts';
import { retentionWork } from './retention-work.ts';
import { scoringWork } from './scoring-work.ts';
import { signalWork } from './signal-work.ts';
import { composeShadowWork } from './score-shadows-now.ts';
import { warehouseWork } from './warehouse-work.ts';

export { composePortfolio, customerReportsOf, reportTeller } from './compose-portfolio.ts';
export { composeCustomerReports } from './customer-reports.ts';
export { followedSlots, noteNotFollowed, notFollowedOf } from './followed-slots.ts';
export { monitorLabels, monitorModel, type MonitorParts } from './monitor-work.ts';
export { lawfulRelation } from './lawful-relation.ts';
export { projectMonitorParts } from './project-monitor.ts';
export { portfolioStandards } from './portfolio-standards.ts';
export { retentionWork } from './retention-work.ts';

/** The real dependencies of a project's worker, and how to let go of them. */
export interface Composition {
  readonly dependencies: PipelineDependencies;
  /** What seals the payloads of the project's workflows. */
  readonly codec: PayloadCodec;
  close(): Promise<void>;
}

/**
 * Opens what a worker needs: the operational database (migrated), what it appends to the audit chain with, the storage, and, once a schedule asks, a client of the server. What
 * killed workers have left on this machine is removed first.
 */
export async function composeDependencies(
  project: Project,
  services: { readonly databaseUrl: string; readonly temporalAddress: string },
): Promise<Composition> {
  const { tenant } = project;
  const paths = dataPaths(project);
  const opened = await openDatabase(services.databaseUrl);
  let database: Database;
  let signed: SignedAppender;
  try {
    await migrate(opened);
    database = await openFreeTexts(opened, tenant, paths.keys);
    signed = await openSignedAppender({
      database,
      places: auditPlaces(project),
      onError: (error) => process.stderr.write(`a checkpoint could not be written: ${messageOf(error)}\n`),
    });
  } catch (error) {
    await opened.close();
    throw error;
  }
  const { appender } = signed;
  const storage = openStorage(project);
  await storage.sweep(tenant);
  for (const folder of [paths.runs, paths.scores]) await removeAbandonedBelow(folder);
  const registry = createRegistry(database, tenant);
  const champions = createChampions(database, tenant);
  const snapshots = createSnapshots(database, tenant);
  const facts = createFacts(database, tenant);
  const monitoringReports = createMonitoringReports(database, tenant);
  const bases = { policy: loadBasisPolicy(project.rulesDir), bases: createLegalBases(database, tenant) };
  const codec = await projectCodec(project);
  let pipelines: Promise<PipelineClient> | null = null;
  const connected = (): Promise<PipelineClient> => {
    pipelines ??= connectPipelines(services.temporalAddress, project.temporalNamespace, codec);
    return pipelines;
  };
  /** The tenant's key, known to be the one that its database knows. */
  const pseudonymKey = async (): Promise<Uint8Array> => {
    const key = await openPseudonymKey(paths.keys);
    await sharedPseudonyms(database, tenant, key);
    return key;
  };
  const erasures = async (): Promise<Erasures> =>
    createErasures({
      database,
      tenant,
      appender,
      pseudonymKey: await pseudonymKey(),
      audit: paths.audit,
    });
  const erased = async (): Promise<ErasedCustomers> => {
    const known = await database.db
      .selectFrom('erasures')
      .select('subject')
      .where('tenant', '=', tenant)
      .where('hashed', '=', true)
      .execute();
    const subjects = known.map(({ subject }) => subject);
    return { subjects, key: subjects.length === 0 ? new Uint8Array() : await pseudonymKey() };
  };
  return {
    codec,
    dependencies: {
      tenant,
      clock: systemClock,
      runs: paths.runs,
      scores: paths.scores,
      handOver: handOver(tenant, storage),
      warehouse: warehouseWork({ project, facts, registry, champions, snapshots, storage, erased, bases }),
      model: modelWork(
        project,
        async (hash) => storage.materialise((await registry.model(hash)).artefactRef),
        async (slot) => (await champions.championAt(slot, instant(systemClock.now())))?.modelHash ?? null,
      ),
      registry: registryWork(tenant, registry, champions, storage),
      scoring: scoringWork({ clock: systemClock, registry, champions, snapshots, storage, bases }),
      cases: createCases(database, tenant),
      erasure: erasureWork({
        project,
        database,
        storage,
        snapshots,
        erasures,
        pseudonymKey,
        client: async () => (await connected()).client,
      }),
      retention: retentionWork({
        project,
        database,
        storage,
        snapshots,
        registry,
        champions,
        appender,
        pseudonyms: async () => pseudonymsUnder(await pseudonymKey()),
      }),
      reconciliation: reconciliationWork({
        project,
        standing: createStandingRows(database, tenant),
        statements: createStatements(database, tenant),
        reconciliations: createReconciliations(database, tenant),
        snapshots,
        storage,
        erased,
      }),
      shadows: composeShadowWork(project, database),
      warnings: createWarnings(database, tenant),
      webhooks: {
        deliverDue: async (webhookId) =>
          deliverDue(
            {
              webhooks: createWebhooks(database, tenant, await openMasterKeys(masterKeyFile(paths.keys))),
              deliveries: createDeliveries(database, tenant),
              feed: createChangeFeed(database, tenant, overrideInForce(loadOverrideLaw(project.rulesDir).policy)),
              policy: project.serving.webhooks,
              now: Date.now,
            },
            webhookId,
          ),
      },
      disputes: createDisputes(database, tenant),
      reviews: createReviews(database, tenant),
      monitoring: monitoringWork({
        clock: systemClock,
        look: async (slot, signal) => {
          const folder = await mkdtemp(join(tmpdir(), 'probity-monitor-'));
          try {
            return await runChecks(
              { kind: 'monitor', project, databaseUrl: services.databaseUrl, slot, folder },
              signal,
            );
          } finally {
            await rm(folder, { recursive: true, force: true });
          }
        },
        reports: monitoringReports,
        gaps: createMonitoringGaps(database, tenant),
        actions: createMonitoringActions(database, tenant, appender, monitoringReports),
        policy: () => loadActionPolicy(project.rulesDir),
        registry,
        champions,
        rulesOnly: createRulesOnlySlots(database, tenant),
        shadows: createShadows(database, tenant),
        storage,
        seed: project.training.seed,
      }),
      portfolio: composePortfolio(project, database),
      signals: signalWork({
        rulesDir: project.rulesDir,
        scores: paths.scores,
        slot: projectSlot(project),
        facts,
        snapshots,
        storage,
        signals: createSignals(database, tenant),
        bases,
        regimes: async () => readRegimesFile(await rulesInForce(project, createRuleSets(database, tenant))),
        granted: createGrantedLimits(
          database,
          tenant,
          async () => pseudonymsUnder(await pseudonymKey()),
          overrideInForce(loadOverrideLaw(project.rulesDir).policy),
        ),
      }),
      submitRetrain: async (input) => {
        return submitRetrain((await connected()).client, input);
      },
    },
    close: async () => {
      await (await pipelines)?.close();
      try {
        await signed.close();
      } finally {
        await database.close();
      }
    },
  };
}
