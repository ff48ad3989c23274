import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../base/index.ts';
import type { Fold } from './folds.ts';

/** Where the peers are: their scripts, and a Python with the packages. */
export interface PeerTools {
  readonly peers: string;
  readonly python: string;
}

const PACKAGES = ['lightgbm', 'xgboost', 'catboost', 'interpret', 'optbinning', 'sklearn', 'pandas', 'yaml'];

/** The peers' tools, or why they cannot be used. */
export function findPeerTools(peers: string, python: string): PeerTools | string {
  if (!existsSync(join(peers, 'train_peers.py'))) return `there is no train_peers.py in ${peers} (--peers DIR)`;
  const probe = `import importlib.util as u; print(','.join(p for p in ${JSON.stringify(PACKAGES)} if u.find_spec(p) is None))`;
  const answer = spawnSync(python, ['-c', probe], { encoding: 'utf8' });
  if (answer.status !== 0) return `there is no Python that runs as ${python} (--python EXE)`;
  const absent = answer.stdout.trim();
  return absent === ''
    ? { peers, python }
    : `${python} lacks ${absent} (pip install -r ${join(peers, 'requirements.txt')})`;
}

/** Runs a step of peer_predictions.py; answers why it failed, or null. */
function run(tools: PeerTools, args: readonly string[], signal: AbortSignal): Promise<string | null> {
  const script = join(packageRoot(), 'bench', 'models', 'peer_predictions.py');
  return new Promise((resolve, reject) => {
    const child = spawn(tools.python, [script, tools.peers, ...args], { stdio: ['ignore', 'ignore', 'pipe'] });
    const stop = (): void => void child.kill('SIGTERM');
    signal.addEventListener('abort', stop, { once: true });
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (said = (said + text).slice(-1000)));
    child.on('error', reject);
    child.on('close', (code) => {
      signal.removeEventListener('abort', stop);
      resolve(code === 0 ? null : said.trim().slice(-300) || `exit code ${code}`);
    });
  });
}

/** Lays the portfolios out under `root`: fixed folds and fresh repeats; what is there already stays. */
export function layOut(tools: PeerTools, root: string, signal: AbortSignal): Promise<string | null> {
  return run(tools, [root, 'layout'], signal);
}

/** Fits one peer on a fold; it stores its own predictions and note. */
export function fitPeer(
  tools: PeerTools,
  root: string,
  fold: Fold,
  peer: string,
  signal: AbortSignal,
): Promise<string | null> {
  return run(tools, [root, 'fit', fold.split, fold.fold, peer], signal);
}
