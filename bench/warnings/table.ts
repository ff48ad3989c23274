import { auc } from '../../models/metrics/index.ts';
import { aheadOf, warnedAt, type WatchedRow } from './recall.ts';

const RATES = [0.005, 0.01, 0.02, 0.05] as const;

/** A row with what a plain rule and a model say of it; higher is worse. */
export interface JudgedRow extends WatchedRow {
  readonly month: number;
  readonly dpd: number;
  readonly pd: number;
}

/**
 * Shares of defaults warned ahead by days past due and by a model, at the same false alarm rates, as a table in Markdown. `plain`: from how many days past due on
 * the rule warns as people write it down; its own false alarm rate is one of those compared.
 */
export function warnedAheadTable(
  rows: readonly JudgedRow[],
  plain: { readonly from: number; readonly name: string },
  say: (line: string) => void,
): void {
  const [dpd, pd] = (['dpd', 'pd'] as const).map((rule) => Float64Array.from(rows, (row) => row[rule])) as [
    Float64Array,
    Float64Array,
  ];
  const bad = Uint8Array.from(rows, ({ defaultMonth }) => (defaultMonth === null ? 0 : 1));
  const good = bad.length - bad.reduce((a, b) => a + b, 0);
  const own = rows.filter((row) => row.dpd >= plain.from && row.defaultMonth === null).length / good;
  say(
    `${rows.length} months of accounts, ${good} of them good; AUC by row: model ${auc(pd, bad).toFixed(3)}, days past due ${auc(dpd, bad).toFixed(3)}`,
  );
  say('');
  say('| false alarms | days past due | model | difference (95 %) | lead, months |');
  say('| --- | --- | --- | --- | --- |');
  for (const rate of [...RATES, own].sort((a, b) => a - b)) {
    const [byDpd, byPd] = [warnedAt(dpd, rows, rate), warnedAt(pd, rows, rate)];
    const model = aheadOf(rows, byPd, byDpd);
    const simple = aheadOf(rows, byDpd, byDpd);
    const share = ({ value, low, high }: typeof model.warnedAhead): string =>
      `${(100 * value).toFixed(1)} % (${(100 * low).toFixed(1)} to ${(100 * high).toFixed(1)})`;
    say(
      `| ${(100 * rate).toFixed(2)} %${rate === own ? ` (${plain.name})` : ''} | ${share(simple.warnedAhead)} | ${share(model.warnedAhead)} | ${share(model.difference)} | ${model.leadMonths} |`,
    );
  }
  say('');
  say(`${aheadOf(rows, pd, pd, { draws: 1 }).defaults} defaults.`);
}
