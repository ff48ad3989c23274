import type { Instant } from '../../base/index.ts';
import type { FileEntry, LinkOpening, ReportLink, ReportedRating } from '../../records/credit-file/index.ts';
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
  /** Who looked at the data, and why. */
  readonly accesses: readonly DataAccess[];
}

/** More ratings than one customer has. */
const ALL = 1_000_000;

/** Puts the export together. The caller has put the look on record before. */
export async function customerExport(
  deps: { readonly dossiers: Dossiers; readonly privacy: PrivacyDesk; readonly overrides: OverrideDesk },
  recorder: Pick<Recorder, 'recall'>,
  customerId: string,
  now: Instant,
): Promise<CustomerExport> {
  const { dossiers, privacy, overrides } = deps;
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
    accesses,
    ...held,
  };
}
