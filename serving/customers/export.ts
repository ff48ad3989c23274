import type { Instant } from '../../base/index.ts';
import type { FileEntry, LinkOpening, ReportLink, ReportedRating } from '../../records/credit-file/index.ts';
import type { CustomerReports, StoredCustomerReport } from '../../records/reports/index.ts';
import type { DataAccess, Erasure } from '../../records/privacy/index.ts';
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
  /** Links by which the report was shared: for whom, by whom, and when they were opened. */
  readonly reportLinks: readonly (ReportLink & { readonly openings: readonly LinkOpening[] })[];
  /** Reports on the customer's risk, newest first. */
  readonly riskReports: readonly StoredCustomerReport[];
  /** Who looked at the data, and why. */
  readonly accesses: readonly DataAccess[];
}

/** More ratings than one customer has. */
const ALL = 1_000_000;

/** All reports on a customer; one that an erasure has reached is not there any more. */
async function everyReport(
  reports: Pick<CustomerReports, 'page' | 'find'>,
  customerId: string,
): Promise<readonly StoredCustomerReport[]> {
  const entries = await reports.page(customerId, { limit: ALL });
  const found = await Promise.allSettled(entries.map(({ reportId }) => reports.find(customerId, reportId)));
  return found.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
}

/** Puts the export together. The caller has put the look on record before. */
export async function customerExport(
  deps: {
    readonly dossiers: Dossiers;
    readonly privacy: PrivacyDesk;
    readonly overrides: OverrideDesk;
    readonly customerReports: Pick<CustomerReports, 'page' | 'find'>;
  },
  recorder: Pick<Recorder, 'recall'>,
  customerId: string,
  now: Instant,
): Promise<CustomerExport> {
  const { dossiers, privacy, overrides, customerReports } = deps;
  const ratingIds = await dossiers.ratingIds(customerId, ALL);
  const [erasure, file, ratings, links, accesses, held] = await Promise.all([
    privacy.erasure(customerId),
    dossiers.files.everything(customerId),
    reportedRatings(recorder, overrides, now, ratingIds),
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
    reportLinks,
    riskReports: await everyReport(customerReports, customerId),
    accesses,
    ...held,
  };
}
