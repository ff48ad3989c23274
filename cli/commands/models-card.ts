import type { Command } from 'commander';
import { ProbityError, writeFileAtomic } from '../../base/index.ts';
import type { FlatSpec } from '../../features/specs/flat-spec.ts';
import type { Artefact } from '../../models/artefact/index.ts';
import { renderModelCard } from '../../models/card/index.ts';
import { loadFlat } from '../../models/dataset/index.ts';
import { scoreMatrix } from '../../models/scoring/index.ts';
import { validateModel, type ValidationReport } from '../../models/validation/index.ts';
import { action, command, type CommandContext } from '../command.ts';
import { languageNamed } from '../language-option.ts';
import { modelNamed } from '../model-named.ts';

interface CardCommandOptions {
  readonly out: string;
  readonly test?: string;
  readonly train?: string;
  readonly language: string;
}

/** `probity models card`: the model card as one page. */
export function modelsCardCommand(): Command {
  return command('card', 'write the model card: one self-contained page')
    .argument('<model>', 'folder that `probity train --out` wrote, or a hash or candidate id of the project')
    .requiredOption('--out <file>', 'where it goes, .html')
    .option(
      '--test <file>',
      'rows that the model was not trained on: adds performance, calibration, gates and fairness',
    )
    .option('--train <file>', 'the rows that it was trained on: with --test, adds stability')
    .option('--language <code>', 'en or zh-CN', 'en')
    .action(action<CardCommandOptions>(card));
}

async function card(
  context: CommandContext,
  [name = '']: readonly string[],
  options: CardCommandOptions,
): Promise<void> {
  const language = languageNamed(options.language);
  const { artefact, spec, hash } = await modelNamed(context, name);
  if (options.test !== undefined && spec === null) {
    throw new ProbityError(
      'USAGE',
      'This model was trained on features of a project: it has no spec to read a file by.',
      {
        fix: 'Leave --test out; `probity models show` has its validation.',
      },
    );
  }
  const validation =
    options.test === undefined || spec === null
      ? null
      : await measure(artefact, hash, spec, options.test, options.train);
  await writeFileAtomic(options.out, renderModelCard(artefact, { language, validation }));
  context.result({ model: hash, output: options.out }, `card of model ${hash.slice(0, 12)} in ${options.out}`);
}

async function measure(
  artefact: Artefact,
  hash: string,
  spec: FlatSpec,
  test: string,
  train: string | undefined,
): Promise<ValidationReport> {
  const seen = train === undefined ? null : await loadFlat(train, spec, { requireTarget: true });
  const unseen = await loadFlat(test, spec, { requireTarget: true, findProtected: true });
  if (unseen.dataset.hash === artefact.provenance.trainingSetHash) {
    throw new ProbityError('INVALID_INPUT', `${test} holds the rows that the model was trained on.`, {
      fix: 'Give rows that it has not seen: figures on training rows say nothing about new customers.',
    });
  }
  return validateModel({
    model: hash,
    predict: (rows) => scoreMatrix(artefact, rows).pd,
    test: unseen.dataset,
    protected: unseen.protected,
    ...(seen ? { train: seen.dataset } : {}),
  });
}
