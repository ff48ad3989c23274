import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { packageRoot } from '../../base/index.ts';
import type { PeerTools } from './fit-peers.ts';

const answer = z.looseObject({
  seconds: z.number().optional(),
  rows: z.number().optional(),
  trees: z.number().optional(),
  leaves: z.number().nullish(),
});

/** A peer's process that waits for orders, so that both sides take turns on one machine; see peer_speed.py. */
export interface PeerProcess {
  /** Sends an order and waits for its answer. Throws where the process ended. */
  order(...words: readonly string[]): Promise<z.infer<typeof answer>>;
  end(): void;
}

export async function startPeer({ python, peers }: PeerTools, folder: string, fold: string): Promise<PeerProcess> {
  const script = join(packageRoot(), 'bench', 'models', 'peer_speed.py');
  const child: ChildProcess = spawn(python, [script, peers, folder, fold], { stdio: ['pipe', 'pipe', 'pipe'] });
  let said = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (said = (said + text).slice(-500)));
  if (!child.stdout) throw new Error('no output of the peer');
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async (): Promise<z.infer<typeof answer>> => {
    const line = await lines.next();
    if (line.done === true) throw new Error(`the peer's process ended: ${said.trim()}`);
    return answer.parse(JSON.parse(line.value));
  };
  await next();
  return {
    order(...words) {
      child.stdin?.write(`${words.join('\t')}\n`);
      return next();
    },
    end: () => void child.stdin?.end(),
  };
}
