/**
 * Speed of training and scoring against peers, same rows, same run, taken in turn, medians:
 * `npm run bench:speed -- [--part training,million,scoring,apart,one] [--out FOLDS] [--peers DIR] [--python EXE]`. Goals on 2 cores:
 * training, CSV to proven artefact, at most 0.3 times EBM's bare fit on Taiwan and 0.5 times on GMSC; 1M x 30 rows within 15 minutes in
 * 8 GB; scoring with all contributions at least 200 times as fast as LightGBM's pred_contrib, without at least 2 times as fast as its
 * plain predict, Parquet in, Parquet out; one rating in TypeScript at most 50 microseconds.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { Command } from 'commander';
import { identifier, literal, packageRoot, probityHome } from '../base/index.ts';
import { parseFlat } from '../features/specs/parse-flat.ts';
import { loadFlat } from '../models/dataset/index.ts';
import { loadModelFolder, scoreFlat, type ModelFolder } from '../models/flat/index.ts';
import { compile } from '../models/scoring/index.ts';
import { findPeerTools, layOut, type PeerTools } from './models/fit-peers.ts';
import { measuredProbity } from './models/measured-run.ts';
import { startPeer } from './models/peer-process.ts';
import { SIMULATED_SPEC, simulateRows } from './models/simulated-rows.ts';
import { median, timed } from './transactions.ts';

interface Options {
  readonly peers: string;
  readonly python: string;
  readonly out: string;
  readonly part: readonly string[];
  readonly rows: string;
  readonly million: string;
  readonly repeats: string;
}

const say = (line: string): void => void process.stderr.write(`${line}\n`);
const round = (value: number, digits = 3): number => Number(value.toFixed(digits));

/** `probity train` from CSV to a proven artefact, against the bare fit of EBM. */
async function training(tools: PeerTools, folder: string, goal: number, repeats: number, scratch: string) {
  const peer = await startPeer(tools, folder, '0');
  const runs: { readonly ours: number; readonly ebm: number; readonly ratio: number }[] = [];
  try {
    for (let k = 0; k < repeats; k++) {
      const ebm = (await peer.order('ebm')).seconds ?? Number.NaN;
      const args = [
        'train',
        join(folder, 'spec.yaml'),
        '--train',
        join(folder, 'train_0.csv'),
        '--out',
        join(scratch, `m${k}`),
      ];
      const { seconds } = await measuredProbity(args);
      runs.push({ ours: round(seconds), ebm: round(ebm), ratio: round(seconds / ebm) });
      say(JSON.stringify(runs.at(-1)));
    }
  } finally {
    peer.end();
  }
  const ratio = median(runs.map((run) => run.ratio));
  return { runs, ratio, goal, met: ratio <= goal };
}

/** Training on simulated rows, with its peak memory. */
async function million(rows: number, scratch: string) {
  const csv = join(scratch, 'simulated.csv');
  const spec = join(scratch, 'simulated.yaml');
  writeFileSync(spec, SIMULATED_SPEC);
  await simulateRows(csv, rows);
  const run = await measuredProbity(['train', spec, '--train', csv, '--out', join(scratch, 'simulated')], say);
  const met = rows < 1_000_000 ? null : run.seconds <= 900 && (run.peakMiB ?? Number.POSITIVE_INFINITY) <= 8192;
  return {
    rows,
    columns: 30,
    seconds: round(run.seconds, 1),
    peakMiB: run.peakMiB,
    goalSeconds: 900,
    goalMiB: 8192,
    met,
  };
}

/** A column with more values than this holds amounts. */
const MOST_CODES = 1000;

/**
 * Test rows repeated to a Parquet file; categories as text. Repeated rows repeat their amounts, which a column's dictionary then holds once: `apart` moves
 * each amount that is not 0 by up to a hundredth of itself, so that hardly one comes twice.
 */
async function parquetRows(folder: string, path: string, rows: number, apart: boolean): Promise<void> {
  const spec = parseFlat(readFileSync(join(folder, 'spec.yaml'), 'utf8'));
  const texts = (spec.features ?? [])
    .filter(({ type }) => type === 'category')
    .map(({ name }) => `${literal(name)}: 'VARCHAR'`);
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  const source = `read_csv(${literal(join(folder, 'test_0.csv'))}, types = {${texts.join(', ')}})`;
  try {
    const numbers = (spec.features ?? []).filter(({ type }) => type === 'number').map(({ name }) => name);
    const counted = await connection.runAndReadAll(
      `SELECT ${numbers.map((name) => `count(DISTINCT ${identifier(name)})::DOUBLE`).join(', ')} FROM ${source}`,
    );
    const amounts = numbers.filter((_, i) => apart && Number(counted.getRows()[0]?.[i]) > MOST_CODES);
    const moved = amounts.map((name) => {
      const column = `t.${identifier(name)}`;
      return `${column} * (1 + hash(i, ${literal(name)}) / 1e2 / 2e19) AS ${identifier(name)}`;
    });
    const replaced = moved.length === 0 ? '' : ` REPLACE (${moved.join(', ')})`;
    await connection.run(
      `COPY (SELECT t.* EXCLUDE (place, size)${replaced} FROM range(${rows}) n(i)
        JOIN (SELECT *, row_number() OVER () - 1 AS place, count(*) OVER () AS size FROM ${source}) t ON t.place = i % t.size)
        TO ${literal(path)} (FORMAT parquet)`,
    );
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

/** Batch scoring in SQL against tuned LightGBM, Parquet to Parquet, with contributions and without. */
async function scoring(
  tools: PeerTools,
  folder: string,
  model: ModelFolder,
  rows: number,
  repeats: number,
  scratch: string,
  apart: boolean,
) {
  const input = join(scratch, 'rows.parquet');
  const output = join(scratch, 'scored.parquet');
  await parquetRows(folder, input, rows, apart);
  const ours = (contributions: boolean): Promise<number> =>
    timed(() => scoreFlat({ artefact: model.artefact, spec: model.spec, input, output, contributions }));
  const peer = await startPeer(tools, folder, '0');
  const found: { readonly [kind: string]: { ours: number; lightgbm: number; ratio: number }[] } = {
    contrib: [],
    predict: [],
  };
  try {
    const { trees, leaves } = await peer.order('tune');
    say(`LightGBM, tuned: ${trees} trees of up to ${leaves} leaves; ${rows} rows`);
    for (let k = 0; k < repeats; k++) {
      for (const [kind, runs] of Object.entries(found)) {
        const lightgbm = (await peer.order(kind, input, join(scratch, 'peer.parquet'))).seconds ?? Number.NaN;
        const seconds = await ours(kind === 'contrib');
        runs.push({ ours: round(seconds), lightgbm: round(lightgbm), ratio: round(lightgbm / seconds, 2) });
        say(`${kind} ${JSON.stringify(runs.at(-1))}`);
      }
    }
    const verdict = (kind: string, goal: number) => {
      const runs = found[kind] ?? [];
      const ratio = median(runs.map((run) => run.ratio));
      return { runs, ratio, goal, met: ratio >= goal };
    };
    return {
      rows,
      amounts: apart ? 'apart' : 'repeated',
      trees,
      leaves,
      withContributions: verdict('contrib', 200),
      plain: verdict('predict', 2),
    };
  } finally {
    peer.end();
  }
}

/** One rating at a time in TypeScript: features in, PD and contributions out. */
async function one(folder: string, model: ModelFolder) {
  const { dataset } = await loadFlat(
    join(folder, 'test_0.csv'),
    parseFlat(readFileSync(join(folder, 'spec.yaml'), 'utf8')),
  );
  const cases = Array.from({ length: Math.min(5000, dataset.rows) }, (_, row) =>
    Object.fromEntries(
      dataset.columns.map((column) => [
        column.name,
        column.kind === 'number' ? (column.values[row] ?? null) : (column.levels[column.codes[row] ?? -1] ?? null),
      ]),
    ),
  );
  const scorer = compile(model.artefact);
  const rounds: number[] = [];
  let sum = 0;
  for (let k = 0; k < 11; k++) {
    const started = performance.now();
    for (const values of cases) sum += scorer.score(values).pd;
    rounds.push(((performance.now() - started) / cases.length) * 1000);
  }
  if (!(sum > 0)) throw new Error('no PD');
  const microseconds = median(rounds);
  return {
    features: model.artefact.model.terms.length,
    pairs: model.artefact.model.pairs.length,
    microseconds: round(microseconds, 2),
    goal: 50,
    met: microseconds <= 50,
  };
}

async function main(options: Options): Promise<void> {
  const wanted = (part: string): boolean => options.part.includes(part);
  const repeats = Number(options.repeats);
  const found = findPeerTools(options.peers, options.python);
  const tools = typeof found === 'string' ? null : found;
  if (typeof found === 'string') say(`nothing is measured against peers: ${found}`);
  const folder = (name: string): string => join(options.out, name);
  if (tools && !existsSync(folder('taiwan'))) await layOut(tools, options.out, new AbortController().signal);
  const scratch = mkdtempSync(join(tmpdir(), 'probity-bench-'));
  const report: Record<string, unknown> = {};
  try {
    if (wanted('training') && tools) {
      report['taiwan'] = await training(tools, folder('taiwan'), 0.3, repeats, scratch);
      report['gmsc'] = await training(tools, folder('gmsc'), 0.5, repeats, scratch);
    }
    if (wanted('million')) report['million'] = await million(Number(options.million), scratch);
    if (((wanted('scoring') || wanted('apart')) && tools) || wanted('one')) {
      if (!existsSync(folder('taiwan'))) say(`scoring skipped: there is no ${folder('taiwan')}`);
      else {
        const path = join(scratch, 'model');
        await measuredProbity([
          'train',
          join(folder('taiwan'), 'spec.yaml'),
          '--train',
          join(folder('taiwan'), 'train_0.csv'),
          '--out',
          path,
        ]);
        const model = await loadModelFolder(path);
        if (wanted('one')) report['one'] = await one(folder('taiwan'), model);
        for (const part of ['scoring', 'apart'])
          if (wanted(part) && tools) {
            const rows = Number(options.rows);
            report[part] = await scoring(tools, folder('taiwan'), model, rows, repeats, scratch, part === 'apart');
          }
      }
    }
    process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

const list = (value: string): string[] => value.split(',').filter((each) => each !== '');
const beside = join(packageRoot(), '..', 'shared', 'peers');
const program = new Command('bench:speed')
  .description('speed of training and scoring, as ratios to peers in the same run')
  .option('--peers <dir>', 'folder of portfolios.py and train_peers.py', existsSync(beside) ? beside : 'peers')
  .option(
    '--python <exe>',
    'a Python that has what the peers need, and pyarrow',
    process.env['PROBITY_PYTHON'] ?? 'python3',
  )
  .option('--out <dir>', 'folder of the folds', join(probityHome(), 'bench-models'))
  .option('--part <names>', 'these parts, by comma', list, ['training', 'million', 'scoring', 'apart', 'one'])
  .option('--rows <n>', 'rows of batch scoring', '500000')
  .option('--million <n>', 'rows of the large training', '1000000')
  .option('--repeats <n>', 'turns of each side', '3');
program.parse();
await main(program.opts<Options>());
