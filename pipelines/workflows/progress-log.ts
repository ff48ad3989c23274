import { setHandler } from '@temporalio/workflow';
import type { StepRecord, SupersededRequest, WorkflowProgress } from '../messages.ts';
import { progressQuery } from './messages.ts';

/** Keeps the steps of a workflow and answers the query `progress` from them. */
export interface ProgressLog {
  /** Runs a step, recording when it began and how long it took. */
  step<T>(name: string, message: string, work: () => Promise<T>): Promise<T>;
  /** Sets the line that is shown when no step runs. */
  say(message: string): void;
}

/** Starts the log of a workflow with `total` steps. Times are the workflow's own clock, so replays agree. */
export function progressLog(
  requestId: string,
  total: () => number,
  superseded: readonly SupersededRequest[] = [],
): ProgressLog {
  const steps: StepRecord[] = [];
  let message = 'starting';
  const view = (): WorkflowProgress => {
    const done = steps.filter((step) => step.state === 'done').length;
    return {
      requestId,
      step: steps.at(-1)?.step ?? 'start',
      fraction: Math.min(1, done / Math.max(1, total())),
      message,
      steps,
      superseded,
    };
  };
  setHandler(progressQuery, view);
  return {
    say: (line) => {
      message = line;
    },
    step: async (name, line, work) => {
      message = line;
      const began = Date.now();
      const startedAt = new Date(began).toISOString();
      const at = steps.push({ step: name, state: 'running', startedAt, seconds: null }) - 1;
      const end = (state: 'done' | 'failed') => {
        steps[at] = { step: name, state, startedAt, seconds: (Date.now() - began) / 1000 };
      };
      try {
        const result = await work();
        end('done');
        return result;
      } catch (error) {
        end('failed');
        throw error;
      }
    },
  };
}
