/**
 * AUC, log-loss and seconds of `probity train` and `probity score` by portfolio. Portfolios are folders with `spec.yaml` and
 * `train_<k>.csv`, `test_<k>.csv`: `node dist/bench/models.js FOLDS [portfolio ...]`.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compiledEntry } from '../base/index.ts';
import { parseFlat } from '../features/specs/parse-flat.ts';
import { loadFlat } from '../models/dataset/index.ts';
import { auc, logLoss } from '../models/metrics/index.ts';

interface Fold {
  readonly auc: number;
  readonly logLoss: number;
  readonly trainSeconds: number;
  readonly scoreSeconds: number;
}

function seconds(work: () => void): number {
  const started = performance.now();
  work();
  return (performance.now() - started) / 1000;
}

async function fold(folder: string, k: number, scratch: string): Promise<Fold> {
  const model = join(scratch, 'model');
  const scores = join(scratch, 'scores.csv');
  const spec = join(folder, 'spec.yaml');
  const probity = (...args: readonly string[]): void =>
    void execFileSync(process.execPath, [compiledEntry('cli/main.ts'), ...args], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
  const trainSeconds = seconds(() =>
    probity('train', spec, '--train', join(folder, `train_${k}.csv`), '--out', model, '--json'),
  );
  const test = join(folder, `test_${k}.csv`);
  const scoreSeconds = seconds(() => probity('score', '--model', model, '--input', test, '--output', scores, '--json'));
  const { outcome } = await loadFlat(test, parseFlat(readFileSync(spec, 'utf8')), { requireTarget: false });
  const read = await loadFlat(
    scores,
    parseFlat('name: scores\ntarget: {column: none, bad: [1]}\nfeatures: [{name: pd}]'),
    {
      requireTarget: false,
    },
  );
  const column = read.dataset.columns[0];
  const all = column?.kind === 'number' ? column.values : new Float64Array();
  const decided = [...outcome.keys()].filter((row) => outcome[row] !== -1);
  const pd = Float64Array.from(decided, (row) => all[row] ?? Number.NaN);
  const bad = Uint8Array.from(decided, (row) => outcome[row] ?? 0);
  return { auc: auc(pd, bad), logLoss: logLoss(pd, bad), trainSeconds, scoreSeconds };
}

async function main([folds, ...chosen]: readonly string[]): Promise<void> {
  if (folds === undefined || !existsSync(folds)) {
    process.stdout.write(
      'bench/models skipped: name the folder of portfolios (spec.yaml, train_<k>.csv, test_<k>.csv)\n',
    );
    return;
  }
  const scratch = mkdtempSync(join(tmpdir(), 'probity-bench-'));
  const names =
    chosen.length > 0 ? chosen : readdirSync(folds).filter((name) => existsSync(join(folds, name, 'spec.yaml')));
  process.stdout.write(
    '| portfolio | folds | AUC | log-loss | train s | score s |\n| --- | --- | --- | --- | --- | --- |\n',
  );
  try {
    for (const name of names) {
      const results: Fold[] = [];
      for (let k = 0; existsSync(join(folds, name, `train_${k}.csv`)); k++) {
        results.push(await fold(join(folds, name), k, scratch));
      }
      const mean = (pick: (each: Fold) => number): number =>
        results.reduce((sum, each) => sum + pick(each), 0) / results.length;
      const figures = [
        mean((each) => each.auc).toFixed(4),
        mean((each) => each.logLoss).toFixed(4),
        mean((each) => each.trainSeconds).toFixed(1),
        mean((each) => each.scoreSeconds).toFixed(1),
      ];
      process.stdout.write(`| ${[name, results.length, ...figures].join(' | ')} |\n`);
    }
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

await main(process.argv.slice(2));
