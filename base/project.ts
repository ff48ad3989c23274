import { join } from 'node:path';
import type { Tenant } from './ids.ts';
import type { Role } from './roles.ts';

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
  /** Folder of the project's own rating rules (points.json, master-scale.json, policy.json; decision tables in tables/), or null: those of the package. */
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
  readonly serving: ServingConfig;
  /** What customers' ids look like. `elevenDigits`: those of eleven digits are numbers of the project's own, and no mobile numbers of China. */
  readonly customerKeys: { readonly elevenDigits: boolean };
  /** The mail server for notices to customers; null: none is sent by e-mail. */
  readonly mail: MailConfig | null;
  /** In whose name customers are told of decisions; null: notices name nobody, and those that Regulation B asks for cannot be issued. */
  readonly creditor: Creditor | null;
  /** How a default is defined and observed, for labels and horizons. */
  readonly labels: LabelPolicy;
  /** The second target: a payment more than `days` late within the horizon; null: not modelled. */
  readonly latePayment: { readonly days: number; readonly horizonMonths: number } | null;
  /** A term structure of PDs: customers are followed in steps of so many months, up to the horizon; null: not modelled. */
  readonly termStructure: { readonly stepMonths: number; readonly horizonMonths: number } | null;
  /** Whose list of protected attributes applies (null: every list), columns of the project's own, and features that may be used, with reasons. */
  readonly protected: {
    readonly jurisdictions: readonly string[] | null;
    readonly features: readonly string[];
    readonly permitted: readonly { readonly feature: string; readonly reason: string }[];
  };
  readonly training: {
    readonly seed: number;
    readonly observationMonths: number;
    readonly embargoDays: number;
    readonly benchmarkOnly: boolean;
    readonly exclude: readonly string[];
  };
}

/** The mail server that takes notices to customers. User and password are in the environment: PROBITY_SMTP_USER, PROBITY_SMTP_PASSWORD. */
export interface MailConfig {
  /** `smtps://host:465`, or `smtp://host:587`, whose connection is then made secure (STARTTLS). */
  readonly smtp: string;
  /** Who they are from: `Credit desk <credit@example.com>`. */
  readonly from: string;
}

/** Who gives credit, as notices name them (12 CFR 1002.9(a)(2)), and the federal agency that administers compliance (1002.9(b)(1), appendix A). */
export interface Creditor {
  readonly name: string;
  readonly address: string;
  readonly agency: { readonly name: string; readonly address: string } | null;
}

/** Where the API listens, and whom it lets in. */
export interface ServingConfig {
  readonly host: string;
  readonly port: number;
  /** Origins of web pages that may call the API from a browser; none: CORS is off. */
  readonly corsOrigins: readonly string[];
  /** Requests that one key, or one address without a good key, may send in a minute to one server. */
  readonly requestsPerMinute: number;
  /** The issuer whose tokens are taken beside keys; null: keys alone. */
  readonly oidc: OidcConfig | null;
  /** Whether webhooks may go to private networks, and to this host. */
  readonly webhooks: { readonly privateAddresses: boolean; readonly loopback: boolean };
}

/** One OpenID Connect issuer, and what its claims mean here. */
export interface OidcConfig {
  readonly issuer: string;
  readonly audience: string;
  /** Its JSON Web Key Set: an https address, or a file. */
  readonly jwks: string;
  /** The signature algorithms that are taken, asymmetric ones only. */
  readonly algorithms: readonly string[];
  readonly clockSkewSeconds: number;
  /** The claim that names who acts. */
  readonly actorClaim: string;
  /** The claim that must be this project's tenant; null: the audience alone tells tenants apart. */
  readonly tenantClaim: string | null;
  /** The claim with the roles, by name or by a path with dots. */
  readonly rolesClaim: string;
  /** Our role for each value of that claim; empty: its values are our roles. */
  readonly roles: { readonly [value: string]: Role };
}

/** A default definition as data. */
export interface LabelPolicy {
  readonly horizonMonths: number;
  /**
   * `dpd`: an outcome with at least `daysPastDue`; `status`: an outcome whose status is one of `bad`; `late`: an undisputed invoice that is
   * not paid in full `days` days after it was due (late payment, no default).
   */
  readonly default:
    | { readonly kind: 'dpd'; readonly daysPastDue: number }
    | { readonly kind: 'late'; readonly days: number }
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
