import { uuid4 } from '@temporalio/workflow';
import type { RetrainInput } from '../messages.ts';
import { trainingActivities } from './activity-options.ts';

/**
 * What a schedule starts: hands a fresh request to the slot's retraining workflow, so that scheduled and asked-for retrainings share
 * one workflow id and one policy (a new request supersedes).
 */
export async function scheduledRetrain(input: RetrainInput): Promise<{ readonly workflowId: string }> {
  return trainingActivities(input).submitRetrain({ ...input, requestId: uuid4() });
}
