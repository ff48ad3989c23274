import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** One split of a portfolio into rows to train on and rows to measure on: the same for every system. */
export interface Fold {
  /** Name of the portfolio, without the seed of a repeat. */
  readonly portfolio: string;
  /** Folder of the split: `<portfolio>` for the fixed folds, `<portfolio>@<seed>` for a fresh repeat. */
  readonly split: string;
  readonly fold: string;
  readonly spec: string;
  readonly train: string;
  readonly test: string;
  /** 0: a fixed fold; 1: the first fold of a repeat (every fold where training takes seconds); 2: the rest. */
  readonly priority: number;
}

/** Training files below so many bytes are fitted in seconds: all folds of their repeats come early. */
const SMALL = 1_000_000;

/** The folds under `root`, most telling first: fixed ones, one of each repeat, the rest; small portfolios before large ones. */
export function listFolds(root: string): Fold[] {
  const found = readdirSync(root).flatMap(
    (split): { readonly fold: Fold; readonly size: number; readonly repeat: string }[] => {
      const folder = join(root, split);
      const spec = join(folder, 'spec.yaml');
      if (!existsSync(spec)) return [];
      const numbers = readdirSync(folder).flatMap((name) => /^train_(\w+)\.csv$/.exec(name)?.[1] ?? []);
      return numbers.map((fold) => {
        const [portfolio = split, seed] = split.split('@');
        const train = join(folder, `train_${fold}.csv`);
        const { size } = statSync(train);
        const priority = seed === undefined ? 0 : fold === '0' || size < SMALL ? 1 : 2;
        const test = join(folder, `test_${fold}.csv`);
        return { fold: { portfolio, split, fold, spec, train, test, priority }, size, repeat: seed ?? '' };
      });
    },
  );
  return found
    .sort(
      (a, b) =>
        a.fold.priority - b.fold.priority ||
        a.repeat.localeCompare(b.repeat) ||
        (a.fold.portfolio === b.fold.portfolio ? 0 : a.size - b.size) ||
        a.fold.fold.localeCompare(b.fold.fold),
    )
    .map(({ fold }) => fold);
}

/** Folds that a selection names: `taiwan`, `taiwan@101`, or one fold as `taiwan:0`; none named: all. */
export function chooseFolds(folds: readonly Fold[], only: readonly string[]): Fold[] {
  if (only.length === 0) return [...folds];
  return folds.filter(({ portfolio, split, fold }) =>
    only.some((name) => [portfolio, split, `${split}:${fold}`].includes(name)),
  );
}

/** SHA-256 over files' contents and texts: what a fitted model depends on. */
export function hashOf(files: readonly string[], texts: readonly string[]): string {
  const hash = createHash('sha256');
  for (const file of files) hash.update(readFileSync(file)).update('\0');
  for (const text of texts) hash.update(text).update('\0');
  return hash.digest('hex');
}

/**
 * Folders and files of `models/` that cannot change a PD of a fold, with the reason. What decides about a warning or a refusal may leave a fold
 * without a model, and never with another one.
 */
export const BESIDE: Readonly<Record<string, string>> = {
  validation: 'reads a fitted model',
  card: 'reads a fitted model',
  export: 'reads a fitted model',
  registry: 'reads a fitted model',
  monitoring: 'reads scores',
  benchmark: 'a logistic regression beside a validation',
  'reject-inference': 'a logistic regression beside a validation',
  metrics: 'what training and warnings report; early stopping, penalties and calibration have losses of their own',
  golden: 'proves a fitted model, or refuses it',
  hazard: 'targets by age; those of the folds have one horizon',
  'training-set': 'sets from the facts of a project; folds are files',
  'artefact/arbitrary': 'random models for tests',
  'dataset/target-drift': 'a warning',
  'training/inspect': 'warnings',
  'deep/prove': 'proves a fitted model, or refuses it',
  'deep/where-it-wins': 'compares fitted models',
  'deep/coarse-column': 'compares fitted models',
  'deep/tally-cells': 'compares fitted models',
  'flat/validate': 'reads a fitted model',
  'flat/compare': 'reads fitted models',
  'binning/woe-report': 'a page about a scorecard',
  'binning/event-rate-chart': 'a page about a scorecard',
  'binning/woe-table': 'a scorecard, which is no system of the bench',
  'binning/optimal': 'bins of a scorecard, which is no system of the bench',
};

/** SHA-256 of the compiled code that trains and scores, so that a changed trainer is measured anew. */
export function codeHash(compiledModels: string): string {
  const files = readdirSync(compiledModels, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.js') && !isBeside(name))
    .sort();
  return hashOf(
    files.map((name) => join(compiledModels, name)),
    files,
  );
}

/** Whether a file below `models/` cannot change a PD. */
export const isBeside = (name: string): boolean =>
  (name.split('/')[0] ?? '') in BESIDE || name.replace(/\.[jt]s$/, '') in BESIDE;
