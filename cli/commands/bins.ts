import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import type { Command } from 'commander';
import { ProbityError, writeFileAtomic, type Language } from '../../base/index.ts';
import { parseFlat } from '../../features/specs/parse-flat.ts';
import {
  TRENDS,
  woeCsv,
  WOE_DEFAULTS,
  woeHtml,
  woeTables,
  type WoeOptions,
  type WoeTable,
} from '../../models/binning/index.ts';
import { loadFlat } from '../../models/dataset/index.ts';
import { action, command, type CommandContext } from '../command.ts';
import { languageNamed } from '../language-option.ts';
import { textTable } from '../terminal/table.ts';

interface BinsOptions {
  readonly train?: string;
  readonly out?: string;
  readonly trend: string;
  readonly maxBins?: string;
  readonly minShare: string;
  readonly language: string;
}

/** `probity bins`: the binning table of every feature of a flat file. */
export function binsCommand(): Command {
  return command('bins', 'optimal bins, WoE and IV of every feature of a flat file, with event-rate charts')
    .argument('<spec>', 'YAML that says what the columns mean')
    .option('--train <file>', 'rows with the outcome: .csv, .csv.gz, .parquet or .arrow')
    .option('--out <file>', 'the tables as .html (with charts), .csv or .json (default: a summary on the terminal)')
    .option(
      '--trend <name>',
      `of the bad rate: declared (by the spec, else auto), auto, ${TRENDS.join(', ')}`,
      'declared',
    )
    .option('--max-bins <number>', 'ordinary bins of a feature, at most')
    .option(
      '--min-share <share>',
      'share of the rows that an ordinary bin holds, at least',
      String(WOE_DEFAULTS.minShare),
    )
    .option('--language <code>', 'en or zh-CN', 'en')
    .action(action<BinsOptions>(bins));
}

async function bins(context: CommandContext, [spec = '']: readonly string[], options: BinsOptions): Promise<void> {
  const { train } = options;
  if (train === undefined) {
    throw new ProbityError('USAGE', 'Missing: --train FILE.', { fix: 'probity bins spec.yaml --train train.csv' });
  }
  const settings = settingsOf(options);
  const language = languageNamed(options.language);
  const write = WRITERS[extname(options.out ?? 'tables.json').toLowerCase()];
  if (!write) {
    throw new ProbityError('USAGE', 'Tables are written as .html, .csv or .json.', {
      fix: 'Name such a file with --out.',
    });
  }
  if (!existsSync(spec)) throw new ProbityError('FILE_NOT_FOUND', `There is no such spec: ${spec}`);
  const flat = parseFlat(await readFile(spec, 'utf8'), { file: spec });
  const { dataset, warnings } = await loadFlat(train, flat, { requireTarget: true, screen: true });
  const tables = woeTables(dataset, settings);
  if (options.out !== undefined) await writeFileAtomic(options.out, write(tables, flat.name, language));
  for (const { feature, message } of warnings) {
    context.warn(`${context.paint.yellow('warning')} ${feature === null ? '' : `${feature}: `}${message}`);
  }
  const rows = tables.map(({ feature, trend, bins: each, iv }) => [feature, trend, String(each.length), iv.toFixed(4)]);
  const written = options.out === undefined ? '' : `\n\nwritten to ${options.out}`;
  context.result(
    { output: options.out ?? null, tables },
    `${textTable(['feature', 'bad rate', 'bins', 'IV'], rows)}${written}`,
  );
}

const WRITERS: {
  readonly [extension: string]: (tables: readonly WoeTable[], name: string, language: Language) => string;
} = {
  '.html': woeHtml,
  '.csv': (tables, _, language) => woeCsv(tables, language),
  '.json': (tables) => `${JSON.stringify({ format: 'probity.binning/1', tables }, null, 2)}\n`,
};

function settingsOf(options: BinsOptions): WoeOptions {
  const trend = (['declared', 'auto', ...TRENDS] as const).find((name) => name === options.trend);
  if (!trend) {
    throw new ProbityError('USAGE', `There is no trend \`${options.trend}\`.`, {
      fix: `One of declared, auto, ${TRENDS.join(', ')}.`,
    });
  }
  const minShare = Number(options.minShare);
  if (!(minShare >= 0 && minShare <= 0.5) || options.minShare.trim() === '') {
    throw new ProbityError('USAGE', 'The least share of a bin lies between 0 and 0.5.', {
      fix: 'For example --min-share 0.05.',
    });
  }
  const maxBins = options.maxBins === undefined ? null : Number(options.maxBins);
  if (maxBins !== null && !(Number.isSafeInteger(maxBins) && maxBins >= 1)) {
    throw new ProbityError('USAGE', 'The number of bins is a whole number from 1.', {
      fix: 'For example --max-bins 6.',
    });
  }
  return { ...WOE_DEFAULTS, trend, minShare, maxBins };
}
