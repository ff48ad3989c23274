import type { CopyInSnapshot, KeptReconciliation, ReconciliationParts } from '../../records/reconciliation/index.ts';
import type { StepContext } from './dependencies.ts';

/** What a retention rule found of one kind: how much was due, and how much stays on legal hold. */
export interface RetentionCount {
  readonly kind: string;
  readonly due: number;
  readonly held: number;
}

/** Which instant the rules are applied as of, and who applies them. */
export interface RetentionRequest {
  readonly now: string;
  readonly actor: string;
}

/** Retention rules, part by part; each part says in the audit chain what goes before it goes. Every call may be repeated: what is gone stays gone. */
export interface RetentionWork {
  /** The operational database's records, evidence of ratings among them. */
  records(request: RetentionRequest): Promise<readonly RetentionCount[]>;
  /** Facts of the warehouse, whose file is then written anew; `publish`: the newest snapshot holds them still. */
  facts(
    request: RetentionRequest,
    context: StepContext,
  ): Promise<{ readonly findings: readonly RetentionCount[]; readonly publish: boolean }>;
  /** Removes every snapshot but the newest; answers how many. */
  snapshots(context: StepContext): Promise<number>;
  /** Old scores of the portfolio, and old training sets. */
  scores(request: RetentionRequest): Promise<readonly RetentionCount[]>;
}

/** What of acknowledged facts the warehouse held, and sources of files that are older than they promise. */
export type ReconciledFacts = Pick<ReconciliationParts, 'factsThrough' | 'facts' | 'stale'>;

/** The daily reconciliation, part by part. Every call may be repeated: what agrees is left alone. */
export interface ReconciliationWork {
  /** Only the features queue calls it. Imports again what the warehouse lacks, or holds with other values, of what sources reported. */
  facts(request: { readonly now: string }, context: StepContext): Promise<ReconciledFacts>;
  /** Only the features queue calls it. Compares the newest snapshot with the warehouse; a damaged one is removed. */
  snapshot(context: StepContext): Promise<CopyInSnapshot>;
  /** Compares the last statements of sources, and puts everything on record. */
  conclude(request: {
    readonly now: string;
    readonly facts: ReconciledFacts;
    readonly found: CopyInSnapshot;
    readonly snapshot: CopyInSnapshot;
  }): Promise<KeptReconciliation>;
}
