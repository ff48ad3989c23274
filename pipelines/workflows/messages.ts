import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { ApprovalRequest, CandidateView, RetrainInput, RetrainOutcome, WorkflowProgress } from '../messages.ts';

/** How far a workflow is. */
export const progressQuery = defineQuery<WorkflowProgress>('progress');

/** What the approver is shown; null until a candidate waits. */
export const candidateQuery = defineQuery<CandidateView | null>('candidate');

/** A request for this slot: the first one is the workflow's own, a later one supersedes it. */
export const submitSignal = defineSignal<[RetrainInput]>('submit');

/** A person's decision; answers once it has taken effect. */
export const decideUpdate = defineUpdate<RetrainOutcome, [ApprovalRequest]>('decide');
