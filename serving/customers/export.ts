import { isProbityError, type Instant, type Json } from '../../base/index.ts';
import { parseEvidence } from '../../rating/index.ts';
import type { FileEntry, LinkOpening, ReportLink, ReportedRating } from '../../records/credit-file/index.ts';
import type { CustomerReports, StoredCustomerReport } from '../../records/reports/index.ts';
import type { DataAccess, Erasure } from '../../records/privacy/index.ts';
import type { RatingRecords } from '../dependencies.ts';
import type { Recorder } from '../ratings/recorder.ts';
import type { Dossiers } from './dossiers.ts';
import type { HeldData, PrivacyDesk } from './privacy.ts';
import type { OverrideDesk } from '../overrides/desk.ts';
import { reportedRatings } from './reported-ratings.ts';

/** Everything that is held of a customer, for the right of access (GDPR art. 15 and 20; Personal Information Protection Law of China art. 45). */
export interface CustomerExport extends HeldData {
  readonly format: 'probity.customer-export/1';
  readonly customerId: string;
  readonly madeAt: Instant;
  /** Null: the customer was not erased. */
  readonly erasure: Erasure | null;
  /** The credit file: every version of every entry. */
  readonly file: readonly FileEntry[];
  /** Ratings with their decisions in words, newest first, in every language. */
  readonly ratings: readonly ReportedRating[];
  /** What each of them was computed from, as its evidence holds it: request, values of features, snapshot. */
  readonly ratingInputs: readonly { readonly ratingId: string; readonly engine: string; readonly inputs: Json }[];
  /** Links by which the report was shared: for whom, by whom, and when they were opened. */
  readonly reportLinks: readonly (ReportLink & { readonly openings: readonly LinkOpening[] })[];
  /** Reports on the customer's risk, newest first. */
  readonly riskReports: readonly StoredCustomerReport[];
  /** Who looked at the data, and why. */
  readonly accesses: readonly DataAccess[];
}

/** More ratings than one customer has. */
const ALL = 1_000_000;

const GONE = ['UNKNOWN_REPORT', 'UNKNOWN_RATING', 'RATING_ERASED', 'RATING_RETIRED', 'SUBJECT_ERASED'];

/** What was found; what an erasure or a retention rule has taken since it was listed is left out. */
async function standing<Found>(looks: readonly Promise<Found>[]): Promise<readonly Found[]> {
  return (await Promise.allSettled(looks)).flatMap((each) => {
    if (each.status === 'fulfilled') return [each.value];
    if (isProbityError(each.reason) && GONE.includes(each.reason.code)) return [];
    throw each.reason;
  });
}

async function inputsOf(
  records: Pick<RatingRecords, 'find'>,
  ratingIds: readonly string[],
): Promise<CustomerExport['ratingInputs']> {
  const found = await standing(ratingIds.map((ratingId) => records.find(ratingId)));
  return found.flatMap(({ ratingId, evidence }) => {
    if (evidence === null) return [];
    const { engine, inputs } = parseEvidence(evidence);
    return [{ ratingId, engine, inputs }];
  });
}

/** Puts the export together. The caller has put the look on record before. */
export async function customerExport(
  deps: {
    readonly dossiers: Dossiers;
    readonly privacy: PrivacyDesk;
    readonly overrides: OverrideDesk;
    readonly customerReports: Pick<CustomerReports, 'page' | 'find'>;
    readonly records: Pick<RatingRecords, 'find'>;
  },
  recorder: Pick<Recorder, 'recall'>,
  customerId: string,
  now: Instant,
): Promise<CustomerExport> {
  const { dossiers, privacy, overrides, customerReports, records } = deps;
  const ratingIds = await dossiers.ratingIds(customerId, ALL);
  const [erasure, file, ratings, ratingInputs, reports, links, accesses, held] = await Promise.all([
    privacy.erasure(customerId),
    dossiers.files.everything(customerId),
    reportedRatings(recorder, overrides, now, ratingIds),
    inputsOf(records, ratingIds),
    customerReports.page(customerId, { limit: ALL }),
    dossiers.links.of(customerId),
    dossiers.accesses.of(customerId),
    privacy.held(customerId, ratingIds),
  ]);
  const reportLinks = await Promise.all(
    links.map(async (link) => ({ ...link, openings: await dossiers.links.openings(link.linkId) })),
  );
  return {
    format: 'probity.customer-export/1',
    customerId,
    madeAt: now,
    erasure,
    file,
    ratings,
    ratingInputs,
    reportLinks,
    riskReports: await standing(reports.map(({ reportId }) => customerReports.find(customerId, reportId))),
    accesses,
    ...held,
  };
}
