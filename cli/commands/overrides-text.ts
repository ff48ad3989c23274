import type { LentAgainst } from '../../rating/index.ts';
import type { OverrideReport } from '../../serving/overrides/desk.ts';
import { textTable } from '../terminal/table.ts';

const percent = (share: number): string => `${(100 * share).toFixed(2)} %`;
const maybe = <T>(value: T | null, text: (value: T) => string): string => (value === null ? 'not known' : text(value));
const money = (value: number): string => (Number.isFinite(value) ? value.toFixed(2) : '-');

const VERDICTS: Readonly<Record<LentAgainst['verdict'], string>> = {
  'too-few': 'too few to conclude',
  'better-than-model': 'better than the model',
  'worse-than-model': 'worse than the model',
  'no-difference-shown': 'no difference shown',
};

/** The report on overrides for people. */
export function overrideReportText(report: OverrideReport): string {
  const { from, until, decisions, overridden, standing, neverStood, currency, refused, own } = report;
  const lines = [
    `${decisions} decisions from ${from} to ${until}: ${overridden} overridden, ${standing} of them in force now; ${neverStood} proposed and never in force.`,
    report.outcomes.knownUntil === null
      ? `Outcomes were not read: ${report.outcomes.why}`
      : `Outcomes are known until ${report.outcomes.knownUntil}.`,
    '',
    textTable(
      [
        'credit given against the decision',
        'count',
        'known',
        'expected',
        'defaulted',
        `profit each, ${currency ?? ''}`,
        '',
      ],
      [lentRow('all', report.lent), ...report.byReason.map((one) => lentRow(one.reasonCode, one))],
    ),
    `Approved by model and rules, and not overridden: ${maybe(own, (rate) => `${percent(rate.value)} of ${rate.rows} defaulted`)}.`,
    '',
    `Refused against the decision: ${refused.count}. Profit forgone: ${money(refused.forgone.ifAllBad)} if all had defaulted, ${money(refused.forgone.byPd)} by the PD, ${money(refused.forgone.ifAllGood)} if none had.`,
  ];
  const { erased, withoutDecision, otherCurrency } = report.leftOut;
  if (erased + withoutDecision + otherCurrency > 0)
    lines.push(
      `Left out: ${erased} erased, ${withoutDecision} rated and not decided, ${otherCurrency} in another currency.`,
    );
  return lines.join('\n');
}

function lentRow(name: string, { count, known, expectedRate, defaultRate, profit, verdict }: LentAgainst): string[] {
  return [
    name,
    String(count),
    String(known),
    maybe(expectedRate, percent),
    maybe(defaultRate, ({ value, low, high }) => `${percent(value)} (${percent(low)} to ${percent(high)})`),
    maybe(profit, ({ mean, low, high }) => `${money(mean)} (${money(low)} to ${money(high)})`),
    VERDICTS[verdict],
  ];
}
