import type { Tenant } from '../../base/index.ts';
import { publishedRowsOf } from '../../features/snapshots/index.ts';
import { afterNoticeEvent } from '../../rating/index.ts';
import { createAgreements } from '../../records/agreements/index.ts';
import type { Appender } from '../../records/audit/index.ts';
import { createCases } from '../../records/cases/index.ts';
import type { Database } from '../../records/database/index.ts';
import { createDisputes } from '../../records/disputes/index.ts';
import { createFacts } from '../../records/facts/index.ts';
import { createNotices } from '../../records/notices/index.ts';
import { createOverrides } from '../../records/overrides/index.ts';
import { createLegalBases, furtherRows, type Vault } from '../../records/privacy/index.ts';
import type { Pseudonyms } from '../../records/ratings/index.ts';
import { createSnapshots } from '../../records/registry/index.ts';
import { createReviews } from '../../records/reviews/index.ts';
import type { Storage } from '../../records/storage/index.ts';
import { createWarnings } from '../../records/warnings/index.ts';
import type { HeldFact, PrivacyDesk } from '../customers/privacy.ts';

const PAGE = 1_000;

/** Every page after the other, until one is not full. */
async function everyPage<Row>(page: (after: Row | undefined) => Promise<readonly Row[]>): Promise<readonly Row[]> {
  const all: Row[] = [];
  for (;;) {
    const rows = await page(all.at(-1));
    all.push(...rows);
    if (rows.length < PAGE) return all;
  }
}

/** Composes what reads all that is held of a customer beside file, ratings, links and accesses: nothing is cut off. */
export function composeHeld(of: {
  readonly tenant: Tenant;
  readonly database: Database;
  readonly storage: Storage;
  readonly appender: Appender;
  readonly vault: Vault;
  readonly pseudonyms: Pseudonyms;
}): PrivacyDesk['held'] {
  const { tenant, database, storage, appender, vault, pseudonyms } = of;
  const cases = createCases(database, tenant);
  const overrides = createOverrides(database, tenant, appender);
  const agreements = createAgreements(database, tenant);
  const facts = createFacts(database, tenant);
  const snapshots = createSnapshots(database, tenant);
  const warnings = createWarnings(database, tenant);
  const disputes = createDisputes(database, tenant);
  const reviews = createReviews(database, tenant);
  const notices = createNotices(database, tenant, vault, afterNoticeEvent);
  const bases = createLegalBases(database, tenant);

  const factsOf = async (customerId: string): Promise<readonly HeldFact[]> => {
    const announced = await snapshots.newest();
    // After an erasure that left nothing to publish none is stored.
    const newest = announced !== null && (await storage.has(announced.ref)) ? announced : null;
    const published = newest === null ? [] : await publishedRowsOf(await storage.materialise(newest.ref), customerId);
    const acknowledged = (await facts.since(newest?.factsThrough ?? 0, { entity: customerId })).filter(
      ({ values }) => values['party_id'] === customerId,
    );
    return [
      ...published.map(({ table, values }): HeldFact => ({ table, values, from: 'snapshot' })),
      ...acknowledged.map(({ table, values, happenedAt, knownFrom, source }): HeldFact => ({
        table,
        values: { ...values, happened_at: happenedAt, known_from: knownFrom, source },
        from: 'events',
      })),
    ];
  };
  const warningsOf = async (customerId: string) =>
    (
      await everyPage<Awaited<ReturnType<typeof warnings.page>>[number]>((last) =>
        warnings.page({
          customerId,
          limit: PAGE,
          after: last && { openedAt: last.warning.openedAt, warningId: last.warning.warningId },
        }),
      )
    )
      // What it shares with others goes by another customer, and is that one's.
      .filter(({ warning }) => warning.customerId === customerId);
  const reviewsOf = (customerId: string) =>
    everyPage<Awaited<ReturnType<typeof reviews.page>>[number]>((last) =>
      reviews.page({
        customerId,
        limit: PAGE,
        after: last && { openedAt: last.review.openedAt, reviewId: last.review.reviewId },
      }),
    );
  /** One after the other: an export is no reason to take the database from those who rate. */
  const each = async <Row, Told>(rows: readonly Row[], tell: (row: Row) => Promise<Told>): Promise<readonly Told[]> => {
    const told: Told[] = [];
    for (const row of rows) told.push(await tell(row));
    return told;
  };

  return async (customerId, ratingIds) => ({
    cases: await each(await cases.ofCustomer(customerId), async (found) => ({
      ...found,
      events: await cases.events(found.case.caseId),
    })),
    disputes: await each(await disputes.of(customerId), async (found) => ({
      ...found,
      events: await disputes.events(found.dispute.disputeId),
    })),
    warnings: await each(await warningsOf(customerId), async (found) => ({
      ...found,
      events: await warnings.events(found.warning.warningId),
    })),
    reviews: await each(await reviewsOf(customerId), async (found) => ({
      ...found,
      events: await reviews.events(found.review.reviewId),
    })),
    notices: await each(await notices.ofCustomer(customerId), async (found) => ({
      ...found,
      events: await notices.events(found),
    })),
    overrides: (
      await each(ratingIds, async (ratingId) => ({ ratingId, steps: await overrides.steps(ratingId) }))
    ).filter(({ steps }) => steps.length > 0),
    agreements: await each(await agreements.ofCustomer(customerId), async (found) => ({
      ...found,
      steps: await agreements.steps(found.agreement.agreementId),
    })),
    facts: await factsOf(customerId),
    legalBases: await bases.of(customerId),
    ...(await furtherRows(database, tenant, customerId, pseudonyms.of(customerId))),
  });
}
