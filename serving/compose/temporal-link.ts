import type { Client } from '@temporalio/client';
import type { PayloadCodec } from '@temporalio/common';
import { isProbityError, ProbityError } from '../../base/index.ts';
import { connectPipelines, type PipelineClient } from '../../pipelines/client.ts';

/** A connection to the Temporal server of a project that is made at the first use, and anew after a failure. */
export interface TemporalLink {
  /** Calls within the patience of a request. Throws SERVICE_UNAVAILABLE where no server or worker answers in time, and what the call itself refuses. */
  within<T>(call: (client: Client) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** How long Temporal and a worker may take for one action. */
const PATIENCE_MS = 15_000;

/** `address` answers null where no server runs: the API rates without one. */
export function temporalLink(of: {
  readonly namespace: string;
  readonly codec: () => Promise<PayloadCodec>;
  readonly address: () => Promise<string | null>;
}): TemporalLink {
  let connection: Promise<PipelineClient> | null = null;
  const connected = async (): Promise<PipelineClient> => {
    const address = await of.address();
    if (address === null) throw new ProbityError('SERVICE_UNAVAILABLE', 'No Temporal server runs for this project.');
    return connectPipelines(address, of.namespace, await of.codec());
  };
  return {
    async within(call) {
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
        throw new ProbityError('SERVICE_UNAVAILABLE', 'Temporal, or its worker, did not answer in time.', {
          cause: error,
          fix: 'Ask again: a step that was taken is not taken twice where it would be refused. See that `probity up` or `probity worker` runs.',
        });
      }
    },
    close: async () => {
      await (await connection?.catch(() => null))?.close();
    },
  };
}
