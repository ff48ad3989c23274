import {
  Client,
  Connection,
  WorkflowFailedError,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
} from '@temporalio/client';
import { ApplicationFailure, rootCause, type PayloadCodec } from '@temporalio/common';
import { decodeOptionalSinglePayload } from '@temporalio/common/lib/internal-non-workflow/index.js';
import { ERRORS, messageOf, ProbityError, type ErrorCode, type ProgressEvent, type Tenant } from '../base/index.ts';
import { slotKey, type Slot } from '../models/registry/slot.ts';
import type { FailureDetails } from './activities/failure.ts';
import type {
  ApprovalRequest,
  CandidateView,
  MonitoringOutcome,
  MonitorInput,
  PortfolioReported,
  RefreshInput,
  RefreshOutcome,
  RescoreInput,
  RescoreOutcome,
  RetrainInput,
  RetrainOutcome,
  ShadowScoreInput,
  ShadowScoreOutcome,
  SignalsInput,
  SignalsOutcome,
  SupersededRequest,
  TouchedSignalsInput,
  WorkflowProgress,
} from './messages.ts';

/** A connection to the Temporal server; close it when done. */
export interface PipelineClient {
  readonly client: Client;
  close(): Promise<void>;
}

/** Connects to the server, or SERVICE_UNAVAILABLE. `codec` seals what is sent (payload-codec.ts); null, for tests alone: it is sent plain. */
export async function connectPipelines(
  address: string,
  namespace: string,
  codec: PayloadCodec | null,
): Promise<PipelineClient> {
  try {
    const connection = await Connection.connect({ address, connectTimeout: '10 s' });
    const dataConverter = codec === null ? {} : { dataConverter: { payloadCodecs: [codec] } };
    return { client: new Client({ connection, namespace, ...dataConverter }), close: () => connection.close() };
  } catch (error) {
    throw new ProbityError('SERVICE_UNAVAILABLE', `No Temporal server answers at ${address}.`, { cause: error });
  }
}

/** The id of a slot's retraining workflow: one runs at a time. */
export function retrainWorkflowId(tenant: Tenant | string, slot: Slot): string {
  return `${tenant}/retrain/${slotKey(slot)}`;
}

/**
 * Asks for a retraining: starts the slot's workflow, or hands the request to the one that runs, which it then supersedes.
 * Answers with the workflow id; the request id in `input` names the request.
 */
export async function submitRetrain(client: Client, input: RetrainInput): Promise<{ readonly workflowId: string }> {
  const workflowId = retrainWorkflowId(input.tenant, input.slot);
  await client.workflow.signalWithStart('retrain', {
    workflowId,
    taskQueue: input.queues.training,
    args: [input],
    signal: 'submit',
    signalArgs: [input],
  });
  return { workflowId };
}

/** Starts an import and the publication of a new snapshot; one runs at a time for a tenant. */
export async function refreshFeatures(client: Client, input: RefreshInput): Promise<RefreshOutcome> {
  return answered(() =>
    client.workflow.execute<(input: RefreshInput) => Promise<RefreshOutcome>>('refreshFeatures', {
      workflowId: `${input.tenant}/refresh-features`,
      taskQueue: input.queues.training,
      workflowIdConflictPolicy: 'USE_EXISTING',
      args: [input],
    }),
  );
}

/** Rescores a portfolio with the slot's champion and waits for the result. */
export async function rescorePortfolio(client: Client, input: RescoreInput): Promise<RescoreOutcome> {
  return answered(() =>
    client.workflow.execute<(input: RescoreInput) => Promise<RescoreOutcome>>('rescorePortfolio', {
      workflowId: `${input.tenant}/rescore/${slotKey(input.slot)}`,
      taskQueue: input.queues.training,
      workflowIdConflictPolicy: 'USE_EXISTING',
      args: [input],
    }),
  );
}

/** Scores what was rated since the last time by the challengers in shadow, and waits for it; one runs at a time for a tenant. */
export async function shadowScore(client: Client, input: ShadowScoreInput): Promise<ShadowScoreOutcome> {
  return answered(() =>
    client.workflow.execute<(input: ShadowScoreInput) => Promise<ShadowScoreOutcome>>('shadowScore', {
      workflowId: `${input.tenant}/shadow-score`,
      taskQueue: input.queues.training,
      workflowIdConflictPolicy: 'USE_EXISTING',
      args: [input],
    }),
  );
}

/** Rescores a portfolio, puts a report on it on record, and waits for it; one runs at a time for a slot. */
export async function reportRisk(client: Client, input: RescoreInput): Promise<PortfolioReported> {
  return answered(() =>
    client.workflow.execute<(input: RescoreInput) => Promise<PortfolioReported>>('riskReport', {
      workflowId: `${input.tenant}/risk-report/${slotKey(input.slot)}`,
      taskQueue: input.queues.training,
      workflowIdConflictPolicy: 'USE_EXISTING',
      args: [input],
    }),
  );
}

/** Looks at the signals of every customer, and waits for it; one look runs at a time for a slot. */
export async function lookAtSignals(client: Client, input: SignalsInput): Promise<SignalsOutcome> {
  return answered(() =>
    client.workflow.execute<(input: SignalsInput) => Promise<SignalsOutcome>>('behaviourSignals', {
      workflowId: `${input.tenant}/signals/${slotKey(input.slot)}`,
      taskQueue: input.queues.training,
      workflowIdConflictPolicy: 'USE_EXISTING',
      args: [input],
    }),
  );
}

/** Has the customers of all facts acknowledged by now looked at, by the look that runs or by a new one; does not wait for it. */
export async function startTouchedSignals(client: Client, input: TouchedSignalsInput): Promise<void> {
  await answered(() =>
    client.workflow.signalWithStart('touchedSignals', {
      workflowId: `${input.tenant}/touched-signals`,
      taskQueue: input.queues.training,
      signal: 'facts',
      args: [input],
    }),
  );
}

/** Scores the portfolio, looks at the models of its slots and answers what is on record then; looks that run are joined. */
export async function monitorPortfolio(client: Client, input: MonitorInput): Promise<MonitoringOutcome> {
  return answered(() =>
    client.workflow.execute<(input: MonitorInput) => Promise<MonitoringOutcome>>('monitor', {
      workflowId: `${input.tenant}/monitor/${slotKey(input.slot)}`,
      taskQueue: input.queues.training,
      workflowIdConflictPolicy: 'USE_EXISTING',
      args: [input],
    }),
  );
}

/** Progress of a workflow, and of the activity that it waits for. */
export interface ProgressView extends WorkflowProgress {
  /** What the running activity reported in its last heartbeat. */
  readonly activity: ProgressEvent | null;
  /** Where the activity is being tried again: which attempt, and why the last one failed. */
  readonly retry: { readonly attempt: number; readonly failure: string } | null;
}

/**
 * How far a workflow is: its own query, and, where an activity runs, what that last reported in its heartbeat (so that fine-grained
 * progress never enters history).
 */
export async function readProgress(client: Client, workflowId: string): Promise<ProgressView> {
  return answered(async () => {
    const handle = client.workflow.getHandle(workflowId);
    const [progress, description] = await Promise.all([handle.query<WorkflowProgress>('progress'), handle.describe()]);
    const pending = description.raw.pendingActivities?.[0];
    const payload = pending?.heartbeatDetails?.payloads?.[0];
    const activity =
      (await decodeOptionalSinglePayload<ProgressEvent>(client.options.loadedDataConverter, payload)) ?? null;
    const attempt = pending?.attempt ?? 1;
    const failure = attempt > 1 ? (pending?.lastFailure?.message ?? null) : null;
    const retry = failure === null ? null : { attempt, failure };
    return { ...progress, activity, retry };
  });
}

/** The candidate that waits for a decision (champion against candidate, gates, deadline), or null. */
export async function readCandidate(client: Client, workflowId: string): Promise<CandidateView | null> {
  return answered(() => client.workflow.getHandle(workflowId).query<CandidateView | null>('candidate'));
}

/** What a decision needs: which workflow, who decides, and why. */
export interface DecisionInput {
  readonly workflowId: string;
  readonly actor: string;
  readonly reason?: string | null;
}

/**
 * Approves the waiting candidate and waits until it is the champion. DECISION_REFUSED where the approver is the submitter, or a gate
 * failed and no reason is given; NOTHING_TO_DECIDE, CANDIDATE_DECIDED otherwise.
 */
export function approveCandidate(client: Client, input: DecisionInput): Promise<RetrainOutcome> {
  return decideCandidate(client, input, 'approve');
}

/** Rejects the waiting candidate; needs a reason. */
export function rejectCandidate(client: Client, input: DecisionInput): Promise<RetrainOutcome> {
  return decideCandidate(client, input, 'reject');
}

async function decideCandidate(
  client: Client,
  input: DecisionInput,
  kind: ApprovalRequest['kind'],
): Promise<RetrainOutcome> {
  const request: ApprovalRequest = { kind, actor: input.actor, reason: input.reason ?? null };
  return answered(() =>
    client.workflow
      .getHandle(input.workflowId)
      .executeUpdate<RetrainOutcome, [ApprovalRequest]>('decide', { args: [request] }),
  );
}

/** What `awaitRetrain` calls back with on each look. */
export interface AwaitOptions {
  readonly requestId: string;
  readonly pollMs?: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: ProgressView) => void;
  /** Return once a candidate waits for a person, instead of when all is over. */
  readonly untilCandidate?: boolean;
}

/** Waits for the end of one request (or for its candidate), reporting progress; aborting `signal` stops waiting, not the workflow. */
export async function awaitRetrain(
  client: Client,
  workflowId: string,
  options: AwaitOptions,
): Promise<{ readonly outcome: RetrainOutcome | null; readonly candidate: CandidateView | null }> {
  const { requestId, signal } = options;
  for (;;) {
    signal?.throwIfAborted();
    const handle = client.workflow.getHandle(workflowId);
    const description = await answered(() => handle.describe());
    const progress = await readProgress(client, workflowId);
    const replaced = progress.superseded.find((earlier) => earlier.requestId === requestId);
    if (replaced) return { outcome: supersededOutcome(replaced, progress.requestId), candidate: null };
    if (progress.requestId === requestId) options.onProgress?.(progress);
    if (description.status.name !== 'RUNNING') {
      return { outcome: await answered(() => handle.result() as Promise<RetrainOutcome>), candidate: null };
    }
    if (options.untilCandidate && progress.requestId === requestId) {
      const candidate = await readCandidate(client, workflowId);
      if (candidate?.state === 'waiting') return { outcome: null, candidate };
    }
    await new Promise((resolve) => setTimeout(resolve, options.pollMs ?? 500));
  }
}

function supersededOutcome(ended: SupersededRequest, by: string): RetrainOutcome {
  return {
    requestId: ended.requestId,
    status: 'superseded',
    candidateId: ended.candidateId,
    modelHash: null,
    snapshotId: null,
    decidedBy: 'probity',
    reason: `request ${by} came meanwhile`,
  };
}

/** Runs a call to the server, and turns its failures back into Probity's own errors. */
export async function answered<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw fromTemporal(error);
  }
}

/** The ProbityError that an activity or a validator threw, out of the failure that the client received. */
export function fromTemporal(error: unknown): Error {
  if (error instanceof WorkflowNotFoundError) {
    return new ProbityError('WORKFLOW_NOT_FOUND', 'There is no such workflow on the server.', { cause: error });
  }
  if (!(error instanceof WorkflowFailedError) && !(error instanceof WorkflowUpdateFailedError)) {
    return error instanceof Error ? error : new Error(messageOf(error));
  }
  const failure = innermost(error.cause);
  if (failure?.type && failure.type in ERRORS) {
    const details = failure.details?.[0] as FailureDetails | undefined;
    return new ProbityError(failure.type as ErrorCode, failure.message, {
      cause: error,
      ...(details?.fix ? { fix: details.fix } : {}),
      problems: details?.problems ?? [],
    });
  }
  return new ProbityError('WORKFLOW_FAILED', rootCause(error) ?? messageOf(error), { cause: error });
}

function innermost(error: Error | undefined): ApplicationFailure | null {
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
    if (cause instanceof ApplicationFailure) return cause;
  }
  return null;
}
