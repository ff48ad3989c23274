import { existsSync } from 'node:fs';
import { dataPaths, instant, systemClock, type Instant, type Project } from '../../base/index.ts';
import { loadMateriality } from '../../rating/index.ts';
import type { Database } from '../../records/database/index.ts';
import { createLegalBases, loadBasisPolicy, PORTFOLIO_MONITORING } from '../../records/privacy/index.ts';
import { createRegistry, createSnapshots } from '../../records/registry/index.ts';
import { createMonitoringReports } from '../../records/reports/index.ts';
import { createRuleSets } from '../../records/rules/index.ts';
import { openStorage } from '../../records/storage/index.ts';
import type { Slot } from '../../models/registry/index.ts';
import type { LawfulUse } from './lawful-relation.ts';
import { labelPolicyOf } from './label-policy.ts';
import { monitorLabels, type MonitorParts } from './monitor-parts.ts';
import { portfolioStandards } from './portfolio-standards.ts';

/** What monitoring a slot of a project reads and keeps. */
export function projectMonitorParts(project: Project, database: Database, slot: Slot): MonitorParts {
  const { tenant } = project;
  const basis = { policy: loadBasisPolicy(project.rulesDir), bases: createLegalBases(database, tenant) };
  const lawful = (asOf: Instant): LawfulUse => ({
    purpose: PORTFOLIO_MONITORING,
    instants: [asOf, instant(systemClock.now())],
    basis,
  });
  const hasWarehouse = existsSync(dataPaths(project).warehouse);
  return {
    tenant,
    scores: dataPaths(project).scores,
    snapshots: createSnapshots(database, tenant),
    storage: openStorage(project),
    registry: createRegistry(database, tenant),
    standards: async () => ({
      ...(await portfolioStandards(project, createRuleSets(database, tenant))),
      materiality: loadMateriality(project.rulesDir),
    }),
    lawful,
    // Without a warehouse nobody can tell who is in default.
    labels: hasWarehouse ? monitorLabels(project, labelPolicyOf(project, slot), lawful) : undefined,
    takesLooks: hasWarehouse,
    reports: createMonitoringReports(database, tenant),
  };
}
