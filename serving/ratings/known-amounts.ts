import type { FeatureValues } from '../../models/artefact/index.ts';
import { minorOf, MOST_MINOR, type CustomerFacts } from '../../rating/index.ts';

/** Features of the package's own views that tell what a customer has drawn and owes, in the currency of the ledger, which is that of the rules. */
export const AMOUNT_FEATURES = ['credit_lines_open', 'credit_drawn', 'receivables_open', 'overdue_amount'] as const;

/** Those of them that tell what a request leaves out. */
export function amountsLeftOut(
  facts: { readonly existingExposure?: unknown; readonly overdueAmount?: unknown } = {},
): readonly string[] {
  return AMOUNT_FEATURES.filter((name) =>
    name === 'overdue_amount' ? facts.overdueAmount === undefined : facts.existingExposure === undefined,
  );
}

/**
 * What the request leaves out of a customer's existing exposure and overdue amount, by the features: drawn credit and open receivables, and what
 * is past due. What it says holds; an amount that neither tells stays unknown, as does a sum of which a feature is `withheld`.
 */
export function withKnownAmounts(
  facts: CustomerFacts,
  values: FeatureValues,
  minorDigits: number,
  withheld: readonly string[] = [],
): CustomerFacts {
  const known = (...names: readonly (typeof AMOUNT_FEATURES)[number][]): number | null => {
    const amounts = names.flatMap((name) => {
      const value = Object.hasOwn(values, name) ? values[name] : null;
      return typeof value === 'number' && Number.isFinite(value)
        ? [minorOf(Math.max(value, 0), minorDigits, 'up')]
        : [];
    });
    return amounts.length === 0
      ? null
      : Math.min(
          MOST_MINOR,
          amounts.reduce((sum, each) => sum + each),
        );
  };
  // A line runs, and what is drawn of it is not known; or one of the two may not be used.
  const isExposureUnknown =
    (Number(values['credit_lines_open'] ?? 0) > 0 && known('credit_drawn') === null) ||
    withheld.includes('credit_drawn') ||
    withheld.includes('receivables_open');
  return {
    ...facts,
    existingExposureMinor:
      facts.existingExposureMinor ?? (isExposureUnknown ? null : known('credit_drawn', 'receivables_open')),
    overdueMinor: facts.overdueMinor ?? known('overdue_amount'),
  };
}
