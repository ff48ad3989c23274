import type { CustomerKeys } from '../features/contracts/index.ts';
import type { FeatureTables } from '../features/views/index.ts';
import type { Logger } from 'pino';
import type { AsOf, Clock, Instant, Json, Problem } from '../base/index.ts';
import type { FeatureValues, NamedArtefact } from '../models/artefact/index.ts';
import type { Slot } from '../models/registry/index.ts';
import type { Agreements } from '../records/agreements/index.ts';
import type { ChangeFeed } from '../records/changes/index.ts';
import type { Keys } from '../records/keys/index.ts';
import type { Reconciliations, StandingRows, Statements } from '../records/reconciliation/index.ts';
import type { ProposedEffect, RuleSets } from '../records/rules/index.ts';
import type { AlertDesk } from './alerts/desk.ts';
import type { CaseDesk } from './cases/desk.ts';
import type { DisputeDesk } from './disputes/desk.ts';
import type { ReviewDesk } from './reviews/desk.ts';
import type { WarningDesk } from './warnings/desk.ts';
import type { ReviewWarnings } from './warnings/review.ts';
import type { WebhookDesk } from './webhooks/desk.ts';
import type { Dossiers } from './customers/dossiers.ts';
import type { PrivacyDesk } from './customers/privacy.ts';
import type { NoticeDesk } from './notices/desk.ts';
import type { ControlDesk } from './portfolio/control-desk.ts';
import type { OverrideDesk } from './overrides/desk.ts';
import type { Authenticator } from './access/index.ts';
import type {
  ActsFile,
  IncompleteSource,
  PortfolioAssumptions,
  RatingStandards,
  RuleFiles,
  StaleSource,
  LawOfRules,
} from '../rating/index.ts';
import type {
  CustomerReports,
  MonitoringGap,
  MonitoringReports,
  PortfolioReports,
  StoredAction,
} from '../records/reports/index.ts';
import type { TrafficSplit } from '../records/registry/index.ts';
import type { Shadow, ShadowCounts } from '../records/shadows/index.ts';
import type { Ratings } from '../records/ratings/index.ts';

/** Hash by feature view. */
export type ViewHashes = { readonly [view: string]: string };

/** Features of some customers, and what they rest on. Who is not in `customers` is not known as of then. */
export interface FeatureAnswer {
  readonly customers: ReadonlyMap<string, FeatureValues>;
  readonly staleSources: readonly StaleSource[];
  readonly incompleteSources: readonly IncompleteSource[];
  /** The tables that each feature is made from; one that is not here has none of ours. */
  readonly tables: FeatureTables;
  /** Sequence of the newest acknowledged fact that was looked at; 0: none. */
  readonly factsThrough: number;
}

/** Segments of customers, and the features that came along; null: none did. */
export interface SegmentAnswer {
  readonly segments: ReadonlyMap<string, string | null>;
  /** The tables that segments are made from. */
  readonly tables: readonly string[];
  readonly features: FeatureAnswer | null;
}

/** One published snapshot, open for reading: the views' SQL over published facts plus the facts acknowledged since. */
export interface FeatureReader {
  readonly snapshotId: string;
  /** Facts known by then are published in it. */
  readonly asOf: Instant;
  /** Why it cannot execute some of these very versions of views, by name; empty where it can. */
  viewProblems(wanted: ViewHashes): Promise<readonly Problem[]>;
  /**
   * Features by these very versions of the views, and those that are asked for by name which none of them gives, by the snapshot's own views.
   * Throws VIEW_MISMATCH where it cannot execute the versions that are wanted.
   */
  featuresOf(
    customerIds: readonly string[],
    asOf: AsOf,
    wanted: ViewHashes,
    asked: readonly string[],
  ): Promise<FeatureAnswer>;
  /**
   * The segment of each customer that is known as of then (null: no segment), and from the same look the features by `along`, with those `asked` for;
   * no features where these versions cannot be executed beside the snapshot's own view of segments.
   */
  segmentsOf(
    customerIds: readonly string[],
    asOf: AsOf,
    along: ViewHashes,
    asked: readonly string[],
  ): Promise<SegmentAnswer>;
  close(): Promise<void>;
}

/** A model that serves or served a slot. */
export interface Reign {
  readonly slot: Slot;
  readonly modelHash: string;
  readonly from: Instant;
  /** A challenger that decides for a share of the slot's customers; absent: none. */
  readonly split?: {
    readonly splitId: string;
    readonly modelHash: string;
    readonly share: number;
    readonly from: Instant;
  };
  /** Rules alone rate in its place; absent: it rates. */
  readonly rulesOnly?: { readonly from: Instant; readonly reportId: string | null };
}

/** A rule set in force, by content hash; `from` is null for the project's files. */
export interface RulesInForce {
  readonly hash: string;
  readonly from: Instant | null;
}

/** A fact checked against its contract, on its way to the operational database. */
export interface IncomingFact {
  readonly table: string;
  readonly values: { readonly [column: string]: string | number | boolean | null };
  readonly happenedAt: Instant;
  readonly source: string;
  readonly idempotencyKey: string | null;
  /** It says by `happenedAt` which version of its row it is. */
  readonly ordered?: boolean;
}

/** A stored fact: its place and clock, and whether its key was known already; then nothing was added. */
export interface AcceptedFact {
  readonly sequence: number;
  readonly knownFrom: Instant;
  readonly repeated: boolean;
  /** Under its known key something else is stored: the earlier one stands. */
  readonly differs: boolean;
}

/** Where ratings are recorded as evidence, and what old ones were computed with. */
export interface RatingRecords extends Pick<Ratings, 'record' | 'find' | 'ofKey'> {
  /** The content of a part by role and hash, for recomputing. Throws PART_MISSING. */
  part(role: string, hash: string): Promise<unknown>;
  /** Keeps a part for ever; answers its hash. */
  keep(role: string, content: Json): Promise<string>;
}

/** Everything that the server takes from outside; `cli/commands/serve.ts` composes the real ones, tests pass fakes. */
export interface ServingDependencies {
  /** What a request that does not say is about. */
  readonly defaults: { readonly portfolio: string; readonly horizonMonths: number };
  readonly clock: Clock;
  readonly standards: RatingStandards;
  readonly champions: {
    standing(): Promise<readonly Reign[]>;
    championAt(slot: Slot, at: Instant): Promise<Reign | null>;
  };
  /** Who stands beside the champions. */
  readonly challengers: {
    shadows(): Promise<readonly (Shadow & ShadowCounts)[]>;
    splits(): Promise<readonly TrafficSplit[]>;
  };
  /** The rule sets of the registry, or of the project's files where the registry has none. */
  readonly rules: {
    /** In force now. */
    standing(): Promise<RulesInForce>;
    /** In force at an instant; before the first one, the project's files. */
    at(instant: Instant): Promise<RulesInForce>;
    load(hash: string): Promise<RuleFiles>;
  };
  /** Where rule sets are proposed, approved and rolled back. */
  readonly ruleSets: RuleSets;
  /** What rules that decide may not read, by the project's word. */
  readonly lawOfRules: LawOfRules;
  /** The names of all features that the package's and the project's views give, and those of the newest snapshot: attributes of the project's own are among these. */
  viewFeatures(): Promise<readonly string[]>;
  /** What a sound set would make of decisions on record. */
  effectOfRules(rules: { readonly hash: string; readonly files: RuleFiles }): Promise<ProposedEffect>;
  /** Loads an artefact and checks its hash. */
  loadModel(modelHash: string): Promise<NamedArtefact>;
  readonly snapshots: {
    newestId(): Promise<string | null>;
    open(snapshotId: string): Promise<FeatureReader>;
  };
  /** Stores all facts, durably, or none; answers each one's sequence and the instant from which it is known. */
  acceptFacts(facts: readonly IncomingFact[]): Promise<readonly AcceptedFact[]>;
  readonly records: RatingRecords;
  /** Where referred ratings wait for people. */
  readonly cases: CaseDesk;
  /** Where decisions are overridden. */
  readonly overrides: OverrideDesk;
  /** What customers agreed to do. */
  readonly agreements: Agreements;
  /** Where customers are told of decisions. */
  readonly notices: NoticeDesk;
  /** Where customers' disputes wait for people. */
  readonly disputes: DisputeDesk;
  /** Where reviews of customers wait for people. */
  readonly reviews: ReviewDesk;
  /** Reports on models. */
  readonly monitoring: Pick<MonitoringReports, 'find' | 'page' | 'newest'> & {
    readonly actionsOf: (reportId: string) => Promise<readonly StoredAction[]>;
    /** Slots that are not followed, and why. */
    readonly gaps: () => Promise<readonly MonitoringGap[]>;
  };
  /** Reports on the portfolio as a whole, and what they assume. */
  readonly portfolio: Pick<PortfolioReports, 'find' | 'page'> & { readonly assumptions: PortfolioAssumptions };
  /** How teams keep to what they are held to. */
  readonly control: ControlDesk;
  /** Reports on single customers. */
  readonly customerReports: CustomerReports;
  /** Where changes are posted to, and what became of that. */
  readonly webhooks: WebhookDesk;
  /** Where early warnings wait for people. */
  readonly warnings: WarningDesk;
  /** What the warnings of a period were worth. */
  readonly reviewWarnings: ReviewWarnings;
  /** What people are told of warnings, alarms and reports. */
  readonly alerts: AlertDesk;
  /** What is on file of customers. */
  readonly dossiers: Dossiers;
  /** Customers' rights over their data. */
  readonly privacy: PrivacyDesk;
  /** What became of customers, in order. */
  readonly changes: ChangeFeed;
  /** The rows that stand of one source, for reconciliation. */
  readonly standingRows: Pick<StandingRows, 'of'>;
  /** What sources last stated, kept for the daily reconciliation. */
  readonly statements: Pick<Statements, 'keep'>;
  /** Daily reconciliations on record. */
  readonly reconciliations: Pick<Reconciliations, 'page'>;
  /** What customers can do, for advice, and the hash under which that is kept among the parts. */
  readonly acts: ActsFile;
  readonly actsHash: string;
  /** The hash under which `standards` are kept among the parts. */
  readonly standardsHash: string;
  /** Finds out who asks. */
  readonly authenticate: Authenticator;
  /** The tenant's API keys, for those who manage them. */
  readonly keys: Keys;
  /** Requests of one caller in a minute (default 60 000). */
  readonly requestsPerMinute?: number;
  /** How long a JSON body may take to arrive, milliseconds (default 20 000). */
  readonly bodyMs?: number;
  /** What the project says of its customers' ids (default: that eleven digits may be a mobile number). */
  readonly customerKeys?: CustomerKeys;
  /** Origins of pages that may call from a browser (default: none). */
  readonly corsOrigins?: readonly string[];
  readonly logger: Logger;
  /** How often to look for a new champion or snapshot, milliseconds (default 1000). */
  readonly pollMs?: number;
}
