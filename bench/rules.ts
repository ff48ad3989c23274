/**
 * What expert rules add to a model or cost, on real portfolios: `npm run bench:rules -- FOLDS OUT [portfolio ...]`. FOLDS holds portfolios as
 * `<name>/spec.yaml`, `train_<k>.csv`, `test_<k>.csv`; models are trained into OUT once and used again. `--small 100` trains on so many rows of each fold
 * alone: a lender without a history. Skips, saying so, what is not there.
 */
import { createReadStream, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { execFileSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { compiledEntry } from '../base/index.ts';
import { loadFlat, type Dataset } from '../models/dataset/index.ts';
import { loadModelFolder } from '../models/flat/index.ts';
import { auc, DEFAULT_PROFIT, logLoss, pairedDelong, pairedProfit, profitAtCutoff } from '../models/metrics/index.ts';
import { compile, logistic } from '../models/scoring/index.ts';
import {
  blend,
  defaultStandards,
  openRules,
  rowValues,
  type CriterionPoints,
  type LiveRules,
} from '../rating/index.ts';
import { EXPERTS, expertRules, type ExpertCriterion } from './rules/experts.ts';

const WEIGHTS = [0, 0.25, 0.5, 1] as const;
const POINTS_TO_DOUBLE_ODDS = 20;
const { masterScale } = defaultStandards();
const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** The first `rows` rows of a CSV without line breaks in cells. */
async function head(file: string, rows: number, out: string): Promise<void> {
  const lines: string[] = [];
  for await (const line of createInterface({ input: createReadStream(file) })) {
    lines.push(line);
    if (lines.length > rows) break;
  }
  writeFileSync(out, `${lines.join('\n')}\n`);
}

/** Trains a fold's model into `folder`, unless it is there. */
async function trained(folds: string, name: string, k: number, out: string, small: number): Promise<string> {
  const folder = join(out, small > 0 ? `${name}-${small}` : name, String(k));
  if (existsSync(join(folder, 'model.json'))) return folder;
  mkdirSync(folder, { recursive: true });
  let train = join(folds, name, `train_${k}.csv`);
  if (small > 0) {
    const part = join(folder, 'train.csv');
    await head(train, small, part);
    train = part;
  }
  const args = [
    'train',
    join(folds, name, 'spec.yaml'),
    '--train',
    train,
    '--out',
    folder,
    '--benchmark-only',
    '--json',
  ];
  execFileSync(process.execPath, [compiledEntry('cli/main.ts'), ...args], { stdio: ['ignore', 'ignore', 'inherit'] });
  return folder;
}

/** The criteria's points of every row. */
async function pointsOf(
  rules: LiveRules,
  criteria: readonly ExpertCriterion[],
  rows: Dataset,
): Promise<CriterionPoints[][]> {
  const known = new Set(rows.columns.map(({ name }) => name));
  const unknown = criteria.filter(({ field }) => !known.has(field)).map(({ field }) => field);
  if (unknown.length > 0) throw new Error(`the portfolio has no column ${unknown.join(', ')}`);
  const columns = new Map(criteria.map(({ name, field }) => [`features.${name}`, field]));
  const all: CriterionPoints[][] = [];
  for (let row = 0; row < rows.rows; row++) {
    const values = rowValues(rows.columns, row);
    const facts = { get: (field: string) => values[columns.get(field) ?? ''] };
    const points: CriterionPoints[] = [];
    for (const { criterion, runner } of rules.score) {
      const [hit] = await runner.run(facts);
      const { table, weight, reference } = criterion;
      points.push({ name: table.name, points: Number(hit?.outputs['points']), weight, reference });
    }
    all.push(points);
  }
  return all;
}

interface FoldRows {
  readonly bad: Uint8Array;
  /** PDs by weight of the rules, then the rules' points alone, as a risk. */
  readonly pd: readonly Float64Array[];
  readonly rulesAlone: Float64Array;
}

async function fold(
  folder: string,
  files: { train: string; test: string },
  criteria: readonly ExpertCriterion[],
): Promise<FoldRows> {
  const { artefact, spec } = await loadModelFolder(folder);
  if (spec === null) throw new Error('the model has no spec of a flat file');
  const read = async (file: string): Promise<Dataset> => (await loadFlat(file, spec)).dataset;
  const plain = await openRules(expertRules(criteria, []), masterScale);
  const before = await pointsOf(plain, criteria, await read(files.train));
  const references = criteria.map(
    (_, c) => before.reduce((sum, row) => sum + (row[c]?.points ?? 0), 0) / before.length,
  );
  const rounded = references.map((reference) => Math.round(reference * 1000) / 1000);
  const rules = await openRules(expertRules(criteria, rounded), masterScale);
  const test = await read(files.test);
  const points = await pointsOf(rules, criteria, test);
  const scorer = compile(artefact);
  const logOdds = Array.from({ length: test.rows }, (_, row) => scorer.score(rowValues(test.columns, row)).logOdds);
  const weights = (weight: number) => ({ weight, pointsToDoubleOdds: POINTS_TO_DOUBLE_ODDS });
  return {
    bad: test.bad,
    pd: WEIGHTS.map((weight) =>
      Float64Array.from(logOdds, (at, row) =>
        logistic(blend(at, points[row] ?? [], [], weights(weight), masterScale).logOdds),
      ),
    ),
    rulesAlone: Float64Array.from(points, (row) => blend(0, row, [], weights(1), masterScale).logOdds),
  };
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Mean difference over folds with the interval of independent folds. */
function pooled(differences: readonly { readonly difference: number; readonly standardError: number }[]): string {
  const at = mean(differences.map(({ difference }) => difference));
  const reach = (1.96 * Math.hypot(...differences.map(({ standardError }) => standardError))) / differences.length;
  return `${at >= 0 ? '+' : ''}${at.toFixed(4)} (${(at - reach).toFixed(4)} to ${(at + reach).toFixed(4)})`;
}

function table(folds: readonly FoldRows[]): void {
  say('| rules’ weight | AUC | against the model alone | log-loss | profit | against the model alone | accepted |');
  say('| --- | --- | --- | --- | --- | --- | --- |');
  WEIGHTS.forEach((weight, w) => {
    const of = (measure: (pd: Float64Array, bad: Uint8Array) => number): number =>
      mean(folds.map(({ pd, bad }) => measure(pd[w] ?? new Float64Array(), bad)));
    const against = <T>(compare: (a: Float64Array, b: Float64Array, bad: Uint8Array) => T): T[] =>
      folds.map(({ pd, bad }) => compare(pd[w] ?? new Float64Array(), pd[0] ?? new Float64Array(), bad));
    const cells = [
      weight === 0 ? '0: the model alone' : String(weight),
      of(auc).toFixed(4),
      weight === 0 ? '' : pooled(against((a, b, bad) => pairedDelong(a, b, bad))),
      of(logLoss).toFixed(4),
      of((pd, bad) => profitAtCutoff(pd, { bad }, DEFAULT_PROFIT).perApplication).toFixed(4),
      weight === 0 ? '' : pooled(against((a, b, bad) => pairedProfit(a, b, { bad }, DEFAULT_PROFIT))),
      `${(100 * of((pd, bad) => profitAtCutoff(pd, { bad }, DEFAULT_PROFIT).accepted)).toFixed(1)} %`,
    ];
    say(`| ${cells.join(' | ')} |`);
  });
  say(`| the rules alone | ${mean(folds.map(({ rulesAlone, bad }) => auc(rulesAlone, bad))).toFixed(4)} | | | | | |`);
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({ options: { small: { type: 'string' } }, allowPositionals: true });
  const [root, out, ...chosen] = positionals;
  if (root === undefined || out === undefined || !existsSync(root)) {
    say(
      'bench/rules skipped: name the folder of portfolios (spec.yaml, train_<k>.csv, test_<k>.csv) and one for models',
    );
    return;
  }
  const small = Number(values.small ?? 0);
  for (const [name, criteria] of Object.entries(EXPERTS)) {
    if (chosen.length > 0 && !chosen.includes(name)) continue;
    if (!existsSync(join(root, name, 'spec.yaml'))) {
      say(`${name} skipped: it is not in ${root}`);
      continue;
    }
    const folds: FoldRows[] = [];
    for (let k = 0; existsSync(join(root, name, `train_${k}.csv`)); k++) {
      const folder = await trained(root, name, k, out, small);
      const files = { train: join(root, name, `train_${k}.csv`), test: join(root, name, `test_${k}.csv`) };
      folds.push(await fold(folder, files, criteria));
    }
    say(`\n${name}${small > 0 ? `, trained on ${small} rows` : ''}, ${folds.length} folds\n`);
    table(folds);
  }
}

await main();
