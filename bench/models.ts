/**
 * Our models against the systems that people use today, on the same rows: `npm run bench:models -- [options]`.
 * Fits what is not fitted yet (ours through `probity train` and `probity score`, peers through peer_predictions.py), most telling folds
 * first, then writes `models.md`, `models.json` and `models.svg` into the --out folder. Each fit is kept as it ends, under the hash of its
 * fold, its arguments and the code that made it: interrupted, it goes on where it was.
 */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Command } from 'commander';
import { compiledEntry, packageRoot, probityHome } from '../base/index.ts';
import { progressDisplay } from '../cli/terminal/progress-display.ts';
import { canTrain, fitOwn } from './models/fit-own.ts';
import { findPeerTools, fitPeer, layOut, type PeerTools } from './models/fit-peers.ts';
import { chooseFolds, codeHash, hashOf, listFolds, type Fold } from './models/folds.ts';
import { measurePortfolio, meanOverPortfolios, PROFIT_BASIS, type PortfolioResult } from './models/measure.ts';
import { missesOn, missesText, type Misses } from './models/misses.ts';
import { differencesSvg } from './models/plot.ts';
import { readNote, storePredictions } from './models/stored.ts';
import { OURS, PEERS } from './models/systems.ts';
import { reportText } from './models/table.ts';

interface Options {
  readonly peers: string;
  readonly python: string;
  readonly out: string;
  readonly only: readonly string[];
  readonly systems: readonly string[];
  readonly limit?: string;
  readonly report?: boolean;
  readonly misses?: boolean;
  readonly publish?: string | true;
}

const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** A fit that is not there yet. */
interface Job {
  readonly fold: Fold;
  readonly system: string;
  readonly key: string | null;
}

/** What a fit of ours depends on: its fold, its arguments, and the code that trains. Peers' fits have no key. */
function keysOf(): (fold: Fold, system: string) => string | null {
  const code = codeHash(dirname(compiledEntry('models/index.ts')));
  const known = new Map<string, string>();
  return (fold, system) => {
    const own = OURS.find(({ name }) => name === system);
    if (!own) return null;
    const place = `${system} ${fold.train}`;
    const key = known.get(place) ?? hashOf([fold.spec, fold.train, fold.test], [...own.train, code]);
    known.set(place, key);
    return key;
  };
}

function jobsOf(folds: readonly Fold[], systems: readonly string[], keyOf: ReturnType<typeof keysOf>): Job[] {
  return folds.flatMap((fold) =>
    systems.flatMap((system): Job[] => {
      const key = keyOf(fold, system);
      const note = readNote(fold, system);
      const kept = key === null ? note !== null : note?.key === key && note.error === undefined;
      return kept ? [] : [{ fold, system, key }];
    }),
  );
}

/** Does the jobs in turn; answers those that failed, and why. A stop leaves what is finished. */
async function fitAll(
  jobs: readonly Job[],
  tools: PeerTools | null,
  root: string,
  signal: AbortSignal,
): Promise<string[]> {
  const display = progressDisplay(process.stderr);
  const failed: string[] = [];
  for (const [i, { fold, system, key }] of jobs.entries()) {
    if (signal.aborted) break;
    const name = `${system} on ${fold.split} fold ${fold.fold}`;
    const tell = (line = ''): void =>
      display.report({
        step: 'fitting',
        done: i / jobs.length,
        message: `${i + 1} of ${jobs.length}: ${name} ${line}`,
      });
    tell();
    const started = performance.now();
    const own = OURS.find((each) => each.name === system);
    let error: string | null = null;
    if (own) {
      const fitted = await fitOwn(fold, own, signal, process.stderr.isTTY ? tell : () => {});
      if (signal.aborted) break;
      if (typeof fitted === 'string') storePredictions(fold, system, null, { error: (error = fitted) });
      else {
        const { pd, trainSeconds, scoreSeconds } = fitted;
        storePredictions(fold, system, pd, {
          key: key ?? '',
          train_seconds: trainSeconds,
          score_seconds: scoreSeconds,
        });
      }
    } else if (tools) {
      error = (await fitPeer(tools, root, fold, system, signal)) ?? readNote(fold, system)?.error ?? null;
      if (signal.aborted) break;
    }
    if (error !== null) failed.push(`${name}: ${error}`);
    display.end();
    if (!process.stderr.isTTY) {
      const seconds = ((performance.now() - started) / 1000).toFixed(1);
      process.stderr.write(`${i + 1} of ${jobs.length}: ${name} ${error === null ? `in ${seconds} s` : 'failed'}\n`);
    }
  }
  display.end();
  return failed;
}

async function measureAll(
  folds: readonly Fold[],
  systems: readonly string[],
  keyOf: ReturnType<typeof keysOf>,
): Promise<PortfolioResult[]> {
  const results: PortfolioResult[] = [];
  for (const portfolio of new Set(folds.map((fold) => fold.portfolio))) {
    const of = folds.filter((fold) => fold.portfolio === portfolio);
    const result = await measurePortfolio(of, systems, PEERS, keyOf);
    if (result) results.push(result);
  }
  const mean = meanOverPortfolios(results, PEERS);
  return mean ? [...results, mean] : results;
}

async function main(options: Options): Promise<number> {
  const root = options.out;
  mkdirSync(root, { recursive: true });
  const stop = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => stop.abort());

  const found = findPeerTools(options.peers, options.python);
  const tools = typeof found === 'string' ? null : found;
  if (typeof found === 'string') say(`peers are not fitted: ${found}`);
  if (tools && options.report !== true) {
    const failed = await layOut(tools, root, stop.signal);
    if (failed !== null) say(`the portfolios could not be laid out: ${failed}`);
  }
  const folds = chooseFolds(listFolds(root), options.only);
  if (folds.length === 0) {
    say(`bench/models skipped: no portfolios in ${root} (folders with spec.yaml, train_<k>.csv, test_<k>.csv)`);
    return 0;
  }
  if (options.misses === true) return tellMisses(folds, root, stop.signal);
  const limited = folds.slice(0, options.limit === undefined ? folds.length : Number(options.limit));
  const wanted = (name: string): boolean => options.systems.length === 0 || options.systems.includes(name);
  const ours = OURS.filter((system) => wanted(system.name) && (canTrain(system) || skipped(system.name)));
  const names = ours.map(({ name }) => name);
  const peers = PEERS.filter(wanted);
  const keyOf = keysOf();
  let failed: string[] = [];
  if (options.report !== true) {
    const jobs = jobsOf(limited, [...names, ...(tools ? peers : [])], keyOf);
    say(`${limited.length} folds; ${jobs.length} fits to do, what is kept in ${root} is not fitted again`);
    failed = await fitAll(jobs, tools, root, stop.signal);
    if (stop.signal.aborted) say('stopped; what is fitted is kept. Run it again to go on.');
  }
  const results = await measureAll(limited, [...names, ...peers], keyOf);
  const text = reportText(results, names, PROFIT_BASIS);
  write(root, 'models', text, results);
  if (options.publish !== undefined)
    write(join(packageRoot(), 'docs'), options.publish === true ? 'benchmarks-models' : options.publish, null, results);
  say(text);
  for (const line of failed) say(`failed: ${line}`);
  say(`written: ${join(root, 'models.md')}, models.json, models.svg`);
  return stop.signal.aborted ? 130 : failed.length > 0 ? 1 : 0;
}

/** What the champion misses, by portfolio, from kept predictions; written to `misses.md` and `misses.json`. */
async function tellMisses(folds: readonly Fold[], root: string, signal: AbortSignal): Promise<number> {
  const all: Misses[] = [];
  for (const portfolio of new Set(folds.map((fold) => fold.portfolio))) {
    const found = await missesOn(
      folds.filter((fold) => fold.portfolio === portfolio),
      signal,
    );
    if (signal.aborted) return 130;
    if (found) all.push(found);
    else say(`${portfolio}: no fold whose kept predictions of champion and challenger are of this code`);
  }
  const text = missesText(all);
  writeFileSync(join(root, 'misses.md'), text);
  writeFileSync(join(root, 'misses.json'), `${JSON.stringify(all, null, 2)}\n`);
  say(text);
  return 0;
}

function skipped(name: string): false {
  say(`${name} is left out: this version of \`probity train\` does not know its options`);
  return false;
}

function write(folder: string, name: string, text: string | null, results: readonly PortfolioResult[]): void {
  if (text !== null) {
    writeFileSync(join(folder, `${name}.md`), text);
    writeFileSync(join(folder, `${name}.json`), `${JSON.stringify({ profit: PROFIT_BASIS, results }, null, 2)}\n`);
  }
  writeFileSync(join(folder, `${name}.svg`), differencesSvg(results));
}

const list = (value: string): string[] => value.split(',').filter((each) => each !== '');
const beside = join(packageRoot(), '..', 'shared', 'peers');
const program = new Command('bench:models')
  .description('our models against tuned LightGBM and others, on the same rows')
  .option('--peers <dir>', 'folder of portfolios.py and train_peers.py', existsSync(beside) ? beside : 'peers')
  .option('--python <exe>', 'a Python that has what the peers need', process.env['PROBITY_PYTHON'] ?? 'python3')
  .option('--out <dir>', 'folder of the folds, all predictions and the report', join(probityHome(), 'bench-models'))
  .option('--only <names>', 'these portfolios (taiwan), splits (taiwan@101) or folds (taiwan:0), by comma', list, [])
  .option(
    '--systems <names>',
    `these systems, by comma: ${[...OURS.map(({ name }) => name), ...PEERS].join(', ')}`,
    list,
    [],
  )
  .option('--limit <n>', 'the first n folds in order of priority')
  .option('--report', 'fit nothing; write the report of what is there')
  .option('--misses', 'fit the champion of the fixed folds anew and tell where the kept challenger beats it')
  .option('--publish [name]', 'also write the plot to docs/<name>.svg (default: benchmarks-models)');
program.parse();
process.exitCode = await main(program.opts<Options>());
