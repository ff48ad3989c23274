import { extname } from 'node:path';
import type { Command } from 'commander';
import { isProbityError, ProbityError, writeFileAtomic } from '../../base/index.ts';
import type { Artefact } from '../../models/artefact/index.ts';
import { exportModel, EXPORT_FORMATS } from '../../models/export/index.ts';
import { compile } from '../../models/scoring/index.ts';
import {
  loadStandards,
  parsePointsScale,
  rateableModel,
  scorecardCsv,
  scorecardMarkdown,
  scorecardOf,
  type Language,
  type PointsScale,
  type Scorecard,
} from '../../rating/index.ts';
import { action, command, type CommandContext } from '../command.ts';
import { languageNamed } from '../language-option.ts';
import { modelNamed } from '../model-named.ts';

interface ExportOptions {
  readonly format: string;
  readonly out: string;
  readonly relation?: string;
  readonly keep?: readonly string[];
  readonly contributions?: boolean;
  readonly pdo?: string;
  readonly baseScore?: string;
  readonly baseOdds?: string;
  readonly language: string;
  readonly project?: string;
}

const FORMATS = { ...EXPORT_FORMATS, scorecard: 'the points table: .csv, .json or .md, by the name of --out' } as const;
type Format = keyof typeof FORMATS;

/** `probity models export`: a model in a form that other systems run, without Probity. */
export function modelsExportCommand(): Command {
  const formats = Object.entries(FORMATS).map(([name, meaning]) => `${name} (${meaning})`);
  return command('export', 'write a model in a form that other systems run')
    .argument('<model>', 'folder that `probity train --out` wrote, or a hash or candidate id of the project')
    .requiredOption('--format <name>', formats.join(', '))
    .requiredOption('--out <file>', 'where it goes')
    .option('--relation <sql>', 'sql, postgres: what the statement reads, a table or a parenthesised query')
    .option('--keep <column...>', 'sql, postgres: columns to hand through, such as the id')
    .option('--contributions', 'sql, postgres: also the intercept and each contribution to the log-odds')
    .option('--pdo <points>', "scorecard: points that double the odds of being good (default: the project's scale)")
    .option('--base-score <points>', 'scorecard: the score at the base odds')
    .option('--base-odds <odds>', 'scorecard: good customers to one bad at the base score')
    .option('--language <code>', 'scorecard: en or zh-CN', 'en')
    .action(action<ExportOptions>(exportCommand));
}

async function exportCommand(
  context: CommandContext,
  [name = '']: readonly string[],
  options: ExportOptions,
): Promise<void> {
  const format = formatNamed(options.format);
  const { artefact, hash } = await modelNamed(context, name);
  const content = await contentOf(context, artefact, hash, format, options);
  await writeFileAtomic(options.out, content);
  const bytes = Buffer.byteLength(content);
  context.result(
    { model: hash, format, output: options.out, bytes },
    `model ${hash.slice(0, 12)} as ${format} in ${options.out} (${bytes} bytes)`,
  );
}

async function contentOf(
  context: CommandContext,
  artefact: Artefact,
  hash: string,
  format: Format,
  options: ExportOptions,
): Promise<string | Uint8Array> {
  if (format !== 'scorecard') {
    return exportModel(artefact, format, {
      contributions: options.contributions ?? false,
      ...(options.relation === undefined ? {} : { relation: options.relation }),
      ...(options.keep === undefined ? {} : { keep: options.keep }),
    });
  }
  const language = languageNamed(options.language);
  const write = TABLES[extname(options.out).toLowerCase()];
  if (!write) {
    throw new ProbityError('USAGE', 'A points table is written as .csv, .json or .md.', {
      fix: 'Name such a file with --out.',
    });
  }
  return write(scorecardOf(rateableModel(compile(artefact), hash), await scaleOf(context, options)), language);
}

const TABLES: { readonly [extension: string]: (card: Scorecard, language: Language) => string } = {
  '.csv': scorecardCsv,
  '.md': scorecardMarkdown,
  '.json': (card) => `${JSON.stringify(card, null, 2)}\n`,
};

/** The scale of the project where we stand in one, else the package's; each part that was given goes before it. */
async function scaleOf(context: CommandContext, options: ExportOptions): Promise<PointsScale> {
  const project = await context.project().catch((error: unknown) => {
    const none = isProbityError(error) && error.code === 'PROJECT_NOT_FOUND' && options.project === undefined;
    if (none) return null;
    throw error;
  });
  const { points } = loadStandards(project?.rulesDir ?? null);
  const number = (text: string | undefined, standard: number): number =>
    text === undefined ? standard : text.trim() === '' ? Number.NaN : Number(text);
  const { pdo, baseScore, baseOdds } = options;
  if (pdo === undefined && baseScore === undefined && baseOdds === undefined) return points;
  return parsePointsScale({
    name: 'command line',
    version: 1,
    pointsToDoubleOdds: number(pdo, points.pointsToDoubleOdds),
    baseScore: number(baseScore, points.baseScore),
    baseOdds: number(baseOdds, points.baseOdds),
  });
}

function formatNamed(name: string): Format {
  if (Object.hasOwn(FORMATS, name)) return name as Format;
  throw new ProbityError('USAGE', `There is no export format \`${name}\`.`, {
    fix: `One of ${Object.keys(FORMATS).join(', ')}.`,
  });
}
