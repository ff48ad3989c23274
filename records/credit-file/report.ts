import { ProbityError, type Instant, type Json } from '../../base/index.ts';
import type { Dispute } from '../../rating/index.ts';
import type { Audience, Audiences } from './audiences.ts';
import type { FileEntry } from './credit-file.ts';
import { ENTRY_KINDS, type EntryKind } from './entries.ts';

/** One rating of the customer as a report tells it, newest first. Reasons are texts by language. */
export interface ReportedRating {
  readonly at: Instant;
  readonly ratingId: string;
  readonly pd: number;
  readonly horizonMonths: number;
  readonly score: number;
  readonly grade: string;
  readonly decision: string | null;
  /** Credit limit as a decimal with its currency, such as `12000.00 CNY`; a report writes `expired` for the newest rating once its validity has ended. */
  readonly limit: string | null;
  readonly validUntil: Instant | null;
  readonly reasons: readonly { readonly en: string; readonly 'zh-CN': string }[];
  /** PDs over other horizons, where a hazard model was live. */
  readonly termStructure?: readonly { readonly en: string; readonly 'zh-CN': string }[];
}

/** An improvement agreement as a report tells it. */
export interface ReportedAgreement {
  readonly at: Instant;
  readonly dueOn: string;
  readonly state: string;
  readonly acts: readonly { readonly en: string; readonly 'zh-CN': string }[];
  readonly grade: string;
  readonly promisedGrade: string;
}

/** A part of a report: what the audience sees of each entry. */
export type ReportPart = readonly { readonly [key: string]: Json }[];

/** A credit report as data: what one audience may see of a customer's file. */
export interface CreditReport {
  readonly format: 'probity.credit-report/1';
  readonly customerId: string;
  readonly audience: string;
  readonly madeAt: Instant;
  /** The personal data were erased: only what is no personal data is left. */
  readonly erased: boolean;
  /** When the customer is reviewed next; null: not known, or not for this audience. */
  readonly nextReview: { readonly at: string } | null;
  /** What the customer disputes while it is undecided; shown to every audience. */
  readonly disputed: readonly Pick<Dispute, 'disputeId' | 'about' | 'openedAt' | 'deadline'>[];
  readonly parts: { readonly [Part in EntryKind | 'rating' | 'agreement']: ReportPart };
  /** Older ratings than those in `parts` are on record; absent: none are, or not for this audience. */
  readonly olderRatings?: true;
}

/** What stands in place of the limit of a newest rating that has expired: it supports none. */
export const EXPIRED = 'expired';

const isExpired = ({ limit, validUntil }: ReportedRating, at: Instant): boolean =>
  limit !== null && validUntil !== null && validUntil <= at;

const seesReviews = ({ review }: Audience): boolean => review === 'all' || review.includes('dueOn');

/** The report of a file for an audience; pure. Throws INVALID_INPUT for an audience that has no profile. */
export function creditReport(
  audiences: Audiences,
  audience: string,
  customerId: string,
  {
    file,
    ratings,
    agreements = [],
    hasOlderRatings = false,
  }: {
    readonly file: readonly FileEntry[];
    readonly ratings: readonly ReportedRating[];
    readonly agreements?: readonly ReportedAgreement[];
    readonly hasOlderRatings?: boolean;
  },
  madeAt: Instant,
  disputed: CreditReport['disputed'] = [],
  nextReview: CreditReport['nextReview'] = null,
): CreditReport {
  const profile = Object.hasOwn(audiences, audience) ? audiences[audience] : undefined;
  if (profile === undefined)
    throw new ProbityError('INVALID_INPUT', 'There is no such audience.', {
      problems: [{ at: 'audience', message: `Known audiences: ${Object.keys(audiences).join(', ')}.` }],
    });
  const shown = (allowed: Audience[EntryKind], value: { readonly [key: string]: Json }): ReportPart =>
    allowed === 'all'
      ? [value]
      : allowed.length === 0
        ? []
        : [Object.fromEntries(Object.entries(value).filter(([key]) => allowed.includes(key)))];
  const partOf = (kind: EntryKind): ReportPart =>
    file
      .filter((entry) => entry.kind === kind && !entry.removed)
      .flatMap((entry) => shown(profile[kind], (entry.body ?? entry.open) as { readonly [key: string]: Json }));
  return {
    format: 'probity.credit-report/1',
    customerId,
    audience,
    madeAt,
    nextReview: nextReview !== null && seesReviews(profile) ? { at: nextReview.at } : null,
    disputed,
    erased: file.some(({ body }) => body === null),
    parts: {
      ...(Object.fromEntries(ENTRY_KINDS.map((kind) => [kind, partOf(kind)])) as CreditReport['parts']),
      rating: ratings.flatMap((rating, i) =>
        shown(profile.rating, i === 0 && isExpired(rating, madeAt) ? { ...rating, limit: EXPIRED } : { ...rating }),
      ),
      agreement: agreements.flatMap((agreement) => shown(profile.agreement, { ...agreement })),
    },
    ...(hasOlderRatings && profile.rating.length > 0 ? { olderRatings: true as const } : {}),
  };
}
