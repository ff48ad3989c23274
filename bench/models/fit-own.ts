import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compiledEntry } from '../../base/index.ts';
import { parseFlat } from '../../features/specs/parse-flat.ts';
import { loadFlat } from '../../models/dataset/index.ts';
import type { Fold } from './folds.ts';
import type { OwnSystem } from './systems.ts';

/** What `probity` answered: its exit code, and the end of what it said on stderr. */
interface Answer {
  readonly code: number | null;
  readonly said: string;
}

/** Runs `probity` as a user would; its lines of progress go to `onLine`. */
export function probity(args: readonly string[], signal: AbortSignal, onLine: (line: string) => void): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [compiledEntry('cli/main.ts'), ...args], {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: '2' },
    });
    const stop = (): void => void child.kill('SIGTERM');
    signal.addEventListener('abort', stop, { once: true });
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-2000);
      const line = text.trim().split('\n').at(-1) ?? '';
      if (/^\w+( \d+%)?(:|$)/.test(line)) onLine(line);
    });
    child.on('error', reject);
    child.on('close', (code) => {
      signal.removeEventListener('abort', stop);
      resolve({ code, said: said.trim() });
    });
  });
}

/** Whether this version of `probity train` knows the options of a system. */
export function canTrain(system: OwnSystem): boolean {
  const options = system.train.filter((argument) => argument.startsWith('--'));
  if (options.length === 0) return true;
  const help = spawnSync(process.execPath, [compiledEntry('cli/main.ts'), 'train', '--help'], { encoding: 'utf8' });
  return options.every((option) => help.stdout.includes(option));
}

export interface OwnFit {
  readonly pd: Float64Array;
  readonly trainSeconds: number;
  readonly scoreSeconds: number;
}

/** Trains and scores a system of ours on a fold through the command line. Answers the reason as text where it failed. */
export async function fitOwn(
  fold: Fold,
  system: OwnSystem,
  signal: AbortSignal,
  onLine: (line: string) => void,
): Promise<OwnFit | string> {
  const scratch = mkdtempSync(join(tmpdir(), 'probity-bench-'));
  try {
    const model = join(scratch, 'model');
    const scores = join(scratch, 'scores.csv');
    const run = async (...args: readonly string[]): Promise<number | string> => {
      const started = performance.now();
      const { code, said } = await probity(args, signal, onLine);
      return code === 0 ? (performance.now() - started) / 1000 : said.slice(-300) || `exit code ${code}`;
    };
    const trained = await run('train', fold.spec, '--train', fold.train, '--out', model, ...system.train);
    if (typeof trained === 'string') return trained;
    const scored = await run('score', '--model', model, '--input', fold.test, '--output', scores);
    if (typeof scored === 'string') return scored;
    return { pd: await pdOf(scores), trainSeconds: trained, scoreSeconds: scored };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

async function pdOf(scores: string): Promise<Float64Array> {
  const spec = parseFlat('name: scores\ntarget: {column: none, bad: [1]}\nfeatures: [{name: pd}]');
  const column = (await loadFlat(scores, spec, { requireTarget: false })).dataset.columns[0];
  return column?.kind === 'number' ? column.values : new Float64Array();
}

/** The rows of a fold that are measured: outcome, and a key that is the same wherever the row lies. */
export interface TestRows {
  /** Lines of the test file. */
  readonly lines: number;
  /** Lines with an outcome. */
  readonly decided: Int32Array;
  readonly bad: Uint8Array;
  readonly keys: readonly string[];
}

/** Reads a fold's test rows. The key is the id where the spec names one, else all cells of the row. */
export async function readTestRows(fold: Fold): Promise<TestRows> {
  const spec = parseFlat(readFileSync(fold.spec, 'utf8'), { file: fold.spec });
  const { dataset, outcome } = await loadFlat(fold.test, spec, { requireTarget: false });
  const decided = Int32Array.from(outcome.keys()).filter((row) => outcome[row] !== -1);
  const cells = (row: number): string =>
    dataset.columns
      .map((each) => (each.kind === 'number' ? each.values[row] : (each.levels[each.codes[row] ?? -1] ?? '')))
      .join('|');
  return {
    lines: dataset.rows,
    decided,
    bad: Uint8Array.from(decided, (row) => outcome[row] as number),
    keys: Array.from(decided, (row) => (spec.id === null ? `${outcome[row]}|${cells(row)}` : (dataset.ids[row] ?? ''))),
  };
}
