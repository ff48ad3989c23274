import { join } from 'node:path';
import type { Tenant } from './ids.ts';

/**
 * A user's project, normalised from `probity.yaml`: where specs, views, rules and data live, and which servers are used.
 * Every path is absolute.
 */
export interface Project {
  readonly root: string;
  readonly tenant: Tenant;
  readonly portfolio: string;
  /** Folder of everything that Probity writes for this project. */
  readonly dataDir: string;
  /** Import specs, in order. */
  readonly specs: readonly string[];
  /** Folder of the project's own feature views, or null. */
  readonly viewsDir: string | null;
  /** Folder of the project's own rating rules (points.json, master-scale.json, policy.json), or null: those of the package. */
  readonly rulesDir: string | null;
  /** Connection string of the operational database, or null: the embedded one under `dataDir`. */
  readonly databaseUrl: string | null;
  /** `host:port` of a Temporal server, or null: a local one with its data under `dataDir`. */
  readonly temporalAddress: string | null;
  readonly temporalNamespace: string;
  /** Where artefacts and snapshots are kept: a folder under `dataDir`, or an S3-compatible bucket. */
  readonly storage:
    | { readonly kind: 'folder' }
    | { readonly kind: 's3'; readonly bucket: string; readonly endpoint: string | null; readonly region: string };
  readonly serving: { readonly host: string; readonly port: number };
  /** How a default is defined and observed, for labels and horizons. */
  readonly labels: LabelPolicy;
  readonly training: { readonly seed: number; readonly observationMonths: number; readonly embargoDays: number };
}

/** A default definition as data. */
export interface LabelPolicy {
  readonly horizonMonths: number;
  /** `dpd`: an outcome with at least `daysPastDue`; `status`: an outcome whose status is one of `bad`. */
  readonly default:
    | { readonly kind: 'dpd'; readonly daysPastDue: number }
    | {
        readonly kind: 'status';
        readonly bad: readonly string[];
        readonly good: readonly string[];
        readonly observedAt: string;
      };
}

/** Where things lie under a project's data folder; every path carries the tenant. */
export function dataPaths(project: Pick<Project, 'dataDir' | 'tenant'>) {
  const tenantDir = join(project.dataDir, 'tenants', project.tenant);
  return {
    warehouse: join(tenantDir, 'warehouse.duckdb'),
    snapshots: join(tenantDir, 'snapshots'),
    artefacts: join(tenantDir, 'artefacts'),
    runs: join(tenantDir, 'runs'),
    scores: join(tenantDir, 'scores'),
    reports: join(tenantDir, 'reports'),
    /** Signed checkpoints of the audit chain and their anchors. */
    audit: join(tenantDir, 'audit'),
    /** Private and public keys: to be kept apart from every backup of the rest. */
    keys: join(tenantDir, 'keys'),
    postgres: join(project.dataDir, 'postgres'),
    temporalDatabase: join(project.dataDir, 'temporal.db'),
    logs: join(project.dataDir, 'logs'),
  } as const;
}
