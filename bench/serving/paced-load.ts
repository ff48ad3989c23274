import { fork } from 'node:child_process';
import { compiledEntry } from '../../base/index.ts';

/** Requests at a constant rate, whether or not earlier ones were answered: an open loop. */
export interface PacedLoad {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Sent in turn, again and again. */
  readonly bodies: readonly string[];
  readonly perSecond: number;
  readonly seconds: number;
  /** Sent before, at the same rate, and not counted. */
  readonly warmSeconds: number;
}

/** Milliseconds. */
export interface Percentiles {
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly max: number;
}

export interface PacedFigures {
  readonly requests: number;
  /** Answers other than 2xx, and connections that were lost. */
  readonly failed: number;
  /** From the instant at which a request was due, not from the one at which it left: a client that is held up hides nothing (coordinated omission). */
  readonly latency: Percentiles;
  /** How long after that instant requests left; in the latency too. Timers of Node.js are good to about a millisecond. */
  readonly lateness: Percentiles;
}

/** Runs a paced load in a process of its own. Throws where a request failed. */
export async function pacedLoad(load: PacedLoad): Promise<PacedFigures> {
  const client = fork(compiledEntry('bench/serving/paced.ts'));
  try {
    const figures = await new Promise<PacedFigures>((resolve, reject) => {
      client.once('message', (message) => resolve(message as PacedFigures));
      client.once('error', reject);
      client.once('exit', (code) => reject(new Error(`the paced client ended with ${code}`)));
      client.send(load);
    });
    if (figures.failed > 0) throw new Error(`${load.url}: ${figures.failed} of ${figures.requests} requests failed`);
    return figures;
  } finally {
    client.kill();
  }
}
