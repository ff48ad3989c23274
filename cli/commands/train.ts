import type { Command } from 'commander';
import { makeOutputFolder, ProbityError } from '../../base/index.ts';
import type { FlatSpec } from '../../features/specs/flat-spec.ts';
import { loadAnyModelFolder, saveTrained, trainFlat, type FlatTraining } from '../../models/flat/index.ts';
import { isDeep } from '../../models/deep/index.ts';
import { action, command, type CommandContext } from '../command.ts';
import { readFlatSpec } from '../read-flat-spec.ts';
import { trainDeep } from './train-deep.ts';
import { tellWarnings } from './training-warnings.ts';

interface TrainOptions {
  readonly train?: string;
  readonly out?: string;
  readonly seed?: string;
  readonly like?: string;
  readonly centralTendency?: string;
  readonly kind?: string;
  readonly benchmarkOnly?: boolean;
  readonly jurisdiction?: string;
}

/** `probity train`: a model from one flat file, without any server. */
export function trainCommand(): Command {
  return command('train', 'train a default model on a flat file, without any server')
    .argument('[spec]', 'YAML that says what the columns mean (optional with --like)')
    .option('--train <file>', 'training rows: .csv, .csv.gz, .parquet or .arrow')
    .option('--out <folder>', 'where the model goes')
    .option('--seed <number>', 'a whole number; the same one gives the same model (default: 1)')
    .option(
      '--central-tendency <rate>',
      'move PDs from the bad rate of the sample to this one, between 0 and 1 (recorded in the model)',
    )
    .option(
      '--kind <name>',
      'glass-box, or deep: a challenger of networks beside a glass box, which may be compared but never decides (default: glass-box)',
    )
    .option('--like <model>', 'repeat the run that made this model folder (spec, settings, seed) on new data')
    .option('--benchmark-only', 'a yardstick: may use protected attributes, can never be approved for decisions')
    .option(
      '--jurisdiction <codes>',
      'whose protected attributes are refused as features (US, EU, UK, CN), with commas',
    )
    .action(action<TrainOptions>(train));
}

async function train(context: CommandContext, args: readonly string[], options: TrainOptions): Promise<void> {
  process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '2';
  const out = named(options.out);
  const file = named(options.train);
  const missing = [
    ...(args[0] === undefined && options.like === undefined ? ['SPEC (or --like MODEL)'] : []),
    ...(file === undefined ? ['--train FILE'] : []),
    ...(out === undefined ? ['--out FOLDER'] : []),
  ];
  if (file === undefined || out === undefined || missing.length > 0) {
    throw new ProbityError('USAGE', `Missing: ${missing.join(', ')}.`, {
      fix: 'probity train spec.yaml --train train.csv --out model/',
    });
  }
  const like = options.like === undefined ? null : await runOf(options.like);
  const read = args[0] === undefined ? like?.spec : await readFlatSpec(args[0]);
  if (!read) {
    throw new ProbityError('USAGE', 'The model of --like holds no spec of a flat file.', {
      fix: 'Name the spec as well.',
    });
  }
  const spec: FlatSpec = {
    ...read,
    ...(options.jurisdiction === undefined ? {} : { jurisdictions: codesOf(options.jurisdiction) }),
    ...(options.benchmarkOnly ? { use: 'benchmark-only' } : {}),
  };
  const seed = options.seed === undefined ? (like?.seed ?? 1) : wholeNumber(options.seed);
  const kind = kindOf(options.kind, like?.kind);
  const centralTendency = options.centralTendency === undefined ? null : badRate(options.centralTendency);
  if (kind === 'deep' && centralTendency !== null) {
    throw new ProbityError('USAGE', 'A deep challenger is not moved to a central tendency: it never decides.', {
      fix: 'Leave --central-tendency out, or train a glass-box.',
    });
  }
  await makeOutputFolder(out);
  const run = { spec, train: file, seed, settings: like?.kind === kind ? like.settings : {} };
  if (kind === 'deep') return trainDeep(context, run, out);
  const started = performance.now();
  const trained = await trainFlat({
    ...run,
    settings: centralTendency === null ? run.settings : { ...run.settings, centralTendency },
    onProgress: context.progress,
    signal: context.signal,
  });
  await saveTrained(trained, out);
  const seconds = (performance.now() - started) / 1000;
  const { artefact, counts, fitted, hash, golden } = trained;
  const { auc, aucInterval, logLoss } = fitted.outOfFold;
  const { warnings } = artefact;
  const result = {
    model: out,
    hash,
    rows: counts,
    features: artefact.model.terms.length,
    pairs: artefact.model.pairs.length,
    outOfFold: fitted.outOfFold,
    goldenVectors: golden.vectors,
    use: artefact.use ?? 'decisions',
    warnings,
    seconds: Number(seconds.toFixed(2)),
  };
  tellWarnings(context, warnings);
  const interval = aucInterval.map((bound) => bound.toFixed(4)).join(' to ');
  context.result(
    result,
    [
      `${counts.rows} rows: ${counts.bad} bad, ${counts.good} good, ${counts.indeterminate} indeterminate (left out)`,
      `${result.features} features, ${result.pairs} pairs; out of fold: AUC ${auc.toFixed(4)} (95 %: ${interval}), log-loss ${logLoss.toFixed(4)}`,
      `TypeScript, SQL and TensorFlow agree on ${golden.vectors} golden vectors`,
      `model ${hash.slice(0, 12)} in ${out} (${seconds.toFixed(1)} s)${artefact.use ? '; benchmark-only: it cannot be approved for decisions' : ''}`,
    ].join('\n'),
  );
}

type Kind = 'glass-box' | 'deep';

function kindOf(named: string | undefined, like: Kind | undefined): Kind {
  if (named === undefined) return like ?? 'glass-box';
  if (named === 'glass-box' || named === 'deep') return named;
  throw new ProbityError('USAGE', `There is no kind of model \`${named}\`.`, { fix: 'One of glass-box, deep.' });
}

/** What a model folder says about the run that made it. */
async function runOf(
  folder: string,
): Promise<{ spec: FlatSpec | null; kind: Kind; seed: number; settings: NonNullable<FlatTraining['settings']> }> {
  const { artefact, spec } = await loadAnyModelFolder(folder);
  const { seed: _, ...settings } = artefact.provenance.trainer.options;
  return { spec, kind: isDeep(artefact) ? 'deep' : 'glass-box', seed: artefact.provenance.seed, settings };
}

const codesOf = (text: string): string[] =>
  text
    .split(',')
    .map((code) => code.trim().toUpperCase())
    .filter(Boolean);

/** An option's value; an empty one, as of `--out "$UNSET"`, counts as absent. */
function named(value: string | undefined): string | undefined {
  return value === '' ? undefined : value;
}

function badRate(text: string): number {
  const rate = Number(text);
  if (rate > 0 && rate < 1) return rate;
  throw new ProbityError('USAGE', 'The central tendency must be a bad rate between 0 and 1.', {
    fix: 'For example --central-tendency 0.03.',
  });
}

function wholeNumber(text: string): number {
  const number = Number(text);
  if (text.trim() !== '' && Number.isSafeInteger(number)) return number;
  throw new ProbityError('USAGE', 'The seed must be a whole number.', { fix: 'For example --seed 1.' });
}
