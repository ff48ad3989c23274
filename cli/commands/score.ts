import type { Command } from 'commander';
import { ProbityError } from '../../base/index.ts';
import { scoreFlat, type Engine } from '../../models/flat/index.ts';
import { action, command, type CommandContext } from '../command.ts';
import { isDeep } from '../../models/deep/index.ts';
import { anyModelNamed } from '../model-named.ts';

interface ScoreOptions {
  readonly model?: string;
  readonly input?: string;
  readonly output?: string;
  readonly engine?: string;
  readonly contributions?: boolean;
  readonly horizons?: string;
  readonly raw?: boolean;
}

const ENGINES: readonly Engine[] = ['sql', 'ts', 'tf'];

/** `probity score`: the PD of every row of a flat file, without any server. */
export function scoreCommand(): Command {
  return command('score', 'score every row of a flat file with a model, without any server')
    .option('--model <folder|id>', 'folder that `probity train --out` wrote, or a hash or candidate id of the project')
    .option(
      '--input <file>',
      'rows: .csv, .csv.gz, .parquet or .arrow; columns that the model does not need are ignored',
    )
    .option('--output <file>', 'scores, one row per input row, in order; format by extension')
    .option(
      '--engine <name>',
      'sql (streams; glass boxes only), ts or tf; all give the same scores (default: sql; ts for a deep challenger)',
    )
    .option('--contributions', 'also the log-odds, the intercept and each contribution to them')
    .option('--horizons <months>', 'PDs over these months, with commas: a column each, empty where the model has none')
    .option(
      '--raw',
      'CSV texts as they are, though a spreadsheet would run them as formulas (default: an apostrophe before)',
    )
    .action(action<ScoreOptions>(score));
}

async function score(context: CommandContext, _: readonly string[], options: ScoreOptions): Promise<void> {
  process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '2';
  const { model, input, output } = options;
  const missing = Object.entries({ '--model': model, '--input': input, '--output': output })
    .filter(([, value]) => value === undefined)
    .map(([name]) => name);
  if (model === undefined || input === undefined || output === undefined) {
    throw new ProbityError('USAGE', `Missing: ${missing.join(', ')}.`, {
      fix: 'probity score --model model/ --input test.csv --output scores.csv',
    });
  }
  const named = ENGINES.find((name) => name === options.engine);
  if (options.engine !== undefined && !named) {
    throw new ProbityError('USAGE', `There is no engine \`${options.engine}\`.`, {
      fix: `One of ${ENGINES.join(', ')}.`,
    });
  }
  const started = performance.now();
  const { artefact, spec, hash } = await anyModelNamed(context, model);
  const engine = named ?? (isDeep(artefact) ? 'ts' : 'sql');
  const scored = await scoreFlat({
    artefact,
    spec,
    input,
    output,
    engine,
    contributions: options.contributions ?? false,
    raw: options.raw ?? false,
    ...(options.horizons === undefined ? {} : { horizons: monthsOf(options.horizons) }),
    onProgress: context.progress,
  });
  const seconds = (performance.now() - started) / 1000;
  for (const { at, message } of scored.warnings) context.warn(`${context.paint.yellow('warning')} ${at}: ${message}`);
  for (const months of scored.notAvailable) {
    const why = artefact.target.ages
      ? `the longest age seen is ${artefact.target.ages.longestMonths} months, in steps of ${artefact.target.ages.periodMonths}`
      : 'the model has one horizon; a term structure comes from a hazard model';
    context.warn(`${context.paint.yellow('warning')} PD over ${months} months: not available (${why})`);
  }
  context.result(
    { ...scored, model: hash, engine, seconds: Number(seconds.toFixed(2)) },
    `${scored.rows} rows scored into ${output} (model ${hash.slice(0, 12)}, ${engine}, ${seconds.toFixed(1)} s)`,
  );
}

function monthsOf(text: string): number[] {
  const months = text.split(',').map((each) => (each.trim() === '' ? Number.NaN : Number(each)));
  if (months.every((each) => Number.isSafeInteger(each) && each > 0)) return [...new Set(months)];
  throw new ProbityError('USAGE', 'Horizons must be whole numbers of months.', {
    fix: 'For example --horizons 12,24,36.',
  });
}
