import { textTable } from '../terminal/table.ts';
import type { Bounded, ClusteredMedian } from '../../models/metrics/index.ts';
import type { MeasureContrast } from '../../rating/index.ts';
import type { ReviewedWarnings } from '../../serving/warnings/review.ts';

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
const bounded = (figure: Bounded | null): string =>
  figure === null ? '–' : `${percent(figure.value)} (${percent(figure.low)} to ${percent(figure.high)})`;

function leadText(lead: ClusteredMedian | null): string {
  if (lead === null) return '–';
  const { median, low, high } = lead;
  const days = `${median.toFixed(0)} days`;
  return low === null || high === null ? `${days} (too few)` : `${days} (${low.toFixed(0)} to ${high.toFixed(0)})`;
}

function contrastText(contrast: MeasureContrast | null): string {
  if (contrast === null) return '–';
  return contrast.difference === null ? 'too few' : bounded(contrast.difference);
}

const VERDICTS = {
  helps: 'helps',
  'never-helps': 'never helps',
  'no-difference-shown': 'no difference shown',
  'too-few': 'too few known',
} as const;

/** The review of warnings as a person reads it on a terminal. */
export function reviewText({ rules, neverHelp, baseRate, unwarned, outcomes }: ReviewedWarnings): string {
  if (rules.length === 0) return 'No warning was raised in this period.';
  const table = textTable(
    [
      'rule',
      'raised',
      'known',
      'precision (95 %)',
      'median lead time (95 %)',
      'ignored (95 %)',
      'with measures less without',
      'verdict',
    ],
    rules.map((rule) => [
      rule.code,
      String(rule.raised),
      String(rule.known),
      bounded(rule.precision),
      leadText(rule.leadDays),
      bounded(rule.ignored),
      contrastText(rule.withMeasures),
      VERDICTS[rule.verdict],
    ]),
  );
  const until =
    outcomes.knownUntil === null
      ? `Outcomes are not known: ${outcomes.why}`
      : `Outcomes are known until ${outcomes.knownUntil}.`;
  const base =
    baseRate === null
      ? 'No customer without a warning has a known outcome: there is no base rate to beat.'
      : `Of ${unwarned} customers without a warning ${percent(baseRate)} defaulted: what a rule must beat.`;
  const last =
    neverHelp.length === 0 ? 'No rule is shown to be useless.' : `Rules that never help: ${neverHelp.join(', ')}.`;
  const caution = 'Countermeasures are chosen by people who see more than the rule: differences are no causal effects.';
  return [table, '', until, base, last, caution].join('\n');
}
