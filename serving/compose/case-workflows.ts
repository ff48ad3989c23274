import type { PayloadCodec } from '@temporalio/common';
import { isProbityError, ProbityError, type Tenant } from '../../base/index.ts';
import { actOnCase, followCase } from '../../pipelines/cases.ts';
import { connectPipelines, type PipelineClient } from '../../pipelines/client.ts';
import type { TaskQueues } from '../../pipelines/task-queues.ts';
import type { AuthorityLimits, CaseEvent, ReferralCase } from '../../rating/index.ts';

/** The workflows of cases, as the server needs them. */
export interface CaseWorkflows {
  /** Starts the workflow of a case, where none follows it yet. Throws SERVICE_UNAVAILABLE. */
  follow(opened: ReferralCase): Promise<void>;
  /** Throws CASE_REFUSED, CASE_CLOSED, WORKFLOW_NOT_FOUND, SERVICE_UNAVAILABLE. */
  act(caseId: string, event: CaseEvent): Promise<ReferralCase>;
  close(): Promise<void>;
}

/** How long Temporal and a worker may take for one action. */
const PATIENCE_MS = 15_000;

/**
 * The workflows on the Temporal server of a project: connected to at the first use, and anew after a failure, so that the server rates without one.
 * `address` answers null where none runs.
 */
export function temporalCases(of: {
  readonly tenant: Tenant;
  readonly namespace: string;
  readonly codec: () => Promise<PayloadCodec>;
  readonly queues: TaskQueues;
  readonly authority: AuthorityLimits;
  readonly address: () => Promise<string | null>;
}): CaseWorkflows {
  const { tenant, queues, authority } = of;
  let connection: Promise<PipelineClient> | null = null;
  const connected = async (): Promise<PipelineClient> => {
    const address = await of.address();
    if (address === null) throw new ProbityError('SERVICE_UNAVAILABLE', 'No Temporal server runs for this project.');
    return connectPipelines(address, of.namespace, await of.codec());
  };
  const within = async <T>(call: (client: PipelineClient['client']) => Promise<T>): Promise<T> => {
    connection ??= connected();
    const present = connection;
    try {
      const { client } = await present;
      return await client.withDeadline(Date.now() + PATIENCE_MS, () => call(client));
    } catch (error) {
      if (isProbityError(error) && error.code !== 'SERVICE_UNAVAILABLE') throw error;
      if (connection === present) connection = null;
      // Others may be waiting on it: it goes once they have had their time.
      setTimeout(() => void present.then((opened) => opened.close()).catch(() => {}), PATIENCE_MS).unref();
      if (isProbityError(error)) throw error;
      throw new ProbityError('SERVICE_UNAVAILABLE', 'Temporal, or the worker of cases, did not answer in time.', {
        cause: error,
        fix: 'Ask again: a step that was taken is not taken twice where it would be refused. See that `probity up` or `probity worker` runs.',
      });
    }
  };
  return {
    follow: (opened) => within((client) => followCase(client, { tenant, queues, case: opened, authority })),
    act: (caseId, event) => within((client) => actOnCase(client, tenant, caseId, event)),
    close: async () => {
      await (await connection?.catch(() => null))?.close();
    },
  };
}
