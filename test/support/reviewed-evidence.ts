import { canonicalJson } from '../../base/index.ts';

/** What tests of reviews vary of a decision. */
export interface ReviewedFigures {
  readonly grade: string;
  readonly exposureMinor: number;
  /** How long it is valid. */
  readonly days: number;
  /** Codes of its causes; none unless told. */
  readonly causes?: readonly string[];
  /** Days until payment is due; 30 unless told. */
  readonly termDays?: number;
}

const DAY_MS = 86_400_000;

/** The evidence of an approval as an older engine left it: a limit of 1,000.00 of which 500.00 are drawn. */
export function reviewedEvidence(
  customerId: string,
  asOf: string,
  { grade, exposureMinor, days, causes = [], termDays = 30 }: ReviewedFigures,
): string {
  return canonicalJson({
    format: 'probity.evidence/1',
    engine: 'probity.decision/1',
    parts: { rules: 'any' },
    inputs: {
      asOf,
      request: { customerId, askedBy: 'key:shop', facts: { kind: 'company' } },
      values: { days_late: exposureMinor / 100 },
      decision: { request: { amountMinor: null }, facts: { existingExposureMinor: exposureMinor, segment: null } },
    },
    answer: {
      pd: 0.01,
      score: 500,
      grade,
      decision: {
        outcome: 'approve',
        pd: 0.01,
        score: 490,
        grade,
        causes: causes.map((code) => ({ binding: true, code, missing: [], outcome: 'condition', source: 'policy' })),
        warnings: [],
        limit: { totalMinor: 100_000, availableMinor: 50_000, existingMinor: 50_000 },
        terms: { days: termDays, prepayment: 0, guaranteeNeeded: false },
        currency: { code: 'CNY', minorDigits: 2 },
        validUntil: new Date(Date.parse(asOf) + days * DAY_MS).toISOString(),
      },
    },
  });
}
