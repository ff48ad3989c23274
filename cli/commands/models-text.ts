import { z } from 'zod';
import type { Json } from '../../base/index.ts';
import type { ContenderFigures, ModelComparison } from '../../models/validation/index.ts';
import { textTable } from '../terminal/table.ts';

const figures = z.object({ modelHash: z.string(), auc: z.number(), logLoss: z.number(), brier: z.number() });

/** The part of a stored validation that a person reads on the terminal. */
const storedValidation = z.object({
  gates: z.array(z.object({ gate: z.string(), passed: z.boolean(), message: z.string() })),
  comparison: z.object({
    rows: z.number(),
    bads: z.number(),
    candidate: figures,
    champion: figures.nullable(),
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
export function comparisonText(report: Json): string {
  const parsed = storedValidation.safeParse(report);
  if (!parsed.success) return 'This candidate has no comparison on record.';
  const { rows, bads, candidate, champion, note } = parsed.data.comparison;
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
  const { sample, first, second, difference, method, verdict, mayHaveSeen = [] } = comparison;
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
    verdict === 'not enough evidence'
      ? 'Not enough evidence that either ranks customers better.'
      : `The ${verdict} ranks customers better.`,
    ...mayHaveSeen.map((hash) => `${short(hash)} may have seen some of these rows in training: its figures flatter.`),
  ].join('\n');
}
