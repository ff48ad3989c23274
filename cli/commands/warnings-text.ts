import { textTable } from '../terminal/table.ts';
import type { Bounded } from '../../models/metrics/index.ts';
import type { ReviewedWarnings } from './warnings.ts';

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
const bounded = (figure: Bounded | null): string =>
  figure === null ? '–' : `${percent(figure.value)} (${percent(figure.low)} to ${percent(figure.high)})`;

const VERDICTS = {
  helps: 'helps',
  'never-helps': 'never helps',
  'no-difference-shown': 'no difference shown',
  'too-few': 'too few known',
} as const;

/** The review of warnings as a person reads it on a terminal. */
export function reviewText({ rules, neverHelp, baseRate, unwarned, knownUntil }: ReviewedWarnings): string {
  if (rules.length === 0) return 'No warning was raised in this period.';
  const table = textTable(
    [
      'rule',
      'raised',
      'known',
      'precision (95 %)',
      'lead time',
      'ignored (95 %)',
      'with measures less without',
      'verdict',
    ],
    rules.map((rule) => [
      rule.code,
      String(rule.raised),
      String(rule.known),
      bounded(rule.precision),
      rule.leadDays === null ? '–' : `${rule.leadDays.median.toFixed(0)} days`,
      bounded(rule.ignored),
      bounded(rule.withMeasures?.difference ?? null),
      VERDICTS[rule.verdict],
    ]),
  );
  const base = Number.isNaN(baseRate)
    ? 'No customer without a warning has a known outcome: there is no base rate to beat.'
    : `Of ${unwarned} customers without a warning ${percent(baseRate)} defaulted: what a rule must beat. Outcomes are known until ${knownUntil}.`;
  const last =
    neverHelp.length === 0 ? 'No rule is shown to be useless.' : `Rules that never help: ${neverHelp.join(', ')}.`;
  const caution = 'Countermeasures are chosen by people who see more than the rule: differences are no causal effects.';
  return [table, '', base, last, caution].join('\n');
}
