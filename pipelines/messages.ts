import type { CandidateState } from '../models/registry/candidate.ts';
import type { AuthorityLimits } from '../rating/cases/authority-schema.ts';
import type { ReferralCase } from '../rating/cases/case.ts';
import type { Dispute } from '../rating/disputes/dispute.ts';
import type { CustomerReview } from '../rating/reviews/review.ts';
import type { WarningHandling } from '../rating/warnings/handling-schema.ts';
import type { EarlyWarning } from '../rating/warnings/warning.ts';
import type { MonitoringAction } from '../rating/monitoring/actions.ts';
import type { Slot } from '../models/registry/slot.ts';
import type { CopyInSnapshot, ReconciliationFinding } from '../records/reconciliation/daily.ts';
import type { ModelComparison } from '../models/validation/index.ts';

/**
 * What passes between client, workflows and activities: plain data, small enough for workflow history.
 * Large results are references (a folder, a content hash), never rows. Instants are ISO texts.
 */

/** Name under which the system itself decides (a deadline passed, a newer request came). */
export const SYSTEM_ACTOR = 'probity';

/** Where and for whom a workflow works. */
export interface Scope {
  readonly tenant: string;
  readonly queues: { readonly training: string; readonly features: string };
  /** After how long without a heartbeat an activity counts as dead; default 20 s. */
  readonly heartbeatTimeoutMs?: number;
}

export interface RetrainInput extends Scope {
  readonly slot: Slot;
  /** Names this request: its run folder, its candidate. Made by whoever asks (a UUID). */
  readonly requestId: string;
  /** The person who asks; may not approve. */
  readonly submitter: string;
  readonly seed: number;
  /** The data's cut-off: facts learned later are not read. Default: when the workflow began. */
  readonly asOf?: string;
  /** How long a candidate waits for a decision; default 7 days. */
  readonly approvalDeadlineMs?: number;
  /** Requests that this one replaced, newest last. */
  readonly superseded?: readonly SupersededRequest[];
}

export interface SupersededRequest {
  readonly requestId: string;
  readonly submitter: string;
  readonly candidateId: string | null;
}

/** How a retraining ended. */
export interface RetrainOutcome {
  readonly requestId: string;
  /** `unchanged`: the training gave the champion's very model, so there was nothing to decide. */
  readonly status: 'promoted' | 'rejected' | 'expired' | 'superseded' | 'unchanged';
  readonly candidateId: string | null;
  readonly modelHash: string | null;
  readonly snapshotId: string | null;
  readonly decidedBy: string | null;
  readonly reason: string | null;
}

/** One step of a workflow, for its progress. */
export interface StepRecord {
  readonly step: string;
  readonly state: 'running' | 'done' | 'failed';
  readonly startedAt: string;
  readonly seconds: number | null;
}

/** The answer of the query `progress`. */
export interface WorkflowProgress {
  readonly requestId: string;
  readonly step: string;
  /** Share of the workflow's steps that are done, 0 to 1. */
  readonly fraction: number;
  readonly message: string;
  readonly steps: readonly StepRecord[];
  /** Requests that ended because this one came. */
  readonly superseded: readonly SupersededRequest[];
}

/** A validation gate and whether it passed. */
export interface GateResult {
  readonly gate: string;
  readonly passed: boolean;
  readonly message: string;
}

export interface ModelFigures {
  readonly modelHash: string;
  readonly auc: number;
  readonly logLoss: number;
  readonly brier: number;
}

/** Champion and candidate on the same rows (the candidate's test set). */
export interface Comparison {
  readonly rows: number;
  readonly bads: number;
  readonly testSetHash: string;
  readonly candidate: ModelFigures;
  /** Null where the slot has no champion, or the champion cannot read these rows. */
  readonly champion: ModelFigures | null;
  /**
   * Candidate (first) and champion (second) on these rows: paired differences of AUC and of profit, and whether either is truly better.
   * Null where there are no figures of a champion; absent in validations from before it was kept.
   */
  readonly paired?: ModelComparison | null;
  /** Why there are no figures of a champion, or what one should know about them. */
  readonly note: string | null;
}

/** What the approver is shown: the answer of the query `candidate`. */
export interface CandidateView {
  readonly candidateId: string;
  readonly modelHash: string;
  readonly submitter: string;
  readonly state: CandidateState;
  /** Present: the model uses protected attributes or is a yardstick, and cannot be approved. */
  readonly use?: 'benchmark-only';
  readonly gatesPassed: boolean;
  readonly gates: readonly GateResult[];
  readonly comparison: Comparison;
  /** Folder of the validation report. */
  readonly report: string;
  readonly waitsUntil: string;
}

/** A person's decision: the argument of the update `decide`. */
export interface ApprovalRequest {
  readonly kind: 'approve' | 'reject';
  readonly actor: string;
  readonly reason: string | null;
}

export interface RefreshInput extends Scope {
  readonly requestId?: string;
  readonly asOf?: string;
}

export interface RefreshOutcome {
  readonly snapshotId: string;
  readonly imports: ImportSummary;
}

export interface RescoreInput extends Scope {
  /** Whose portfolio is scored, and for what: default over a horizon, late payment, a term structure. Every segment's own champion scores its customers. */
  readonly slot: Slot;
  readonly requestId?: string;
  /** Customer buckets; default 16. */
  readonly partitions?: number;
  /** Buckets scored at the same time; default 2. */
  readonly concurrency?: number;
  /** Buckets scored by one run of the workflow before it continues as new; default 200. */
  readonly partitionsPerRun?: number;
  /** Set when the workflow continues as new. */
  readonly resume?: RescoreState;
}

export interface RescoreState {
  readonly snapshotId: string;
  readonly modelHash: string;
  /** Whose champions score their customers; absent in runs that began before they were named. */
  readonly models?: readonly { readonly slot: string; readonly modelHash: string }[];
  /** When the snapshot and the models were chosen. */
  readonly begunAt?: string;
  readonly requestId: string;
  readonly next: number;
  readonly rows: number;
}

/** Where the scores lie, and what is in them. */
export interface RescoreOutcome {
  /** Folder with one Parquet file a bucket and `manifest.json`. */
  readonly folder: string;
  readonly manifestHash: string;
  readonly snapshotId: string;
  readonly modelHash: string;
  readonly partitions: number;
  readonly rows: number;
  readonly meanPd: number | null;
  /** Whose champions scored, how many customers each. */
  readonly models?: readonly { readonly slot: string; readonly modelHash: string; readonly customers: number }[];
  /** Customers whom no slot decides about; absent: none. */
  readonly unscored?: number;
}

export interface ShadowScoreInput extends Scope {
  /** Records of the audit chain that one batch reads for each shadow; default 2000. */
  readonly most?: number;
  /** Set when the workflow continues as new. */
  readonly done?: ShadowScoreOutcome;
}

/** How many records were read, and ratings scored and skipped, over all shadows. */
export interface ShadowScoreOutcome {
  readonly read: number;
  readonly scored: number;
  readonly skipped: number;
}

/** What an import did, in counts. */
export interface ImportSummary {
  readonly sources: readonly {
    readonly source: string;
    readonly table: string;
    readonly read: number;
    readonly loaded: number;
    readonly quarantined: number;
  }[];
  /** Acknowledged facts drained into the warehouse, and the sequence number of the last one there. */
  readonly facts: number;
  readonly factsThrough: number;
}

export interface TrainingSetSummary {
  readonly trainRows: number;
  readonly trainBads: number;
  readonly testRows: number;
  readonly testBads: number;
  readonly trainHash: string;
  readonly testHash: string;
}

export interface TrainingSummary {
  readonly modelHash: string;
  readonly auc: number;
  readonly logLoss: number;
  /** Present: the model may not decide. */
  readonly use?: 'benchmark-only';
}

export interface ValidationSummary {
  readonly reportHash: string;
  readonly gatesPassed: boolean;
  readonly gates: readonly GateResult[];
  readonly comparison: Comparison;
}

export interface ProofSummary {
  readonly modelHash: string;
  /** Rows of golden vectors on which the engines agreed. */
  readonly vectors: number;
}

export interface SnapshotSummary {
  readonly snapshotId: string;
}

/** Follows one referred case until people have decided it. */
export interface CaseInput extends Scope {
  readonly case: ReferralCase;
  readonly authority: AuthorityLimits;
  /** Events that the case has seen; set when the workflow continues as new. */
  readonly revision?: number;
}

/** Takes customers whose erasure was asked for out of files and histories. */
export interface EraseInput extends Scope {
  /** How long servers may take to serve the new snapshot before the old ones go; default 30 s. */
  readonly graceMs?: number;
}

export interface RetentionInput extends Scope {
  /** Who applies the rules, for the record. */
  readonly actor: string;
  /** The instant that ages are counted to; default: when the workflow began. */
  readonly asOf?: string;
  /** How long servers may take to serve the new snapshot before the older ones go; default 60 s. */
  readonly graceMs?: number;
}

export interface RetentionOutcome {
  /** What of each kind was due and went, and what stayed on legal hold. */
  readonly kinds: readonly { readonly kind: string; readonly due: number; readonly held: number }[];
  /** Older snapshots that went. */
  readonly snapshots: number;
}

/** Compares every copy of what sources reported. */
export interface ReconcileInput extends Scope {
  /** Default: when the workflow began. */
  readonly asOf?: string;
}

export interface ReconcileOutcome {
  readonly reconciliationId: string;
  /** Facts that the warehouse lacked, or held with other values, and holds now. */
  readonly repaired: number;
  /** How the newest snapshot was found, and how it is now. */
  readonly snapshot: { readonly found: CopyInSnapshot['state']; readonly now: CopyInSnapshot['state'] };
  /** What a person has to look at. */
  readonly findings: readonly ReconciliationFinding[];
}

export interface EraseOutcome {
  /** How many customers. */
  readonly erased: number;
  /** The snapshot without them; null: none held them. */
  readonly snapshotId: string | null;
}

/** Follows one early warning until it is closed. */
export interface WarningInput extends Scope {
  readonly warning: EarlyWarning;
  readonly handling: WarningHandling;
  /** Events that the warning has seen; set when the workflow continues as new. */
  readonly revision?: number;
}

/** Follows one dispute until it is closed. */
export interface DisputeInput extends Scope {
  readonly dispute: Dispute;
  /** Events that the dispute has seen; set when the workflow continues as new. */
  readonly revision?: number;
}

/** A portfolio report that was put on record. */
export interface PortfolioReported {
  readonly reportId: string;
  readonly customers: number;
  readonly exposure: number;
  readonly expectedLoss: number;
}

/** Looks at the models of a portfolio: scores it, compares, puts a report for each slot on record. */
export interface MonitorInput extends RescoreInput {
  /** Whether the newest snapshot is scored first; default: true. */
  readonly rescore?: boolean;
}

/** Slots that tell the same of customers, each of some of them, and so are scored together. */
export interface SlotFamily {
  readonly slots: readonly KeyedSlot[];
}

/** A slot beside its key, which workflow code cannot make. */
export interface KeyedSlot {
  readonly slot: Slot;
  readonly key: string;
}

/** A slot with a champion that was not looked at, and why. */
export interface NotFollowed {
  readonly slot: string;
  readonly code: string;
  readonly message: string;
}

/** A retraining as monitoring asks for it: who asks, and with which seed, is known where it is asked for. */
export type RetrainRequest = Pick<RetrainInput, 'tenant' | 'queues' | 'slot' | 'requestId'>;

/** A report on a model, and what followed it. */
export interface Look extends Monitored {
  readonly actions: readonly { readonly action: MonitoringAction; readonly state: string; readonly detail: string }[];
}

/** What a run of monitoring came to, slot by slot. */
export interface MonitoringOutcome {
  readonly looks: readonly Look[];
  readonly notFollowed: readonly NotFollowed[];
}

/** A report on a model that was put on record. */
export interface Monitored {
  readonly reportId: string;
  readonly slot: string;
  readonly model: string;
  readonly asOf: string;
  readonly result: 'alarm' | 'immaterial' | 'quiet';
  readonly evidence: number | null;
  /** Inputs that are gone or empty. */
  readonly broken: readonly string[];
}

/** Follows one review until it is signed off. */
export interface ReviewInput extends Scope {
  readonly review: CustomerReview;
  readonly authority: AuthorityLimits;
  /** Events that the review has seen; set when the workflow continues as new. */
  readonly revision?: number;
}

/** Delivers what is pending for one webhook. */
export interface WebhookInput extends Scope {
  readonly webhookId: string;
}

/** Looks at the signals of every customer. */
export interface SignalsInput extends Scope {
  readonly slot: Slot;
  /** Score the portfolio first, so that falls of scores are seen; default true. */
  readonly rescore?: boolean;
  /** Parts of the portfolio looked at one by one; default 16, or as many as the snapshot has buckets. */
  readonly partitions?: number;
  /** Parts looked at at the same time; default 2. */
  readonly concurrency?: number;
}

/** What a look at signals found. */
export interface SignalsOutcome {
  readonly look: string;
  readonly asOf: string;
  readonly customers: number;
  /** Triggers that came up, changed, and are gone. */
  readonly raised: number;
  readonly changed: number;
  readonly ceased: number;
}

/** Looks at the customers whom newly acknowledged facts are about. */
export type TouchedSignalsInput = Scope;
