import type { Command } from 'commander';
import { ProbityError, writeFileAtomic } from '../../base/index.ts';
import { exportModel, EXPORT_FORMATS, type ExportFormat } from '../../models/export/index.ts';
import { action, command, type CommandContext } from '../command.ts';
import { modelNamed } from '../model-named.ts';

interface ExportOptions {
  readonly format: string;
  readonly out: string;
  readonly relation?: string;
  readonly keep?: readonly string[];
  readonly contributions?: boolean;
}

/** `probity models export`: a model in a form that other systems run, without Probity. */
export function modelsExportCommand(): Command {
  const formats = Object.entries(EXPORT_FORMATS).map(([name, meaning]) => `${name} (${meaning})`);
  return command('export', 'write a model in a form that other systems run')
    .argument('<model>', 'folder that `probity train --out` wrote, or a hash or candidate id of the project')
    .requiredOption('--format <name>', formats.join(', '))
    .requiredOption('--out <file>', 'where it goes')
    .option('--relation <sql>', 'sql, postgres: what the statement reads, a table or a parenthesised query')
    .option('--keep <column...>', 'sql, postgres: columns to hand through, such as the id')
    .option('--contributions', 'sql, postgres: also the intercept and each contribution to the log-odds')
    .action(action<ExportOptions>(exportCommand));
}

async function exportCommand(
  context: CommandContext,
  [name = '']: readonly string[],
  options: ExportOptions,
): Promise<void> {
  const format = formatNamed(options.format);
  const { artefact, hash } = await modelNamed(context, name);
  const content = exportModel(artefact, format, {
    contributions: options.contributions ?? false,
    ...(options.relation === undefined ? {} : { relation: options.relation }),
    ...(options.keep === undefined ? {} : { keep: options.keep }),
  });
  await writeFileAtomic(options.out, content);
  const bytes = Buffer.byteLength(content);
  context.result(
    { model: hash, format, output: options.out, bytes },
    `model ${hash.slice(0, 12)} as ${format} in ${options.out} (${bytes} bytes)`,
  );
}

function formatNamed(name: string): ExportFormat {
  if (Object.hasOwn(EXPORT_FORMATS, name)) return name as ExportFormat;
  throw new ProbityError('USAGE', `There is no export format \`${name}\`.`, {
    fix: `One of ${Object.keys(EXPORT_FORMATS).join(', ')}.`,
  });
}
