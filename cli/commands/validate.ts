import { join } from 'node:path';
import type { Command } from 'commander';
import { LANGUAGES, makeOutputFolder, ProbityError, writeFileAtomic } from '../../base/index.ts';
import type { FlatSpec } from '../../features/specs/flat-spec.ts';
import { requireGlassBox, validateFlat, validateFlatHazard, type AnyModelFolder } from '../../models/flat/index.ts';
import { hazardPage } from '../../models/hazard/index.ts';
import { writeValidationPages, type GradeBand } from '../../models/validation/index.ts';
import { defaultStandards, loadStandards } from '../../rating/index.ts';
import type { GlassBox } from '../../models/artefact/index.ts';
import { directionsText } from './directions-text.ts';
import { action, command, EXIT, type CommandContext } from '../command.ts';
import { glassBoxInside, isDeep } from '../../models/deep/index.ts';
import { anyModelNamed } from '../model-named.ts';
import { readFlatSpec } from '../read-flat-spec.ts';
import { hazardSummary, validationSummary } from './validate-text.ts';

interface ValidateOptions {
  readonly model?: string;
  readonly data?: string;
  readonly spec?: string;
  readonly train?: string;
  readonly rejected?: string;
  readonly champion?: string;
  readonly protected?: string;
  readonly segment?: string;
  readonly cutoff?: string;
  readonly rules?: string;
  readonly out?: string;
  readonly strict?: boolean;
}

/** `probity validate`: a model measured on rows with outcomes. */
export function validateCommand(): Command {
  return command('validate', 'measure a model on rows with outcomes: gates, calibration, stability, fairness')
    .option('--model <folder|id>', 'model folder, or the hash of a stored model of the project')
    .option('--data <file>', 'rows with outcomes that the model was not trained on: .csv, .csv.gz, .parquet or .arrow')
    .option('--out <folder>', 'where validation.json and the page (English and Chinese) go')
    .option('--train <file>', 'the training rows: adds stability and a plain logistic regression to compare with')
    .option('--rejected <file>', 'rejected applications: what assumptions on them would change; needs --train')
    .option('--champion <folder|id>', 'another model, compared on the same rows')
    .option('--spec <file>', "YAML that says what the columns mean, in place of the model's own")
    .option('--protected <columns>', 'protected attributes, with commas between, for fairness')
    .option('--segment <column>', 'measure each value of this column by itself')
    .option('--cutoff <pd>', 'the PD below which an application is approved (default: approves four fifths)')
    .option('--rules <folder>', "folder with master-scale.json (default: the package's scale)")
    .option('--strict', 'exit with 1 unless every gate passes')
    .action(action<ValidateOptions>(validate));
}

async function validate(context: CommandContext, _: readonly string[], options: ValidateOptions): Promise<number> {
  const { model: name, data, train } = options;
  const out = options.out === '' ? undefined : options.out;
  const missing = Object.entries({ '--model': name, '--data': data })
    .filter(([, value]) => value === undefined)
    .map(([option]) => option);
  if (name === undefined || data === undefined) {
    throw new ProbityError('USAGE', `Missing: ${missing.join(', ')}.`, {
      fix: 'probity validate --model model/ --data test.csv --out validation/',
    });
  }
  if (options.rejected !== undefined && train === undefined) {
    throw new ProbityError('USAGE', '--rejected needs --train: the accepted rows with their outcomes.', {
      fix: 'Name the training file as well.',
    });
  }
  const approveBelow = options.cutoff === undefined ? null : pdOf(options.cutoff);
  const model = await anyModelNamed(context, name);
  if (model.artefact.target.kind === 'hazard') return validateAges(context, model, data, out, options);
  const champion = options.champion === undefined ? null : await anyModelNamed(context, options.champion);
  const spec = await specOf(model, options);
  if (out !== undefined) await makeOutputFolder(out);
  const grades = gradesOf(context, model, options.rules);
  const report = await validateFlat({
    model,
    data,
    ...(spec ? { spec } : {}),
    ...(train === undefined ? {} : { train }),
    ...(options.rejected === undefined ? {} : { rejected: options.rejected }),
    ...(champion ? { champion } : {}),
    ...(grades ? { grades } : {}),
    ...(approveBelow === null ? {} : { approveBelow }),
    onProgress: context.progress,
  });
  if (out !== undefined) {
    await writeFileAtomic(join(out, 'validation.json'), `${JSON.stringify(report, null, 2)}\n`);
    await writeValidationPages(out, report, shapesOf(model));
  }
  const written =
    out === undefined ? [] : ['', `${join(out, 'validation.en.html')}, validation.zh-CN.html, validation.json`];
  context.result(report, [validationSummary(report), directionsText(report.directions), ...written].join('\n'));
  return options.strict && report.verdict !== 'pass' ? EXIT.failed : EXIT.ok;
}

/** A hazard model is measured by age. */
async function validateAges(
  context: CommandContext,
  model: AnyModelFolder,
  data: string,
  out: string | undefined,
  options: ValidateOptions,
): Promise<number> {
  const spec = options.spec === undefined ? model.spec : await readFlatSpec(options.spec);
  if (out !== undefined) await makeOutputFolder(out);
  const report = await validateFlatHazard(requireGlassBox(model), data, spec);
  if (out !== undefined) {
    await writeFileAtomic(join(out, 'validation.json'), `${JSON.stringify(report, null, 2)}\n`);
    for (const language of LANGUAGES) {
      await writeFileAtomic(join(out, `validation.${language}.html`), hazardPage(report, language));
    }
  }
  const written =
    out === undefined ? [] : ['', `${join(out, 'validation.en.html')}, validation.zh-CN.html, validation.json`];
  context.result(report, [hazardSummary(report), ...written].join('\n'));
  return options.strict && report.verdict !== 'pass' ? EXIT.failed : EXIT.ok;
}

/** The glass box whose shapes the page shows: the model itself, or the one inside a deep challenger. */
function shapesOf({ artefact }: AnyModelFolder): GlassBox {
  return isDeep(artefact) ? glassBoxInside(artefact).model : artefact.model;
}

/** The spec that is named, or the model's own, with the attributes and the segment that are asked for; null: the model's own as it is. */
async function specOf(model: AnyModelFolder, options: ValidateOptions): Promise<FlatSpec | null> {
  const spec = options.spec === undefined ? model.spec : await readFlatSpec(options.spec);
  if (spec === null) return null;
  const asked = options.protected
    ?.split(',')
    .map((column) => column.trim())
    .filter(Boolean);
  return { ...spec, protected: asked ?? spec.protected, segment: options.segment ?? spec.segment };
}

/** The master scale's grades, where it is for the horizon of the model (or the model names none). */
function gradesOf(
  context: CommandContext,
  { artefact }: AnyModelFolder,
  rules: string | undefined,
): readonly GradeBand[] | null {
  const { masterScale } = rules === undefined ? defaultStandards() : loadStandards(rules);
  const { horizonMonths, kind } = artefact.target;
  if (kind !== 'default') return null;
  if (horizonMonths === null || horizonMonths === masterScale.horizonMonths) return masterScale.grades;
  context.warn(
    `${context.paint.yellow('warning')} The master scale grades PDs over ${masterScale.horizonMonths} months, the model predicts over ${horizonMonths}: nothing is measured by grade. Name a scale of its horizon with --rules.`,
  );
  return null;
}

function pdOf(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && value > 0 && value < 1) return value;
  throw new ProbityError('USAGE', 'The cutoff must be a PD between 0 and 1.', { fix: 'For example --cutoff 0.1.' });
}
