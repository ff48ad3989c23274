import type { Clock, Progress } from '../../base/index.ts';
import type { CaseEvent, ReferralCase } from '../../rating/cases/case.ts';
import type { Dispute, DisputeEvent } from '../../rating/disputes/dispute.ts';
import type { CustomerReview, ReviewEvent } from '../../rating/reviews/review.ts';
import type { EarlyWarning, WarningEvent } from '../../rating/warnings/warning.ts';
import type { MonitoringAction } from '../../rating/monitoring/actions.ts';
import type { Slot } from '../../models/registry/slot.ts';
import type { Round } from '../../records/webhooks/deliver.ts';
import type { BucketStamp } from '../score-manifest.ts';
import type { ReconciliationWork, RetentionWork } from './upkeep.ts';
import type {
  ImportSummary,
  Monitored,
  NotFollowed,
  PortfolioReported,
  ProofSummary,
  RetrainInput,
  RetrainRequest,
  SlotFamily,
  SnapshotSummary,
  TrainingSetSummary,
  TrainingSummary,
  ValidationSummary,
} from '../messages.ts';

/** How a long task reports and is told to stop. */
export interface StepContext {
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

/**
 * Everything that the activities do to the world, as narrow interfaces of plain data. `compose.ts` gives the real ones; tests give
 * their own. A `folder` argument is an empty folder that the step owns: it is published by a rename once the call returns.
 */
export interface PipelineDependencies {
  readonly tenant: string;
  readonly clock: Clock;
  /** Folder of run folders, and folder of portfolio scores. */
  readonly runs: string;
  readonly scores: string;
  /** Passes finished steps between workers that may share no folder; null: they share one. */
  readonly handOver: HandOver | null;
  readonly warehouse: WarehouseWork;
  readonly model: ModelWork;
  readonly registry: RegistryWork;
  readonly scoring: ScoringWork;
  readonly cases: CaseWork;
  readonly erasure: ErasureWork;
  readonly retention: RetentionWork;
  readonly reconciliation: ReconciliationWork;
  readonly shadows: ShadowWork;
  readonly warnings: WarningWork;
  readonly webhooks: WebhookWork;
  readonly disputes: DisputeWork;
  readonly reviews: ReviewWork;
  readonly portfolio: PortfolioWork;
  readonly signals: SignalWork;
  readonly monitoring: MonitoringWork;
  /** Hands a scheduled request to the client, so that schedules and people share one policy. */
  readonly submitRetrain: (input: RetrainInput) => Promise<{ readonly workflowId: string }>;
}

/** The storage of finished steps. Giving the same step twice changes nothing. */
export interface HandOver {
  give(requestId: string, step: string, folder: string): Promise<void>;
  /** A local folder with a step that was given, fetched and checked where it is not local; null where there is none. */
  take(requestId: string, step: string): Promise<string | null>;
}

/** Work inside the warehouse; only the features queue calls it. Every call opens it, and closes it again. */
export interface WarehouseWork {
  /** Imports every source of the project and drains the acknowledged facts. The same content twice changes nothing. */
  pullSources(request: { readonly now: string }, context: StepContext): Promise<ImportSummary>;
  /** Writes train and test set into `folder`, from what was known at `now`. */
  buildTrainingSet(
    request: { readonly now: string; readonly folder: string; readonly slot: Slot; readonly seed: number },
    context: StepContext,
  ): Promise<TrainingSetSummary>;
  /**
   * Publishes raw facts and feature tables as of `now` (or of the data's end, where that is earlier), and announces the snapshot; the
   * same content gives the same id.
   */
  publishSnapshot(request: { readonly now: string }, context: StepContext): Promise<SnapshotSummary>;
}

/** Training and checks of one model; heavy parts run in processes of their own, never on the worker's event loop. */
export interface ModelWork {
  train(
    request: {
      readonly trainingSet: string;
      readonly folder: string;
      /** Survives a killed attempt, so that the next one resumes from the last finished epoch. */
      readonly checkpoints: string;
      readonly seed: number;
      readonly slot: Slot;
    },
    context: StepContext,
  ): Promise<TrainingSummary>;
  validate(
    request: {
      readonly trainingSet: string;
      readonly model: string;
      readonly folder: string;
      readonly slot: Slot;
      readonly champion: string | null;
    },
    context: StepContext,
  ): Promise<ValidationSummary>;
  proveEngines(
    request: { readonly model: string; readonly folder: string },
    context: StepContext,
  ): Promise<ProofSummary>;
}

/** The model registry; every call may be repeated without effect. */
export interface RegistryWork {
  championAt(slot: Slot, instant: string): Promise<string | null>;
  register(request: {
    readonly runId: string;
    readonly slot: Slot;
    readonly submitter: string;
    /** Folders of the finished steps. */
    readonly model: string;
    readonly validation: string;
    readonly proof: string;
    readonly summary: ValidationSummary;
  }): Promise<{ readonly candidateId: string }>;
  decide(request: {
    readonly candidateId: string;
    readonly kind: 'approve' | 'reject' | 'expire' | 'supersede';
    readonly actor: string;
    readonly reason: string | null;
  }): Promise<void>;
  promote(request: { readonly candidateId: string; readonly slot: Slot; readonly actor: string }): Promise<void>;
}

/** A slot whose champion scores its customers. */
export interface Scorer {
  readonly slot: string;
  readonly modelHash: string;
}

/** Scoring of a published snapshot. */
export interface ScoringWork {
  /** The champions of the slots that tell the same of customers as `slot`, that of all segments first; none: nobody can be scored. */
  scorers(slot: Slot): Promise<readonly Scorer[]>;
  /**
   * The newest snapshot, and the champions of the slots that tell the same of customers as `slot`: that of all segments first (`modelHash`), where it has one. Throws NO_CHAMPION where none
   * has, SNAPSHOT_NOT_FOUND.
   */
  target(slot: Slot): Promise<{
    readonly snapshotId: string;
    readonly modelHash: string;
    readonly models: readonly Scorer[];
  }>;
  /** Writes the scores of one customer bucket to `file` (Parquet); where there are several models, its column `slot` names whose champion scored a customer. */
  scoreBucket(
    request: {
      readonly snapshotId: string;
      readonly modelHash: string;
      /** Absent: one model scores everybody. */
      readonly models?: readonly Scorer[] | undefined;
      readonly bucket: number;
      readonly buckets: number;
      readonly file: string;
    },
    context: StepContext,
  ): Promise<Omit<BucketStamp, 'file' | 'hash'>>;
}

/** How many were removed or rewritten, by table or kind of file. */
export type RemovedCounts = { readonly [what: string]: number };

/** What an erasure does outside the operational database's tables, and its end. Every call may be repeated: what is gone stays gone. */
export interface ErasureWork {
  /** Pseudonyms of customers whose erasure is not finished, so many that they fit into a history. */
  unfinished(): Promise<readonly string[]>;
  /** Ends the workflows of their cases and warnings and deletes their histories. */
  endWorkflows(subjects: readonly string[]): Promise<RemovedCounts>;
  /** Removes them from the warehouse, whose file is then written anew; `publish`: the newest snapshot holds them still. */
  eraseWarehouse(
    request: { readonly subjects: readonly string[]; readonly now: string },
    context: StepContext,
  ): Promise<{ readonly removed: RemovedCounts; readonly publish: boolean }>;
  /** Removes older snapshots and files of features that hold them, and their ids from training sets. */
  eraseFiles(subjects: readonly string[], context: StepContext): Promise<RemovedCounts>;
  /** Removes them from the scores of portfolios. */
  eraseScores(subjects: readonly string[], context: StepContext): Promise<RemovedCounts>;
  /** Removes what came to the operational database meanwhile, has it write its touched tables anew, and notes the end. */
  finish(subjects: readonly string[], context: StepContext): Promise<RemovedCounts>;
}

/** The store of referred cases; every call may be repeated without effect. */
export interface CaseWork {
  save(after: ReferralCase, revision: number, event: CaseEvent, at: string): Promise<void>;
}

/** Challengers in the shadow of slots; a batch is stored together with the place up to which it read, so that a call may be repeated. */
export interface ShadowWork {
  /** Reads up to `most` records of the audit chain on for each shadow. `more`: there are more already. */
  scoreNext(
    request: { readonly most: number },
    context: StepContext,
  ): Promise<{ readonly read: number; readonly scored: number; readonly skipped: number; readonly more: boolean }>;
}

/** The store of early warnings; every call may be repeated without effect. */
export interface WarningWork {
  save(after: EarlyWarning, revision: number, event: WarningEvent, at: string): Promise<void>;
}

/** One look at signals, the same for all of its parts. */
export interface SignalLookRequest {
  /** Names the look; the same look again changes nothing. */
  readonly look: string;
  readonly snapshotId: string;
  /** When it began: deadlines of its warnings run from here. */
  readonly at: string;
}

/** What a part of a look found. */
export interface SignalsFound {
  readonly customers: number;
  readonly raised: number;
  readonly changed: number;
  readonly ceased: number;
}

/** Looks at signals, and stores which triggers stand; every call may be repeated without effect. */
export interface SignalWork {
  /** The newest snapshot, its instant, and how many parts it can be looked at in. */
  target(): Promise<{ readonly snapshotId: string; readonly asOf: string; readonly buckets: number }>;
  look(
    request: SignalLookRequest & { readonly partition: number; readonly partitions: number },
    context: StepContext,
  ): Promise<SignalsFound>;
  lookAtIndustries(request: SignalLookRequest, context: StepContext): Promise<SignalsFound>;
  /** Looks at customers of facts acknowledged since the last time. `more`: there are more already. */
  lookAtTouched(
    request: { readonly at: string },
    context: StepContext,
  ): Promise<SignalsFound & { readonly more: boolean }>;
}

/** The store of disputes; every call may be repeated without effect. */
export interface DisputeWork {
  save(after: Dispute, revision: number, event: DisputeEvent, at: string): Promise<void>;
}

/** Reports on the portfolio as a whole. */
export interface PortfolioWork {
  /** Reports on the newest scores. Throws NO_SCORES where there are none. */
  report(context: StepContext): Promise<PortfolioReported>;
  /** Reports on each customer with a standing warning above watch, as of `at`; one that is there already stays. Answers how many. */
  customers(request: { readonly at: string }, context: StepContext): Promise<{ readonly reports: number }>;
}

/** Looks at models, and what follows them. */
export interface MonitoringWork {
  /** Only the features queue calls it, as it reads the warehouse. Looks at the model that scored last and puts a report on record. Throws NO_SCORES, NO_REFERENCE, INVALID_INPUT (nobody to look at). */
  look(request: { readonly slot: Slot }, context: StepContext): Promise<Monitored>;
  /** The slots with champions that somebody's PDs come from, of the portfolio of `slot`, whose own kind goes first; `only`: that slot alone. Throws NO_CHAMPION where there is none. */
  followed(request: { readonly slot: Slot; readonly only: boolean }): Promise<readonly SlotFamily[]>;
  /** Puts on record which slots could not be looked at, and ends what was said of all others; `only`: one slot was asked for. */
  noteNotFollowed(request: { readonly notFollowed: readonly NotFollowed[]; readonly only: boolean }): Promise<void>;
  /** Plans what the policy says is due for a report, once, and answers what is still to be done. */
  plan(reportId: string): Promise<readonly MonitoringAction[]>;
  /** Takes an action and puts its end on record, in the audit chain, too. What its conditions do not allow is refused, and on record. */
  take(
    request: { readonly reportId: string; readonly action: MonitoringAction; readonly retrain: RetrainRequest },
    submitRetrain: PipelineDependencies['submitRetrain'],
  ): Promise<{ readonly state: string; readonly detail: string }>;
}

/** The store of reviews; every call may be repeated without effect. */
export interface ReviewWork {
  save(after: CustomerReview, revision: number, event: ReviewEvent, at: string): Promise<void>;
}

/** Sends deliveries to webhooks. */
export interface WebhookWork {
  /** Sends what is due of one webhook. */
  deliverDue(webhookId: string): Promise<Round>;
}
