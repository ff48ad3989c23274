import type { Instant, LabelPolicy, Project, Tenant } from '../../base/index.ts';
import type { LossFile, MasterScale, Materiality } from '../../rating/index.ts';
import type { Registry } from '../../records/registry/index.ts';
import type { MonitoringReports } from '../../records/reports/index.ts';
import {
  customersInDefault,
  outcomesOf,
  warehouseEnd,
  type AskedOutcome,
  type KnownOutcomes,
  type LawfulOutcomes,
} from './known-outcomes.ts';
import type { LawfulUse } from './lawful-relation.ts';
import type { PortfolioParts } from './portfolio-work.ts';

/** What became of customers, as far as the project's warehouse knows. */
export interface MonitorLabels {
  /** The end of what is known. */
  end(): Promise<Instant>;
  /** Customers of Parquet files who were in default at an instant, as known then. */
  inDefault(files: readonly string[], asOf: Instant): Promise<ReadonlySet<string>>;
  /** Outcomes as known at an instant; `months`: within so many, in the place of the slot's horizon. */
  outcomes(asked: readonly AskedOutcome[], knownBy: Instant, months?: number): Promise<KnownOutcomes>;
}

/** Outcomes of a project by a slot's definition, as far as their use is lawful. */
export function monitorLabels(project: Project, policy: LabelPolicy, lawful?: LawfulOutcomes): MonitorLabels {
  return {
    end: () => warehouseEnd(project),
    inDefault: (files, asOf) => customersInDefault(project, policy, files, asOf, lawful),
    outcomes: (asked, knownBy, months = policy.horizonMonths) =>
      outcomesOf(project, asked, { policy: { ...policy, horizonMonths: months }, knownBy, lawful }),
  };
}

/** What a look at a model reads, and where it is put on record. */
export interface MonitorParts extends Pick<PortfolioParts, 'scores' | 'snapshots' | 'storage'> {
  readonly tenant: Tenant;
  readonly registry: Pick<Registry, 'candidates' | 'model'>;
  readonly standards: () => Promise<{
    readonly masterScale: MasterScale;
    readonly loss: LossFile;
    readonly materiality: Materiality;
  }>;
  /** Absent: nobody can tell what became of customers, so those in default are not left out, and nothing of what was scored matures. */
  readonly labels?: MonitorLabels | undefined;
  /** The use of features as of an instant that needs a legal basis; absent: all may be used. */
  readonly lawful?: ((asOf: Instant) => LawfulUse) | undefined;
  /** Absent: the report is not put on record, and there is no yearly test. */
  readonly reports?: MonitoringReports | undefined;
  /** False: the report is kept without a look, as the book may hold customers whom training leaves out. */
  readonly takesLooks?: boolean;
}
