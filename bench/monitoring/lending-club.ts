/**
 * A model followed month by month on the real Lending Club book: `npm run bench:monitoring -- lending-club CSV OUT`. CSV is lendingclub_2007_2011.csv.gz, OUT keeps
 * what the runs reported (reports.json) and the picture. Skips, saying so, where the file is not there. docs/monitoring.md tells what it found.
 */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseFlat } from '../../features/specs/parse-flat.ts';
import { trainFlat } from '../../models/flat/index.ts';
import { defaultStandards, gradeIndexOf, loadMateriality } from '../../rating/index.ts';
import { HORIZON, LAG, monthName, readBook, SPEC } from './lending-club/book.ts';
import { cameTrue, coverage, type CameTrue } from './lending-club/came-true.ts';
import { follow, type MonthReport } from './lending-club/follow.ts';
import { followSvg } from './lending-club/picture.ts';

/** Trained with what was known at the end of 2010, on vintages up to June 2009; those of the second half of 2009 validate. */
const TRAINED_AT = 12 * 2010 + 11;
const TRAINED_TO = 12 * 2009 + 5;
/** The last vintage is December 2011; its windows close a year later. */
const LAST = 12 * 2012 + 11;

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

/** Trains, follows, and prints tables in Markdown. `lag`: months from the last payment to the default. */
export async function run([csv, out, lag = String(LAG)]: readonly string[]): Promise<void> {
  if (csv === undefined || out === undefined || !existsSync(csv)) {
    say('bench:monitoring lending-club is skipped: name lendingclub_2007_2011.csv.gz, and a folder for what it makes.');
    return;
  }
  mkdirSync(out, { recursive: true });
  const { book, train } = await readBook(csv, out, { trainedAt: TRAINED_AT, trainedTo: TRAINED_TO, lag: Number(lag) });
  const { artefact, counts, hash } = await trainFlat({ spec: parseFlat(SPEC), train, seed: 1 });
  say(
    `Model ${hash.slice(0, 12)}: trained at the end of ${monthName(TRAINED_AT)} on ${counts.rows} loans up to ${monthName(TRAINED_TO)}, ${counts.bad} of them bad within ${HORIZON} months (lag ${lag}).\n`,
  );
  const { masterScale } = defaultStandards();
  const grading = {
    names: masterScale.grades.map(({ code }) => code),
    indexOf: (pd: number) => gradeIndexOf(pd, masterScale),
  };
  const followed = follow(
    book,
    { artefact, trainedAt: TRAINED_AT, trainedTo: TRAINED_TO },
    { grading, thresholds: loadMateriality(null) },
  );
  const reports: MonthReport[] = [];
  for (let month = TRAINED_AT; month <= LAST; month++) reports.push(followed.report(month));
  writeFileSync(join(out, 'reports.json'), JSON.stringify(reports, null, 1));
  const outcomes = cameTrue(reports);
  say(`${row(REPORT_HEAD)}\n${row(REPORT_HEAD.map(() => '---'))}`);
  for (const report of reports) say(lineOf(report));
  say(`\n${tableOf(outcomes)}\n`);
  const apart = reports.flatMap(({ estimates }) => estimates.map((each) => each.apart));
  say(
    `Told apart from the loans with outcomes with an AUC of ${Math.min(...apart).toFixed(2)} to ${Math.max(...apart).toFixed(2)}.\n`,
  );
  for (const figure of ['badRate', 'auc'] as const)
    for (const method of ['CBPE', 'density ratio'] as const) {
      const { held, of, above, share } = coverage(outcomes, method, figure);
      say(
        `${figure}, ${method}: ${held} of ${of} intervals held what came true (${percent(share.low)} to ${percent(share.high)}); above in ${above}, below in ${of - held - above}.`,
      );
    }
  writeFileSync(join(out, 'monitoring-lending-club.svg'), followSvg(reports, outcomes));
}

const REPORT_HEAD = [
  'run at the end of',
  'loans',
  'verdict',
  'material',
  'PSI of scores',
  'evidence',
  'leading measures (e-value)',
  'vintage known',
  'mean PD % / bad rate % (95 %)',
  'AUC',
];

function lineOf({ month, look, verdict, matured, sequential }: MonthReport): string {
  const material = verdict.measures.filter((each) => each.material).map(({ measure }) => measure);
  const leading = (sequential?.eValues ?? []).filter(
    ({ name, eValue }, i) => (i < 3 && eValue >= 5) || name === 'calibration',
  );
  const known = matured?.badRate.known ? matured.badRate.value : null;
  const share = (value: number): string => (100 * value).toFixed(1);
  return row([
    month,
    look?.presentRows ?? 0,
    verdict.result,
    material.join(', '),
    look ? look.score.psi.toFixed(3) : '',
    sequential ? sequential.look.evidence.toPrecision(2) : '',
    leading.map(({ name, eValue }) => `${name} ${eValue.toPrecision(2)}`).join(', '),
    matured?.vintage ?? '',
    known ? `${share(known.meanPd)} / ${share(known.rate)} (${share(known.low)} to ${share(known.high)})` : '',
    matured?.auc.known ? matured.auc.value.toFixed(3) : '',
  ]);
}

const row = (cells: readonly (string | number)[]): string => `| ${cells.join(' | ')} |`;

function tableOf(rows: readonly CameTrue[]): string {
  const lines = rows.map(({ vintage, saidIn, knownIn, loans, said, realised }) => {
    const told = (method: string, figure: string): string => {
      const found = said.find((each) => each.method === method && each.figure === figure)?.estimated;
      if (found === undefined) return 'not told';
      const show = figure === 'auc' ? (value: number) => value.toFixed(2) : (value: number) => (100 * value).toFixed(1);
      return `${show(found.value)} (${show(found.low)} to ${show(found.high)})`;
    };
    return row([
      vintage,
      saidIn,
      knownIn,
      loans,
      told('CBPE', 'badRate'),
      told('density ratio', 'badRate'),
      (100 * realised.badRate).toFixed(1),
      told('CBPE', 'auc'),
      told('density ratio', 'auc'),
      realised.auc?.toFixed(2) ?? '',
    ]);
  });
  return [
    '| vintage | said in | known in | loans | bad rate %, CBPE | bad rate %, density ratio | came true | AUC, CBPE | AUC, density ratio | came true |',
    '| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |',
    ...lines,
  ].join('\n');
}
