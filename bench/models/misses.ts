import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { valuesText } from '../../models/binning/index.ts';
import { loadFlat, type Dataset } from '../../models/dataset/index.ts';
import { winsOfPds, type WhereItWins, type Win } from '../../models/deep/index.ts';
import { declarationsOf, loadModelFolder, type ModelFolder } from '../../models/flat/index.ts';
import { scoreMatrix } from '../../models/scoring/index.ts';
import { readTestRows, probity } from './fit-own.ts';
import type { Fold } from './folds.ts';
import { readPredictions } from './stored.ts';
import { markdown } from './table.ts';

/** What the champion misses on one portfolio and the challenger finds, over fixed folds whose kept predictions today's champion gives again. */
export interface Misses {
  readonly portfolio: string;
  readonly folds: readonly string[];
  /** Folds that do not count, and why. */
  readonly leftOut: readonly string[];
  readonly bads: number;
  readonly wins: WhereItWins;
  /** What comes nearest to being named, whether it is or not. */
  readonly nearest: readonly Win[];
}

/** Parts told for each portfolio, named or not. */
const NEAREST = 3;

/** PDs of one fold's test rows that have an outcome. */
interface Scored {
  readonly fold: Fold;
  readonly model: ModelFolder;
  readonly own: Float64Array;
  readonly challenger: Float64Array;
}

/**
 * Tests where the kept predictions of the challenger beat those of the champion, pooled over a portfolio's fixed folds: each row once, by models that
 * were not trained on it. The champion is trained anew on each fold; a fold whose kept predictions it does not give again (beyond 1e-9) is of other
 * code and left out. The first fold's champion gives the parts. Null where no fold is left.
 */
export async function missesOn(folds: readonly Fold[], signal: AbortSignal): Promise<Misses | null> {
  const scratch = mkdtempSync(join(tmpdir(), 'probity-misses-'));
  try {
    const scored: Scored[] = [];
    const leftOut: string[] = [];
    for (const fold of folds.filter(({ priority }) => priority === 0)) {
      const one = await scoredOn(fold, join(scratch, fold.fold), signal);
      if (typeof one === 'string') leftOut.push(`${fold.split}:${fold.fold} (${one})`);
      else scored.push(one);
    }
    const [first] = scored;
    if (!first) return null;
    const rows = await readRows(first.model, joined(scored, scratch));
    const pooled = (of: 'own' | 'challenger'): Float64Array =>
      Float64Array.from(scored.flatMap((each) => [...each[of]]));
    const [own, challenger] = [pooled('own'), pooled('challenger')];
    const tested = (level: number): WhereItWins => winsOfPds(first.model.artefact, challenger, rows, level, own);
    const all = tested(1);
    return {
      portfolio: first.fold.portfolio,
      folds: scored.map(({ fold }) => fold.fold),
      leftOut,
      bads: rows.bad.reduce((sum, each) => sum + each, 0),
      wins: tested(0.05),
      nearest: [...all.segments, ...all.pairs].sort((x, y) => x.pValue - y.pValue).slice(0, NEAREST),
    };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

async function scoredOn(fold: Fold, folder: string, signal: AbortSignal): Promise<Scored | string> {
  const [kept, challenger] = [readPredictions(fold, 'champion'), readPredictions(fold, 'deep')];
  if (!kept || !challenger) return 'not fitted';
  const { code, said } = await probity(['train', fold.spec, '--train', fold.train, '--out', folder], signal, () => {});
  if (code !== 0) return said.slice(-200);
  const model = await loadModelFolder(folder);
  const { decided } = await readTestRows(fold);
  const pick = (all: Float64Array): Float64Array => Float64Array.from(decided, (row) => all[row]!);
  const own = scoreMatrix(model.artefact, await readRows(model, fold.test)).pd;
  const before = pick(kept);
  if (own.length !== before.length) return 'predictions of other rows than these';
  const apart = own.reduce((most, pd, row) => Math.max(most, Math.abs(pd - before[row]!)), 0);
  if (apart > 1e-9) return `today's champion differs by up to ${apart.toPrecision(2)} from the kept one`;
  return { fold, model, own, challenger: pick(challenger) };
}

/** The rows of a file that have an outcome, with the features of a model. */
async function readRows({ artefact, spec }: ModelFolder, path: string): Promise<Dataset> {
  if (spec === null) throw new Error('a model that was trained on a file has a spec');
  return (await loadFlat(path, { ...spec, features: declarationsOf(artefact) })).dataset;
}

/** The test rows of folds in one file. */
function joined(scored: readonly Scored[], scratch: string): string {
  const path = join(scratch, 'rows.csv');
  const texts = scored.map(({ fold }) => readFileSync(fold.test, 'utf8').trimEnd());
  const bodies = texts.map((text, i) => (i === 0 ? text : text.slice(text.indexOf('\n') + 1)));
  writeFileSync(path, `${bodies.join('\n')}\n`);
  return path;
}

/** What was found, as Markdown: a line by portfolio, then every segment and pair that is named. */
export function missesText(all: readonly Misses[]): string {
  const signed = (value: number): string => `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(4)}`;
  const overview = all.map(({ portfolio, folds, bads, wins }) => [
    `${portfolio} (${folds.length})`,
    `${wins.rows.toLocaleString('en')} (${bads.toLocaleString('en')})`,
    `${signed(wins.gain.value)} (${signed(wins.gain.low)} to ${signed(wins.gain.high)})`,
    String(wins.tested.segments),
    String(wins.tested.pairs),
    String(wins.segments.length),
    String(wins.pairs.length),
  ]);
  const lines = (of: (each: Misses) => readonly Win[]): string[][] =>
    all.flatMap((each) =>
      of(each).map((win) => [
        each.portfolio,
        win.features.map((name, i) => `\`${name}\` ${valuesText(win.values[i] ?? [], false, 'en')}`).join(' × '),
        `${win.rows.toLocaleString('en')} (${win.bads.toLocaleString('en')})`,
        `${signed(win.gain)} ± ${win.standardError.toFixed(4)}`,
        signed(win.excess),
        win.adjustedPValue < 0.0001 ? '< 0.0001' : win.adjustedPValue.toFixed(4),
      ]),
    );
  const named = lines(({ wins }) => [...wins.segments, ...wins.pairs]);
  const heads = [
    [
      'portfolio (folds)',
      'rows (bads)',
      'log-loss gained (95 %)',
      'segments',
      'cells of pairs',
      'segments named',
      'cells named',
    ],
    ['portfolio', 'segment or pair', 'rows (bads)', 'gain ± its standard error', 'more than elsewhere', 'adjusted p'],
  ] as const;
  const left = all.flatMap(({ leftOut }) => leftOut);
  return [
    markdown(heads[0], overview),
    '',
    ...(named.length > 0 ? ['Named:', '', markdown(heads[1], named), ''] : ['None is named.', '']),
    'Nearest to being named:',
    '',
    markdown(
      heads[1],
      lines(({ nearest }) => nearest),
    ),
    ...(left.length > 0 ? ['', `Left out: ${left.join(', ')}.`] : []),
    '',
  ].join('\n');
}
