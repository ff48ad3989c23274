import {
  allHandlersFinished,
  ApplicationFailure,
  CancellationScope,
  condition,
  continueAsNew,
  isCancellation,
  patched,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import { ProbityError } from '../../base/errors.ts';
import { decide } from '../../models/registry/candidate.ts';
import { SYSTEM_ACTOR } from '../messages.ts';
import type { ApprovalRequest, CandidateView, RetrainInput, RetrainOutcome, ValidationSummary } from '../messages.ts';
import { featuresActivities, trainingActivities } from './activity-options.ts';
import { candidateQuery, decideUpdate, submitSignal } from './messages.ts';
import { progressLog, type ProgressLog } from './progress-log.ts';

const DEFAULT_DEADLINE_MS = 7 * 24 * 3600 * 1000;
const STEPS = 9;

interface Candidate {
  readonly candidateId: string;
  readonly modelHash: string;
  readonly validation: ValidationSummary;
  readonly use: 'benchmark-only' | null;
}

/** The training gave the champion's very model; the snapshot of the newest data is published all the same. */
interface Unchanged {
  readonly modelHash: string;
  readonly snapshotId: string;
}

const UNCHANGED = 'the training gave the very model that serves already';

/**
 * Retrains the model of one slot: pull sources, build the training set, train, validate, prove the engines equal, register the
 * candidate, wait for a person's decision, publish the snapshot, promote.
 *
 * One workflow a slot runs at a time (its id is the slot). Policy for a second request meanwhile: it supersedes. The first request's
 * work is cancelled, or its waiting candidate is marked superseded, and the workflow continues as new with the second; a request whose
 * candidate has been approved finishes first. At the deadline the candidate expires and nothing is promoted. A training that gives the
 * champion's very model registers no candidate: the snapshot is published, and the outcome is `unchanged`.
 */
export async function retrain(input: RetrainInput): Promise<RetrainOutcome> {
  const now = input.asOf ?? workflowInfo().startTime.toISOString();
  const log = progressLog(input.requestId, () => STEPS, input.superseded);
  const { cleanUpRun, decideCandidate } = trainingActivities(input);
  const work = new CancellationScope();
  let successor: RetrainInput | undefined;
  let candidate: Candidate | undefined;
  let view: CandidateView | null = null;
  let decision: ApprovalRequest | undefined;
  let outcome: RetrainOutcome | undefined;
  let failed = false;

  const answer = (status: RetrainOutcome['status'], by: string | null, reason: string | null): RetrainOutcome => ({
    requestId: input.requestId,
    status,
    candidateId: candidate?.candidateId ?? null,
    modelHash: candidate?.modelHash ?? null,
    snapshotId: null,
    decidedBy: by,
    reason,
  });
  const close = async (kind: 'expire' | 'supersede', reason: string): Promise<void> => {
    if (!candidate) return;
    await decideCandidate({ candidateId: candidate.candidateId, kind, actor: SYSTEM_ACTOR, reason });
    if (view) view = { ...view, state: kind === 'expire' ? 'expired' : 'superseded' };
  };

  setHandler(candidateQuery, () => view);
  setHandler(submitSignal, (request) => {
    if (request.requestId === input.requestId || request.requestId === successor?.requestId) return;
    if (input.superseded?.some((earlier) => earlier.requestId === request.requestId)) return;
    const skipped = successor && { requestId: successor.requestId, submitter: successor.submitter, candidateId: null };
    successor = { ...request, superseded: [...(successor?.superseded ?? []), ...(skipped ? [skipped] : [])] };
    if (!candidate) work.cancel();
  });
  setHandler(
    decideUpdate,
    async (request) => {
      decision = request;
      await condition(() => outcome !== undefined || failed);
      if (outcome) return outcome;
      throw ApplicationFailure.nonRetryable('The decision was recorded, and the steps after it failed.', 'INTERNAL');
    },
    {
      validator: (request) => {
        refuseUnlessWaiting(view, decision, successor);
        refuseUnlawful(view, request);
      },
    },
  );

  /** Ends this request in favour of its successor. */
  const handOver = async (next: RetrainInput): Promise<never> => {
    await CancellationScope.nonCancellable(async () => {
      await close('supersede', `request ${next.requestId} came meanwhile`);
      await cleanUpRun({ requestId: input.requestId });
      outcome = answer('superseded', SYSTEM_ACTOR, `request ${next.requestId} came meanwhile`);
      await condition(allHandlersFinished);
    });
    const { requestId, submitter } = input;
    const ended = { requestId, submitter, candidateId: candidate?.candidateId ?? null };
    const chain = [...(input.superseded ?? []), ended, ...(next.superseded ?? [])].slice(-20);
    return continueAsNew<typeof retrain>({ ...next, superseded: chain });
  };

  try {
    const made = await work.run(() => makeCandidate(input, now, log));
    if ('snapshotId' in made) {
      outcome = { ...answer('unchanged', null, UNCHANGED), ...made };
      log.say(`unchanged: ${UNCHANGED}`);
      await condition(allHandlersFinished);
      if (successor) return await continueAsNew<typeof retrain>(successor);
      return outcome;
    }
    candidate = made;
    const deadline = input.approvalDeadlineMs ?? DEFAULT_DEADLINE_MS;
    view = {
      candidateId: candidate.candidateId,
      modelHash: candidate.modelHash,
      submitter: input.submitter,
      state: 'waiting',
      ...(candidate.use ? { use: candidate.use } : {}),
      gatesPassed: candidate.validation.gatesPassed,
      gates: candidate.validation.gates,
      comparison: candidate.validation.comparison,
      report: candidate.validation.reportHash,
      waitsUntil: new Date(Date.now() + deadline).toISOString(),
    };
    await log.step('approval', 'waiting for a person to approve or reject the candidate', () =>
      condition(() => decision !== undefined || successor !== undefined, deadline),
    );
    if (decision === undefined && successor !== undefined) return await handOver(successor);
    if (decision === undefined) {
      await close('expire', 'nobody decided before the deadline');
      outcome = answer('expired', SYSTEM_ACTOR, 'nobody decided before the deadline');
    } else {
      outcome = await applyDecision(input, log, candidate, decision, (state) => {
        if (view) view = { ...view, state };
      });
    }
    log.say(outcome.status);
    await condition(allHandlersFinished);
    if (successor) return await continueAsNew<typeof retrain>(successor);
    return outcome;
  } catch (error) {
    failed = outcome === undefined;
    const cancelledByCaller = CancellationScope.current().consideredCancelled;
    if (isCancellation(error) && !cancelledByCaller && successor) return await handOver(successor);
    if (failed) {
      await CancellationScope.nonCancellable(async () => {
        if (view?.state === 'waiting' && decision === undefined) await close('expire', 'the retraining was cancelled');
        await cleanUpRun({ requestId: input.requestId });
        await condition(allHandlersFinished);
      });
      if (successor && !cancelledByCaller) return await continueAsNew<typeof retrain>(successor);
    }
    throw error;
  }
}

/** Every step up to the registered candidate. Registering is not cancelled half-way: who is in the registry must be known here, to be closed. */
async function makeCandidate(input: RetrainInput, now: string, log: ProgressLog): Promise<Candidate | Unchanged> {
  const { requestId, slot, seed } = input;
  const features = featuresActivities(input);
  const training = trainingActivities(input);
  await log.step('sources', 'importing sources', () => features.pullSources({ requestId, now }));
  const set = await log.step('features', 'computing features and outcomes', () =>
    features.buildTrainingSet({ requestId, now, slot, seed }),
  );
  const model = await log.step('train', `training on ${set.trainRows} observations`, () =>
    training.trainModel({ requestId, slot, seed, trainHash: set.trainHash }),
  );
  const { modelHash } = model;
  const validation = await log.step('validate', `validating on ${set.testRows} later observations`, async () => {
    const champion = await training.championAt({ slot, instant: new Date(Date.now()).toISOString() });
    // Histories from before this rule went on to register the same model again.
    if (champion === modelHash && patched('unchanged-champion')) return null;
    return training.validateModel({ requestId, slot, modelHash, testHash: set.testHash, champion });
  });
  if (validation === null) {
    const published = await log.step('publish', 'publishing the snapshot', () =>
      features.publishSnapshot({ requestId, now }),
    );
    return { modelHash, snapshotId: published.snapshotId };
  }
  await log.step('prove', 'proving that all scoring engines agree', () =>
    training.proveEngines({ requestId, modelHash }),
  );
  const { candidateId } = await log.step('register', 'registering the candidate', () =>
    CancellationScope.nonCancellable(() =>
      training.registerCandidate({
        requestId,
        slot,
        submitter: input.submitter,
        modelHash,
        validation,
      }),
    ),
  );
  return { candidateId, modelHash, validation, use: model.use ?? null };
}

/** Records the decision; after an approval, publishes the snapshot and promotes. */
async function applyDecision(
  input: RetrainInput,
  log: ProgressLog,
  candidate: Candidate,
  decision: ApprovalRequest,
  becomes: (state: CandidateView['state']) => void,
): Promise<RetrainOutcome> {
  const { requestId, slot } = input;
  const { candidateId, modelHash } = candidate;
  const { actor, reason, kind } = decision;
  // A decision may come days after the training: what is published is of now, unless the request fixed its cut-off.
  const now = input.asOf ?? new Date(Date.now()).toISOString();
  const features = featuresActivities(input);
  const training = trainingActivities(input);
  const answer = { requestId, candidateId, modelHash, decidedBy: actor, reason };
  await training.decideCandidate({ candidateId, kind, actor, reason });
  if (kind === 'reject') {
    becomes('rejected');
    return { ...answer, status: 'rejected', snapshotId: null };
  }
  becomes('approved');
  const { snapshotId } = await log.step('publish', 'publishing the snapshot', () =>
    features.publishSnapshot({ requestId, now }),
  );
  await log.step('promote', 'promoting the champion', () => training.promoteCandidate({ candidateId, slot, actor }));
  becomes('promoted');
  return { ...answer, status: 'promoted', snapshotId };
}

function refuseUnlessWaiting(
  view: CandidateView | null,
  decision: ApprovalRequest | undefined,
  successor: RetrainInput | undefined,
): void {
  if (!view) throw ApplicationFailure.nonRetryable('No candidate waits for a decision yet.', 'NOTHING_TO_DECIDE');
  if (decision || successor || view.state !== 'waiting') {
    throw ApplicationFailure.nonRetryable(`This candidate has been decided.`, 'CANDIDATE_DECIDED');
  }
}

/** The registry's own law, asked before the decision enters history. */
function refuseUnlawful(view: CandidateView | null, request: ApprovalRequest): void {
  if (!view) return;
  try {
    decide(view, request);
  } catch (error) {
    if (!(error instanceof ProbityError)) throw error;
    throw ApplicationFailure.create({
      message: error.message,
      type: error.code,
      nonRetryable: true,
      details: [{ fix: error.fix, problems: error.problems }],
    });
  }
}
