import { z } from 'zod';
import type { Json } from '../../base/index.ts';
import type { ContenderFigures, Evidence, ModelComparison } from '../../models/validation/index.ts';
import { textTable } from '../terminal/table.ts';

const figures = z.object({ modelHash: z.string(), auc: z.number(), logLoss: z.number(), brier: z.number() });

/** A comparison as a validation stored it; validations from before have none. */
const paired = z.custom<ModelComparison>((value) => z.object({ trulyBetter: z.string() }).safeParse(value).success);

/** The part of a stored validation that a person reads on the terminal. */
const storedValidation = z.object({
  gates: z.array(z.object({ gate: z.string(), passed: z.boolean(), message: z.string() })),
  comparison: z.object({
    rows: z.number(),
    bads: z.number(),
    candidate: figures,
    champion: figures.nullable(),
    paired: paired.nullish(),
    note: z.string().nullable(),
  }),
});

/** The gates of a validation, one line each. */
export function validationText(report: Json): string {
  const parsed = storedValidation.safeParse(report);
  if (!parsed.success) return report === null ? 'not validated yet' : JSON.stringify(report, null, 2);
  const rows = parsed.data.gates.map((gate) => [gate.passed ? 'passed' : 'not passed', gate.gate, gate.message]);
  return [textTable(['gate', 'name', 'finding'], rows), '', comparisonText(report)].join('\n');
}

/** Champion and candidate side by side on the candidate's test rows. */
export function comparisonText(report: unknown): string {
  const parsed = storedValidation.safeParse(report);
  if (!parsed.success) return 'This candidate has no comparison on record.';
  const { rows, bads, candidate, champion, note, paired: both } = parsed.data.comparison;
  if (both) {
    const names = 'The first is the candidate, the second the champion.';
    return [pairedText(both), names, ...(note === null ? [] : [note])].join('\n');
  }
  const line = (name: string, of: z.infer<typeof figures>) => [
    name,
    of.modelHash.slice(0, 12),
    of.auc.toFixed(4),
    of.logLoss.toFixed(4),
    of.brier.toFixed(4),
  ];
  const lines = [line('candidate', candidate), ...(champion ? [line('champion', champion)] : [])];
  return [
    `On the same ${rows} observations, ${bads} of them defaults:`,
    textTable(['', 'model', 'AUC', 'log-loss', 'Brier'], lines),
    ...(note !== null ? [note] : champion ? [] : ['There is no champion to compare with.']),
  ].join('\n');
}

/** Two models on the same rows: their figures, the paired difference, and what it tells. */
export function pairedText(comparison: ModelComparison & { readonly mayHaveSeen?: readonly string[] }): string {
  const { sample, first, second, difference, method, trulyBetter, mayHaveSeen = [], ...ranking } = comparison;
  const short = (hash: string) => hash.slice(0, 12);
  const line = (name: string, of: ContenderFigures) => [
    name,
    short(of.model),
    of.auc.toFixed(4),
    of.logLoss.toFixed(4),
    of.brier.toFixed(4),
  ];
  const signed = (value: number) => `${value < 0 ? '' : '+'}${value.toFixed(4)}`;
  const { low, high, pValue } = difference;
  const p = pValue < 0.0001 ? 'p < 0.0001' : `p = ${pValue.toFixed(4)}`;
  return [
    `On the same ${sample.rows} observations, ${sample.bads} of them defaults:`,
    textTable(['', 'model', 'AUC', 'log-loss', 'Brier'], [line('first', first), line('second', second)]),
    '',
    `AUC difference ${signed(difference.difference)} (95 % ${signed(low)} to ${signed(high)}, ${p}; paired, ${method})`,
    ranking.verdict === 'not enough evidence'
      ? `Not enough evidence that either ranks customers better${doubt(ranking, (size) => size.toFixed(4))}`
      : `The ${ranking.verdict} ranks customers better.`,
    '',
    ...profitText(comparison),
    '',
    trulyBetter === 'not enough evidence'
      ? 'Not enough evidence that either is truly better: that takes both a better order and a higher profit.'
      : `The ${trulyBetter} is truly better: it ranks customers better and earns more.`,
    ...mayHaveSeen.map((hash) => `${short(hash)} may have seen some of these rows in training: its figures flatter.`),
  ].join('\n');
}

/** Why there is not enough evidence, and what this sample could have shown. */
function doubt({ because, sensitivity }: Evidence, figure: (size: number) => string): string {
  if (because === 'few') return ': too few customers stand behind the difference.';
  if (sensitivity === null) return ': they do not differ on these rows.';
  const { minimumDetectable, material, power } = sensitivity;
  return `: these rows show a difference of ${figure(minimumDetectable)} with a probability of 80 %, one of ${figure(material)} with ${Math.round(100 * power)} %.`;
}

/** What the decisions of both models earn, the paired difference, and what it tells. */
function profitText({ profit }: ModelComparison): string[] {
  const { model, cutoff, exposure, first, second, difference } = profit;
  const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
  const money = (value: number) => (exposure === null ? `${(100 * value).toFixed(3)} %` : value.toPrecision(5));
  const signed = (value: number) => `${value < 0 ? '' : '+'}${money(value)}`;
  const { good, bad } = difference.decidedOtherwise;
  const basis = exposure === null ? 'of the exposure applied for' : `in units of ${exposure}`;
  return [
    `Profit per application ${basis}, where a repaid one earns ${percent(model.gain)}, a default costs ${percent(model.lossGivenDefault)}, and a PD below ${percent(cutoff)} is accepted:`,
    textTable(
      ['', 'accepted', 'profit'],
      [
        ['first', percent(first.accepted), money(first.perApplication)],
        ['second', percent(second.accepted), money(second.perApplication)],
      ],
    ),
    `Profit difference ${signed(difference.difference)} (95 % ${signed(difference.low)} to ${signed(difference.high)}); they decide otherwise on ${good + bad} customers, ${bad} of them defaults`,
    profit.verdict === 'not enough evidence'
      ? `Not enough evidence that either earns more${doubt(profit, money)}`
      : `The ${profit.verdict} earns more.`,
  ];
}
